import type { ClusterReader } from '../cluster/cluster-state.ts'
import { compareText } from '../cluster/compare-text.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { KINDS_OF_NODES } from '../scheduling/controller-record.ts'
import { nameAfter } from '../scheduling/replacement-name.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { counted } from './counted.ts'
import type { Veto } from './reasons.ts'
import type { InFlight, Situation } from './situation.ts'
import type { SpreadState } from './spread-state.ts'
import type { SpreadStates } from './spread-states.ts'
import type { WhatIf } from './what-if.ts'

/** A pod on the node that it will be on, or has left, once what is under way is over. */
export interface Passage {
  readonly pod: PodRecord
  readonly nodeName: string
}

/** What is imagined before anything new is planned. */
export interface UnderWay {
  readonly arrivals: readonly Passage[]
  /** Pods that fit nowhere, in the scheduler's order. */
  readonly unplaced: readonly PodRecord[]
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
export function placeWhatIsUnderWay(whatIf: WhatIf, waiting: Iterable<PodRecord>, situation: Situation): UnderWay {
  const arrivals: Passage[] = []
  const unplaced: PodRecord[] = []
  for (const pod of [...[...waiting].sort(schedulingOrder), ...replacementsToCome(whatIf, situation)]) {
    // Nobody asks where else it might land: the best of nodes that are alike is enough.
    const prediction = whatIf.model.predict(pod, { marks: [], apart: [] })
    const best = prediction.kind === 'placed' ? prediction.nodes[0] : undefined
    if (best === undefined) {
      unplaced.push(pod)
      continue
    }
    // The pod itself is in the model unbound; what arrives on the node is its bound self.
    whatIf.place(pod, best.name)
    arrivals.push({ pod, nodeName: best.name })
  }
  return { arrivals, unplaced }
}

/**
 * Pods that have lost their nodes and that nobody has deleted yet: the pod garbage collector takes up to a minute to (podgc/gc_controller.go,
 * 1.36), and their owners then make others. Nobody does so in place of a bare pod, nor of one that belongs to its node. By name.
 */
export function strandedPods(model: Pick<SchedulerModel, 'strays'>): readonly PodRecord[] {
  return Array.from(model.strays())
    .filter(({ deletedAt, controller }) => deletedAt === undefined && controller !== undefined && !KINDS_OF_NODES.includes(controller.kind))
    .sort(byName)
}

/**
 * Why groups wait that exceed their maxSkew with what arrives: the scheduler is about to place pods that they count, in an order that its
 * back-off decides (up to 10 s after a node has come), and a few seconds show what is left to do. So are those whose place pods have lost with their
 * node. Replacements of our own are waited for pod by pod.
 */
export function awaitedLandings(
  states: SpreadStates,
  arrivals: readonly Passage[],
  stranded: readonly PodRecord[],
  { inFlight }: Situation,
): ReadonlyMap<SpreadState, Veto> {
  const ours = new Set(inFlight.map(({ controllerUid }) => controllerUid))
  const others = arrivals.map(({ pod }) => pod).filter(({ controller }) => !ours.has(controller?.uid ?? ''))
  const waits = new Map<SpreadState, Veto>()
  for (const [state, [first, ...more]] of countedWithExcess(states, stranded)) {
    const which = `${counted(more.length + 1, 'pod')} that it counted ${more.length === 0 ? 'has lost its node' : 'have lost their nodes'}`
    waits.set(state, { reason: 'Pending', message: `${which}, as ${first.name}: what is left to do shows when others have landed` })
  }
  for (const [state, pods] of countedWithExcess(states, others)) {
    const [they, are] = pods.length === 1 ? ['it has', 'is'] : ['they have', 'are']
    const which = `${counted(pods.length, 'pod')} that it counts ${are} about to be placed`
    waits.set(state, { reason: 'Pending', message: `${which}, as ${pods[0].name}: what is left to do shows when ${they} landed` })
  }
  return waits
}

/** Groups that exceed their maxSkew, each with those of the pods that it counts. */
function countedWithExcess(
  states: SpreadStates,
  pods: readonly PodRecord[],
): ReadonlyMap<SpreadState, readonly [PodRecord, ...PodRecord[]]> {
  const found = new Map<SpreadState, [PodRecord, ...PodRecord[]]>()
  for (const pod of pods) {
    for (const state of states.counting(pod)) {
      if (state.excess() === 0) continue
      const known = found.get(state)
      if (known === undefined) found.set(state, [pod])
      else known.push(pod)
    }
  }
  return found
}

function byName(a: PodRecord, b: PodRecord): number {
  return compareText(a.namespace, b.namespace) || compareText(a.name, b.name)
}

function schedulingOrder(a: PodRecord, b: PodRecord): number {
  return b.spec.priority - a.spec.priority || a.createdAt - b.createdAt || byName(a, b)
}

/** For each eviction in flight whose replacement nobody has seen yet: the replacement, made from the victim or from one like it. */
function replacementsToCome({ model }: WhatIf, situation: Situation): readonly PodRecord[] {
  const coming: PodRecord[] = []
  for (const flight of situation.inFlight) {
    if (flight.replacementUid !== undefined) continue
    const victim = model.cluster.pod(flight.namespace, flight.pod)
    const like = victim?.uid === flight.uid ? victim : pastSelf(model.cluster, flight)
    const answer = like === undefined ? undefined : model.replacementOf(like)
    if (like === undefined || answer?.kind !== 'replacement') continue
    // Those of replicas are one record until each is named after its own victim.
    coming.push({ ...answer.pod, ...nameAfter({ name: flight.pod, uid: flight.uid }), createdAt: like.createdAt })
  }
  return coming
}

/** A pod that is gone, as its siblings tell of it: the first by name, whatever order the objects have come in. */
function pastSelf(cluster: ClusterReader, { controllerUid, pod: name }: InFlight): PodRecord | undefined {
  const [sibling] = [...cluster.podsOf(controllerUid)].sort((a, b) => compareText(a.name, b.name))
  if (sibling?.controller?.kind !== 'StatefulSet') return sibling
  // The next pod has the name again, and with it the claims that were made for it, wherever their volumes are.
  const own = `-${sibling.name}`
  const claims = sibling.claims.map(claim => (claim.endsWith(own) ? `${claim.slice(0, -own.length)}-${name}` : claim))
  return { ...sibling, name, claims }
}
