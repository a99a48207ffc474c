import { blockersOf, type LeftAlone } from './blockers.ts'
import { lowerBound } from './bounds.ts'
import { bystandersOf, type Bystanders } from './bystanders.ts'
import type { GroupBrief } from './group-brief.ts'
import { GroupDetails } from './group-details.ts'
import type { GroupPlan, Risk } from './plan-types.ts'
import { reachableOf, reachOf } from './reach.ts'
import { hasBystanders } from './standing-group.ts'
import { skewOfTally } from './tally.ts'
import { verdictOf } from './verdict.ts'

/** The report of one group after the search: what was found, what is planned, and what stands in the way of the rest. */
export function groupPlan(brief: GroupBrief, planned: number, leftAlone: LeftAlone, riskNow: () => Risk): GroupPlan {
  const { state, observed, skew, excess, workloads } = brief
  const { group, rule, index, tally } = state
  const bystanders = bystandersIn(brief)
  const blockers = excess > 0 ? blockersOf(state, leftAlone, bystanders) : []
  const fewest = excess === 0 ? 0 : lowerBound(observed, rule.maxSkew)
  const bound = reachableOf(brief, fewest, planned)
  const { status, reason, message } = verdictOf(brief, planned, blockers)
  return Object.assign(new GroupDetails(state, brief.room, riskNow), {
    id: group.id,
    namespace: group.namespace,
    workload: workloads[0] ?? { kind: 'Pod', name: group.representative.name },
    workloads,
    topologyKey: group.constraint.topologyKey,
    whenUnsatisfiable: group.constraint.whenUnsatisfiable,
    origin: group.constraint.origin,
    maxSkew: rule.maxSkew,
    minDomains: rule.minDomains,
    members: group.members.length,
    alsoCounted: bystanders.map(({ workload, pods }) => ({ workload, pods: pods.length })),
    skew,
    excess,
    status,
    reason,
    message,
    lowerBound: fewest,
    reachableBound: bound,
    reach: reachOf(brief, bound, status),
    planned,
    skewAfter: skewOfTally(tally, index.names.length, rule),
    excessAfter: state.excess(),
    blockers,
  })
}

function bystandersIn(brief: GroupBrief): readonly Bystanders[] {
  if (!hasBystanders(brief)) return NOBODY
  const { group, index } = brief.state
  return bystandersOf(group)
    .map(({ workload, pods }) => ({ workload, pods: pods.filter(({ nodeName = '' }) => index.of(nodeName) !== undefined) }))
    .filter(({ pods }) => pods.length > 0)
}

const NOBODY: readonly Bystanders[] = []
