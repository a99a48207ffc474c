import { memo } from '../cluster/memo.ts'
import type { GroupPlan, PlannedEviction, PlanSummary } from './plan-types.ts'

/**
 * The totals. The bounds of groups that count the same pods are not added up: one eviction can serve several of them. So each family is bounded by
 * its most demanding groups of which no two count the same pod.
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
  const families = new Map<object, GroupPlan[]>()
  for (const group of groups) {
    const { status, excess } = group
    having[status] += 1
    if (status === 'Balanced' || (status === 'Held' && excess === 0)) continue
    memo(families, familyOf(group), () => []).push(group)
  }
  const sum = (boundOf: (group: GroupPlan) => number): number =>
    families.values().reduce((total, family) => total + familyBound(family, boundOf), 0)
  return {
    nodes,
    pods,
    groups: groups.length,
    violatedGroups: having.Violated,
    blockedGroups: having.Blocked,
    heldGroups: having.Held,
    lowerBound: sum(({ lowerBound }) => lowerBound),
    // Others than its members restore it: how few could is known on counts alone, and what the plan takes is no bound.
    reachableBound: sum(({ reachableBound, reach, lowerBound }) => reachableBound ?? (reach === 'within' ? lowerBound : 0)),
    plannedEvictions: evictions.length,
  }
}

/** The most demanding group first; of the others those that count none of the pods of those before. */
function familyBound(family: readonly GroupPlan[], boundOf: (group: GroupPlan) => number): number {
  const [first, ...others] = [...family].sort((one, other) => boundOf(other) - boundOf(one))
  if (first === undefined) return 0
  let bound = boundOf(first)
  // Whom a group counts besides its members is told by number only.
  if (others.length === 0 || first.alsoCounted.length > 0) return bound
  const counted = new Set(first.memberUids)
  for (const group of others) {
    if (boundOf(group) === 0 || group.alsoCounted.length > 0 || group.memberUids.some(uid => counted.has(uid))) continue
    for (const uid of group.memberUids) counted.add(uid)
    bound += boundOf(group)
  }
  return bound
}
