import { compareText } from '../cluster/compare-text.ts'
import type { GroupPlan, GroupStatus } from '../planning/plan-types.ts'

const RANK: Readonly<Record<GroupStatus, number>> = { Violated: 0, Held: 1, Blocked: 2, Balanced: 3 }

/** The order of every report: what something is done about first, then by the share of ready pods that the next outage would take. */
export function worstFirst(groups: readonly GroupPlan[]): readonly GroupPlan[] {
  return groups.toSorted(
    (one, other) =>
      RANK[one.status] - RANK[other.status] ||
      other.risk.now - one.risk.now ||
      other.excess - one.excess ||
      other.skew - one.skew ||
      compareText(one.namespace, other.namespace) ||
      compareText(one.workload.name, other.workload.name) ||
      compareText(one.id, other.id),
  )
}
