import type { GroupPlan, PlannedEviction, PlanSummary } from './plan-types.ts'

/**
 * The totals. The bounds of groups that count the same pods are not added up: one eviction can serve several of them, so each family of such
 * groups is bounded by its most demanding one.
 *
 * @param familyOf the same object for groups of one family
 */
export function summaryOf(
  { nodes, pods }: Pick<PlanSummary, 'nodes' | 'pods'>,
  groups: readonly GroupPlan[],
  evictions: readonly PlannedEviction[],
  familyOf: (group: GroupPlan) => object,
): PlanSummary {
  const having: Record<GroupPlan['status'], number> = { Held: 0, Violated: 0, Blocked: 0, Balanced: 0 }
  const lower = new Map<object, number>()
  const reachable = new Map<object, number>()
  for (const group of groups) {
    const { status, excess, lowerBound, planned, reach, reachableBound = reach === 'within' ? planned : 0 } = group
    having[status] += 1
    if (status === 'Balanced' || (status === 'Held' && excess === 0)) continue
    const family = familyOf(group)
    lower.set(family, Math.max(lower.get(family) ?? 0, lowerBound))
    reachable.set(family, Math.max(reachable.get(family) ?? 0, reachableBound))
  }
  const sum = (bounds: ReadonlyMap<object, number>): number => [...bounds.values()].reduce((total, bound) => total + bound, 0)
  return {
    nodes,
    pods,
    groups: groups.length,
    violatedGroups: having.Violated,
    blockedGroups: having.Blocked,
    heldGroups: having.Held,
    lowerBound: sum(lower),
    reachableBound: sum(reachable),
    plannedEvictions: evictions.length,
  }
}
