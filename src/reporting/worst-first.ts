import { compareText } from '../cluster/compare-text.ts'
import { GROUP_STATUSES, type GroupPlan } from '../planning/plan-types.ts'

/** The order of every report: what something is done about first, then by the share of ready pods that the next outage would take. */
export function worstFirst(groups: readonly GroupPlan[]): readonly GroupPlan[] {
  return groups.toSorted(
    (one, other) =>
      GROUP_STATUSES.indexOf(one.status) - GROUP_STATUSES.indexOf(other.status) ||
      other.risk.now - one.risk.now ||
      other.excess - one.excess ||
      other.skew - one.skew ||
      compareText(one.namespace, other.namespace) ||
      compareText(one.workload.name, other.workload.name) ||
      compareText(one.id, other.id),
  )
}
