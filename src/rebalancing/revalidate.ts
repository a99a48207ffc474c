import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { Plan, PlannedEviction } from '../planning/plan-types.ts'
import type { Admission } from './admission.ts'
import type { AnyReason } from './reasons.ts'

/**
 * Why an eviction that was admitted a moment ago is not sent after all. gone: the pod is not what it was. churn: the newest plan does without
 * it. scheduling: its group can no longer be helped. budget: a cap, budget or wait stands in the way by now.
 */
export interface Withdrawal {
  readonly kind: 'gone' | 'churn' | 'scheduling' | 'budget'
  /** CamelCase, for event, metric and log. */
  readonly reason: AnyReason
  readonly message: string
}

/** Whether the pod is still there as it was when planned: the same uid, on the same node, not terminating. */
export function isUnchanged(eviction: PlannedEviction, cluster: ClusterReader): boolean {
  const pod = cluster.pod(eviction.namespace, eviction.pod)
  return pod?.uid === eviction.uid && pod.deletedAt === undefined && pod.nodeName === eviction.node
}

/** The eviction as the newest plan has it, which may expect another landing than the one that was admitted: what is sent, told and judged. */
interface Confirmed {
  readonly kind: 'confirmed'
  readonly eviction: PlannedEviction
}

/** @param plan made on the newest state @param admission of that plan */
export function revalidate(eviction: PlannedEviction, cluster: ClusterReader, plan: Plan, admission: Admission): Confirmed | Withdrawal {
  if (!isUnchanged(eviction, cluster)) {
    return { kind: 'gone', reason: 'PodChanged', message: 'the pod has gone, is terminating or runs elsewhere by now' }
  }
  const newest = plan.evictions.find(({ uid }) => uid === eviction.uid)
  if (newest === undefined) {
    const stuck = plan.groups.find(group => eviction.groups.includes(group.id) && (group.status === 'Held' || group.status === 'Blocked'))
    return stuck === undefined
      ? { kind: 'churn', reason: 'NoLongerPlanned', message: 'the newest plan does without this eviction' }
      : { kind: 'scheduling', reason: 'NoLongerLands', message: `${stuck.reason}: ${stuck.message}` }
  }
  const waiting = admission.waiting.find(({ eviction: { uid } }) => uid === eviction.uid)
  if (waiting !== undefined) return { kind: 'budget', reason: 'NoLongerAdmitted', message: `${waiting.reason}: ${waiting.message}` }
  return { kind: 'confirmed', eviction: newest }
}
