import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { areMadeAlike } from './made-alike.ts'
import { replacementOf } from './replacement.ts'
import type { Replacement } from './scheduler-model.ts'

/**
 * Replacements of pods, worked out once for those that their owner makes alike: these have one record between them, named after whichever was asked
 * about first. {@link forget} when owners or what admission reads have changed.
 */
export interface Replacements {
  of(pod: PodRecord): Replacement
  forget(): void
}

export function createReplacements(cluster: ClusterReader): Replacements {
  /** By controller: the pod asked about last, and the answer. */
  const known = new Map<string, { readonly pod: PodRecord; readonly answer: Replacement }>()
  return {
    of(pod) {
      const uid = pod.controller?.uid ?? ''
      const sibling = known.get(uid)
      if (sibling !== undefined && isReplacedAlike(cluster, pod, sibling.pod)) return sibling.answer
      const answer = replacementOf(cluster, pod)
      known.set(uid, { pod, answer })
      return answer
    },
    forget: () => known.clear(),
  }
}

/** Claims are a pod's own, and so is all that a StatefulSet makes. */
function isReplacedAlike(cluster: ClusterReader, one: PodRecord, other: PodRecord): boolean {
  const { controller } = one
  return (
    controller !== undefined && controller.kind !== 'StatefulSet' && one.namespace === other.namespace && areMadeAlike(cluster, one, other)
  )
}
