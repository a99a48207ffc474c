import type { PodRecord } from '../cluster/pod.ts'
import { compareText } from '../cluster/compare-text.ts'
import type { Situation } from './situation.ts'
import type { WhatIf } from './what-if.ts'

/** A pod on the node that it will be on, or has left, once what is under way is over. */
export interface Passage {
  readonly pod: PodRecord
  readonly nodeName: string
}

/** Pods that an eviction in flight takes away though the watch does not show it yet: they are counted no more, and not evicted again. */
export function evictedUnseen({ model }: WhatIf, situation: Situation): readonly PodRecord[] {
  return situation.inFlight.flatMap(({ namespace, pod, uid }) => {
    const victim = model.cluster.pod(namespace, pod)
    return victim?.uid === uid && victim.deletedAt === undefined ? [victim] : []
  })
}

/**
 * Imagines what is under way before anything new is planned: Pending pods take their room first, in the scheduler's order (priority, then
 * age), and so do replacements that their owners have not created yet. Those that fit nowhere take nothing: preemption is never counted on.
 *
 * @param waiting pods that the scheduler has not placed yet
 */
export function placeWhatIsUnderWay(whatIf: WhatIf, waiting: Iterable<PodRecord>, situation: Situation): readonly Passage[] {
  const arrivals: Passage[] = []
  for (const pod of [...[...waiting].sort(schedulingOrder), ...replacementsToCome(whatIf, situation)]) {
    // Nobody asks where else it might land: the best of nodes that are alike is enough.
    const prediction = whatIf.model.predict(pod, { marks: [], apart: [] })
    const best = prediction.kind === 'placed' ? prediction.nodes[0] : undefined
    if (best === undefined) continue
    // The pod itself is in the model unbound; what arrives on the node is its bound self.
    whatIf.place(pod, best.name)
    arrivals.push({ pod, nodeName: best.name })
  }
  return arrivals
}

function schedulingOrder(a: PodRecord, b: PodRecord): number {
  return (
    b.spec.priority - a.spec.priority || a.createdAt - b.createdAt || compareText(a.namespace, b.namespace) || compareText(a.name, b.name)
  )
}

/** For each eviction in flight whose replacement nobody has seen yet: the replacement, made from the victim or from a sibling. */
function replacementsToCome({ model }: WhatIf, situation: Situation): readonly PodRecord[] {
  const coming: PodRecord[] = []
  for (const flight of situation.inFlight) {
    if (flight.replacementUid !== undefined) continue
    const victim = model.cluster.pod(flight.namespace, flight.pod)
    const sibling = victim?.uid === flight.uid ? victim : [...model.cluster.podsOf(flight.controllerUid)][0]
    const answer = sibling === undefined ? undefined : model.replacementOf(sibling)
    if (answer?.kind === 'replacement') coming.push({ ...answer.pod, name: `${flight.pod}~replacement`, uid: `${flight.uid}~replacement` })
  }
  return coming
}
