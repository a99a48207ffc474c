import type { ClusterReader } from '../cluster/cluster-state.ts'
import { costChange, hasOwnTrace } from '../cluster/deletion-cost.ts'
import { isFinished, type PodRecord } from '../cluster/pod.ts'
import type { SurplusPod } from '../planning/choose-surplus.ts'
import type { Surplus } from '../planning/surplus.ts'

/** A deletion cost that is not as it should be. */
export interface WantedCost {
  readonly pod: PodRecord
  /** Why the pod should have one; undefined: what is written on it is to be taken back. */
  readonly surplus: SurplusPod | undefined
}

/**
 * What is to be written so that costs of respread's stand on the surplus and nowhere else. What a scale-in would miss most comes first.
 *
 * @param traces pods that respread has written on
 */
export function costChanges(traces: readonly PodRecord[], { pods, foreign, unsettled }: Surplus): readonly WantedCost[] {
  const missing = pods.filter(({ pod, cost }) => costChange(pod.annotations, cost).kind === 'write')
  const staying = new Set([...unsettled, ...[...pods, ...foreign].map(({ pod }) => pod.uid)])
  return [
    ...missing.toSorted((a, b) => a.cost - b.cost).map(surplus => ({ pod: surplus.pod, surplus })),
    ...traces.filter(({ uid }) => !staying.has(uid)).map(pod => ({ pod, surplus: undefined })),
  ]
}

/** Pods that respread has written on, whichever process of it; what is on its way out takes its cost along. */
export function tracesIn(cluster: ClusterReader): readonly PodRecord[] {
  return [...cluster.pods()].filter(pod => hasOwnTrace(pod.annotations) && pod.deletedAt === undefined && !isFinished(pod))
}
