import type { GroupPlan, Plan, PlannedEviction } from '../planning/plan-types.ts'
import { workloadsAtRisk } from '../planning/risk.ts'
import { stayingIn } from '../planning/standing.ts'
import { worstFirst } from './worst-first.ts'

/** Of every document that respread prints for programs. */
export const API_VERSION = 'respread.io/v1alpha1'

/**
 * A plan as programs read it: apiVersion `respread.io/v1alpha1`, kind `RebalanceReport`. Every field is named here, not copied along: others
 * rely on them, so they may be added to and never change by accident.
 */
export function rebalanceReport(plan: Plan): object {
  return {
    apiVersion: API_VERSION,
    kind: 'RebalanceReport',
    summary: { ...plan.summary, losingHalfWithOneDomain: workloadsAtRisk(plan.groups) },
    notices: plan.notices,
    groups: worstFirst(plan.groups).map(group => groupReport(group, plan)),
    evictions: plan.evictions.map(evictionReport),
  }
}

function groupReport(group: GroupPlan, plan: Plan): object {
  return {
    id: group.id,
    namespace: group.namespace,
    workload: group.workload,
    workloads: group.workloads,
    topologyKey: group.topologyKey,
    whenUnsatisfiable: group.whenUnsatisfiable,
    origin: group.origin,
    maxSkew: group.maxSkew,
    minDomains: group.minDomains,
    members: group.members,
    domains: group.domains,
    skew: group.skew,
    excess: group.excess,
    status: group.status,
    reason: group.reason,
    message: group.message,
    lowerBound: group.lowerBound,
    // JSON has no undefined; null says that no number of evictions brings the group within maxSkew.
    reachableBound: group.reachableBound ?? null,
    planned: group.planned,
    skewAfter: group.skewAfter,
    excessAfter: group.excessAfter,
    risk: group.risk,
    alsoCounted: group.alsoCounted,
    blockers: group.blockers,
    staying: stayingIn(plan, group),
  }
}

function evictionReport(eviction: PlannedEviction): object {
  return {
    order: eviction.order,
    wave: eviction.wave,
    // Null also for those that merely come after others.
    waitsFor: eviction.waitsFor ?? null,
    namespace: eviction.namespace,
    pod: eviction.pod,
    uid: eviction.uid,
    node: eviction.node,
    workload: eviction.workload,
    topologyKey: eviction.topologyKey,
    // Empty where the node lacks the key, too; the node itself stands above.
    fromDomain: eviction.fromDomain ?? '',
    toDomain: eviction.toDomain,
    toDomains: eviction.toDomains,
    certainty: eviction.certainty,
    groups: eviction.groups,
  }
}
