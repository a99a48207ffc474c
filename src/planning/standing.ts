import { compareText } from '../cluster/compare-text.ts'
import { memo } from '../cluster/memo.ts'
import { isFinished, type PodRecord } from '../cluster/pod.ts'
import type { GroupPlan, GroupStatus, Plan } from './plan-types.ts'
import type { Reason, Veto } from './reasons.ts'

/** Whose word counts for a pod that is in several groups. */
const RANK: Readonly<Record<GroupStatus, number>> = { Held: 0, Violated: 1, Blocked: 2, Balanced: 3 }

/** Why the plan does not move a pod, in one sentence: its veto, or else what is true of its groups; undefined for a pod that is moved. */
export function standingOf(plan: Plan, pod: PodRecord): Veto | undefined {
  if (plan.evictions.some(({ uid }) => uid === pod.uid)) return undefined
  const veto = plan.leftAlone.get(pod.uid)
  if (veto !== undefined) return veto
  if (pod.deletedAt !== undefined) return { reason: 'Terminating', message: 'it is being deleted already' }
  if (isFinished(pod)) return { reason: 'NotCounted', message: 'it has finished, and kube-scheduler counts it no more' }
  if (pod.nodeName === undefined) return { reason: 'Pending', message: pendingText(pod) }
  const [group] = plan.groups
    .filter(({ namespace, memberUids }) => namespace === pod.namespace && memberUids.includes(pod.uid))
    .sort((one, other) => RANK[one.status] - RANK[other.status])
  if (group !== undefined) return standingIn(group)
  const hasLostItsNode = pod.spec.topologySpreadConstraints.length > 0
  const message = hasLostItsNode
    ? `its node ${pod.nodeName} is no more, and kube-scheduler counts pods by their nodes`
    : 'it carries no spread constraint that counts it'
  return { reason: 'NotCounted', message }
}

/** Members of a group that stay for the same reason. */
export interface Staying {
  readonly reason: Reason
  readonly message: string
  /** Names, in the group's order. */
  readonly pods: readonly string[]
}

/** Why each member of a group that the plan does not move stays, the commonest reason first. */
export function stayingIn({ evictions, leftAlone }: Plan, group: GroupPlan): readonly Staying[] {
  const moved = new Set(evictions.map(({ uid }) => uid))
  const byReason = new Map<string, Staying & { readonly pods: string[] }>()
  for (const [index, uid] of group.memberUids.entries()) {
    if (moved.has(uid)) continue
    const { reason, message } = leftAlone.get(uid) ?? standingIn(group)
    const name = group.memberNames[index] ?? ''
    memo(byReason, `${reason} ${message}`, () => ({ reason, message, pods: [] })).pods.push(name)
  }
  return [...byReason.values()].sort((one, other) => other.pods.length - one.pods.length || compareText(one.reason, other.reason))
}

function standingIn({ status, reason, message }: GroupPlan): Veto {
  switch (status) {
    case 'Held':
    case 'Balanced':
      return { reason, message }
    case 'Violated':
      return { reason: 'NotNeeded', message: 'the planned evictions do without it' }
    case 'Blocked':
      return { reason: 'NotNeeded', message: 'it is in no domain that has a pod too many' }
  }
}

/** With the scheduler's own words, where it has tried. */
function pendingText({ unschedulableMessage }: PodRecord): string {
  return unschedulableMessage === undefined ? 'it is not scheduled yet' : `it is not scheduled yet: ${unschedulableMessage}`
}
