import { memo } from '../cluster/memo.ts'
import { familyBound, overlapsAmong, type Overlaps } from './family-bound.ts'
import type { GroupPlan, PlannedEviction, PlanSummary } from './plan-types.ts'

/**
 * The totals. No eviction serves two families.
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
  const overlapping = [...families.values()].map(family => ({ family, overlaps: overlapsIn(family) }))
  const sum = (boundOf: (group: GroupPlan) => number): number =>
    overlapping.reduce((total, { family, overlaps }) => total + familyBound(family, boundOf, overlaps), 0)
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

/** Whom a group counts besides its members is told by number only: it may be anybody that others count. */
function overlapsIn(family: readonly GroupPlan[]): Overlaps<GroupPlan> {
  if (family.length === 1) return ALONE
  const counting = new Map<string, GroupPlan[]>()
  for (const group of family) for (const uid of group.memberUids) memo(counting, uid, () => []).push(group)
  const uncertain = family.filter(({ alsoCounted }) => alsoCounted.length > 0)
  return overlapsAmong([...counting.values(), ...uncertain.flatMap(group => family.map(other => [group, other]))])
}

const ALONE: Overlaps<GroupPlan> = new Map()
