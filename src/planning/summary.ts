import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { GroupPlan, PlannedEviction, PlanSummary } from './plan-types.ts'

/**
 * The totals. The bounds of groups that count the same pods are not added up: one eviction can serve several of them, so each family of such
 * groups is bounded by its most demanding one.
 *
 * @param families their numbers, in step with the groups
 */
export function summaryOf(
  cluster: ClusterReader,
  groups: readonly GroupPlan[],
  evictions: readonly PlannedEviction[],
  families: readonly number[],
): PlanSummary {
  const having: Record<GroupPlan['status'], number> = { Held: 0, Violated: 0, Blocked: 0, Balanced: 0 }
  const lower: number[] = []
  const reachable: number[] = []
  for (const [i, { status, excess, lowerBound, reachableBound = 0 }] of groups.entries()) {
    having[status] += 1
    if (status === 'Balanced' || (status === 'Held' && excess === 0)) continue
    const family = families[i] ?? 0
    lower[family] = Math.max(lower[family] ?? 0, lowerBound)
    reachable[family] = Math.max(reachable[family] ?? 0, reachableBound)
  }
  const sum = (bounds: readonly number[]): number => bounds.reduce((total, bound) => total + bound, 0)
  return {
    nodes: cluster.count('Node'),
    pods: cluster.count('Pod'),
    groups: groups.length,
    violatedGroups: having.Violated,
    blockedGroups: having.Blocked,
    heldGroups: having.Held,
    lowerBound: sum(lower),
    reachableBound: sum(reachable),
    plannedEvictions: evictions.length,
  }
}
