import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'

/** Whether one owner has made both pods of one template, and neither has a volume of its own: what one asks of the scheduler the other asks too. */
export function areMadeAlike(cluster: ClusterReader, one: PodRecord, other: PodRecord): boolean {
  return (
    one.spec === other.spec &&
    cluster.tellingLabels(one) === cluster.tellingLabels(other) &&
    one.controller?.uid === other.controller?.uid &&
    one.claims.length === 0 &&
    other.claims.length === 0
  )
}
