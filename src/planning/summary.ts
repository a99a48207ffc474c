import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { GroupPlan, PlannedEviction, PlanSummary } from './plan-types.ts'
import type { SpreadState } from './spread-state.ts'

/**
 * The totals. The bounds of groups that share pods are not added up: one eviction can serve several of them, so each family of groups linked by
 * common members is bounded by its most demanding group.
 */
export function summaryOf(
  cluster: ClusterReader,
  groups: readonly GroupPlan[],
  evictions: readonly PlannedEviction[],
  states: readonly SpreadState[],
): PlanSummary {
  const withStatus = (status: GroupPlan['status']): number => groups.filter(group => group.status === status).length
  const violated = new Set(
    groups
      .filter(group => group.status === 'Violated' || group.status === 'Blocked' || (group.excess > 0 && group.status === 'Held'))
      .map(group => group.id),
  )
  const byId = new Map(groups.map(group => [group.id, group]))
  let lowerBound = 0
  let reachableBound = 0
  for (const family of familiesOf(states)) {
    const members = family.flatMap(id => (violated.has(id) ? (byId.get(id) ?? []) : []))
    lowerBound += Math.max(0, ...members.map(group => group.lowerBound))
    reachableBound += Math.max(0, ...members.map(group => group.reachableBound ?? 0))
  }
  return {
    nodes: cluster.count('Node'),
    pods: cluster.count('Pod'),
    groups: groups.length,
    violatedGroups: withStatus('Violated'),
    blockedGroups: withStatus('Blocked'),
    heldGroups: withStatus('Held'),
    lowerBound,
    reachableBound,
    plannedEvictions: evictions.length,
  }
}

/** Groups linked by common members, as lists of ids. */
function familiesOf(states: readonly SpreadState[]): readonly (readonly string[])[] {
  const parent = new Map<string, string>()
  const root = (id: string): string => {
    let at = id
    for (let above = parent.get(at); above !== undefined && above !== at; above = parent.get(at)) at = above
    return at
  }
  const groupOfPod = new Map<string, string>()
  for (const { group } of states) {
    parent.set(group.id, group.id)
    for (const pod of group.members) {
      const other = groupOfPod.get(pod.uid)
      if (other === undefined) groupOfPod.set(pod.uid, group.id)
      else parent.set(root(other), root(group.id))
    }
  }
  return [...Map.groupBy(parent.keys(), root).values()]
}
