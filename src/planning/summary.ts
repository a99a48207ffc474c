import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { GroupPlan, PlannedEviction, PlanSummary } from './plan-types.ts'

/**
 * The totals. The bounds of groups that count the same pods are not added up: one eviction can serve several of them, so each family of such
 * groups is bounded by its most demanding one.
 *
 * @param families of the groups, in step with them
 */
export function summaryOf(
  cluster: ClusterReader,
  groups: readonly GroupPlan[],
  evictions: readonly PlannedEviction[],
  families: readonly string[],
): PlanSummary {
  const having: Record<GroupPlan['status'], number> = { Held: 0, Violated: 0, Blocked: 0, Balanced: 0 }
  const bounds = new Map<string, { lower: number; reachable: number }>()
  for (const [i, { status, excess, lowerBound, reachableBound = 0 }] of groups.entries()) {
    having[status] += 1
    if (status === 'Balanced' || (status === 'Held' && excess === 0)) continue
    const family = families[i] ?? ''
    const known = bounds.get(family) ?? { lower: 0, reachable: 0 }
    bounds.set(family, { lower: Math.max(known.lower, lowerBound), reachable: Math.max(known.reachable, reachableBound) })
  }
  let lowerBound = 0
  let reachableBound = 0
  for (const { lower, reachable } of bounds.values()) {
    lowerBound += lower
    reachableBound += reachable
  }
  return {
    nodes: cluster.count('Node'),
    pods: cluster.count('Pod'),
    groups: groups.length,
    violatedGroups: having.Violated,
    blockedGroups: having.Blocked,
    heldGroups: having.Held,
    lowerBound,
    reachableBound,
    plannedEvictions: evictions.length,
  }
}
