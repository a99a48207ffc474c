import { isFinished, type PodRecord } from '../cluster/pod.ts'
import type { GroupPlan, GroupStatus, Plan } from './plan-types.ts'
import type { Veto } from './reasons.ts'

/** Whose word counts for a pod that is in several groups. */
const RANK: Readonly<Record<GroupStatus, number>> = { Held: 0, Violated: 1, Blocked: 2, Balanced: 3 }

/** Why the plan does not move a pod, in one sentence: its veto, or else what is true of its groups; undefined for a pod that is moved. */
export function standingOf(plan: Plan, pod: PodRecord): Veto | undefined {
  if (plan.evictions.some(({ uid }) => uid === pod.uid)) return undefined
  const veto = plan.leftAlone.get(pod.uid)
  if (veto !== undefined) return veto
  if (pod.deletedAt !== undefined) return { reason: 'Terminating', message: 'it is being deleted already' }
  if (isFinished(pod)) return { reason: 'NotCounted', message: 'it has finished, and kube-scheduler counts it no more' }
  if (pod.nodeName === undefined) return { reason: 'Pending', message: 'it is not scheduled yet' }
  const [group] = plan.groups
    .filter(({ namespace, memberUids }) => namespace === pod.namespace && memberUids.includes(pod.uid))
    .sort((one, other) => RANK[one.status] - RANK[other.status])
  return group === undefined ? { reason: 'NotCounted', message: 'it carries no spread constraint that counts it' } : standingIn(group)
}

function standingIn({ status, reason, message }: GroupPlan): Veto {
  switch (status) {
    case 'Held':
    case 'Balanced':
      return { reason, message }
    case 'Violated':
      return { reason: 'NotNeeded', message: 'the planned evictions do without it' }
    case 'Blocked':
      return { reason: 'NotNeeded', message: 'its domain has no pod too many' }
  }
}
