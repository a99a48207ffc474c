import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { GroupPlan, PlannedEviction, PlanSummary } from './plan-types.ts'
import { familiesOf } from './families.ts'
import type { SpreadStates } from './spread-state.ts'

/**
 * The totals. The bounds of groups that count the same pods are not added up: one eviction can serve several of them, so each family of such
 * groups is bounded by its most demanding one.
 */
export function summaryOf(
  cluster: ClusterReader,
  groups: readonly GroupPlan[],
  evictions: readonly PlannedEviction[],
  states: SpreadStates,
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
  for (const family of familiesOf(states.all, states)) {
    const members = family.flatMap(({ group: { id } }) => (violated.has(id) ? (byId.get(id) ?? []) : []))
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
