import { deletionCostOf } from '../cluster/deletion-cost.ts'
import { notActedOn } from './acted-on.ts'
import { chooseSurplus, type SurplusPod } from './choose-surplus.ts'
import type { GroupPlan, Plan } from './plan-types.ts'
import type { World } from './plan.ts'
import type { Policy } from './policy.ts'
import type { Reason } from './reasons.ts'
import type { Situation } from './situation.ts'
import { createCountingNodes, spreadTallyOf } from './spread-tally.ts'
import { autoscaledIn } from './surplus-candidates.ts'
import { isInert } from './verdict.ts'
import { leastHarmFirst } from './victims.ts'

export interface Surplus {
  readonly pods: readonly SurplusPod[]
  /** The same, but somebody else has set their deletion cost. */
  readonly foreign: readonly SurplusPod[]
  /** Uids of pods about which nothing is to be said now: they are about to be evicted, a person has paused them, or their groups are in motion. */
  readonly unsettled: ReadonlySet<string>
}

export const NO_SURPLUS: Surplus = { pods: [], foreign: [], unsettled: new Set() }

/** Why a group waits when what is surplus today need not be in a minute, or when nobody knows yet what evictions will do for it. */
const UNSETTLED: ReadonlySet<Reason> = new Set([
  'Paused',
  'DomainOutage',
  'DomainSettling',
  'Pending',
  'ReplacementPending',
  'NotYetPlanned',
])

/**
 * The fewest pods that scale-ins must take to bring the groups of autoscaled workloads within maxSkew, as far as the plan's evictions do not: a
 * ReplicaSet knows no zones when it scales in (controller_utils.go ActivePodsWithRanks, 1.36), but takes the pod with the lowest deletion cost
 * first.
 */
export function surplusIn({ cluster, model }: World, plan: Plan, policy: Policy, { now, inFlight }: Situation): Surplus {
  const acted = plan.groups.filter(group => !isInert(group) && notActedOn(group, policy) === undefined)
  const unsettled = new Set([
    ...plan.groups.filter(isUnsettled).flatMap(({ memberUids }) => memberUids),
    ...[...plan.evictions, ...inFlight].map(({ uid }) => uid),
  ])
  const needy = acted.filter(group => group.excessAfter > 0 && !isUnsettled(group))
  const countingNodes = createCountingNodes()
  const byHarm = leastHarmFirst(policy)
  const found: SurplusPod[] = []
  for (const namespace of new Set(needy.map(group => group.namespace))) {
    const { candidates, rollingOut } = autoscaledIn(namespace, cluster, policy, now)
    for (const uid of rollingOut) unsettled.add(uid)
    const free = candidates.filter(({ pod }) => !unsettled.has(pod.uid)).sort((a, b) => byHarm(a.pod, b.pod))
    const uids = new Set(free.map(({ pod }) => pod.uid))
    const theirs = acted.filter(group => group.namespace === namespace && group.memberUids.some(uid => uids.has(uid)))
    const tallies = theirs.map(group => spreadTallyOf(group, model, countingNodes))
    found.push(...chooseSurplus(free, tallies))
  }
  const isForeign = ({ pod }: SurplusPod): boolean => deletionCostOf(pod.annotations).kind === 'foreign'
  return { pods: found.filter(surplus => !isForeign(surplus)), foreign: found.filter(isForeign), unsettled }
}

function isUnsettled({ reason }: GroupPlan): boolean {
  return UNSETTLED.has(reason)
}
