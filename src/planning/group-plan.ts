import type { Labels } from '../cluster/labels.ts'
import { memo } from '../cluster/memo.ts'
import type { Writable } from '../cluster/writable.ts'
import { addTo } from '../scheduling/tallies.ts'
import { notActedOn } from './acted-on.ts'
import { blockersOf, isAboveMinimum, type LeftAlone } from './blockers.ts'
import { lowerBound, reachableBound, type DomainRoom } from './bounds.ts'
import { bystandersOf, type Bystanders } from './bystanders.ts'
import { GroupDetails } from './group-details.ts'
import type { GroupPlan, Reach, Risk, WorkloadName } from './plan-types.ts'
import type { Policy } from './policy.ts'
import type { Veto } from './reasons.ts'
import type { DomainRooms } from './room.ts'
import type { SpreadState } from './spread-state.ts'
import { skewOfTally, type Tally } from './tally.ts'
import { verdictOf } from './verdict.ts'

/** What is known of a group by itself, whatever the situation. */
export interface StandingGroup {
  readonly state: SpreadState
  /** Counts as the cluster has them, before arrivals under way are imagined. */
  readonly observed: Tally
  readonly skew: number
  readonly excess: number
  readonly workloads: readonly WorkloadName[]
  /** Uids of what owns its members, from their controllers upwards. */
  readonly owners: ReadonlySet<string>
  /** Of its members. */
  readonly labels: ReadonlySet<Labels>
  /** A person paused it. */
  readonly pause: Veto | undefined
  /** Why the group's constraint is reported and not acted on, or can never be violated. */
  readonly unacted: Veto | undefined
  /** Of a group within its maxSkew: what keeps it from taking more pods. */
  readonly deadlock: Veto | undefined
}

/** Everything known about one group before anything moves. */
export interface GroupBrief extends StandingGroup {
  /** Why the group waits. */
  readonly hold: Veto | undefined
  /** Moves were looked for, if it needs any. */
  readonly isSearched: boolean
  /** In step with the members: why each must not be evicted. Not asked for, and empty, where nothing depends on it. */
  readonly vetoes: readonly (Veto | undefined)[]
  /** Copies that a domain has room for when it is asked, which must not be while moves are imagined. */
  readonly room: DomainRooms
}

/** A group that nothing has been imagined of yet, by its counts alone. */
export function observedIn(state: SpreadState): Pick<StandingGroup, 'observed' | 'skew' | 'excess'> {
  const { tally, index, rule } = state
  return { observed: tally.slice(), skew: skewOfTally(tally, index.names.length, rule), excess: state.excess() }
}

/** Constraints that the policy leaves alone, and those that no move could change. */
export function unactedBecause({ group, index }: SpreadState, policy: Policy): Veto | undefined {
  const { constraint } = group
  const domains = index.names.length
  if (constraint.selector.kind !== 'requirements') {
    return {
      reason: 'SelectorCountsNothing',
      message: `its selector is ${constraint.selector.kind === 'everything' ? 'empty' : 'null'}, for which kube-scheduler counts no pod`,
    }
  }
  if (!constraint.selfMatch) return { reason: 'SelectorMissesOwnPods', message: 'its selector does not match the pods that carry it' }
  if (domains === 0) return { reason: 'NoDomains', message: `no node that its pods can run on carries the key ${constraint.topologyKey}` }
  if (domains === 1 && (constraint.minDomains ?? 1) <= 1)
    return { reason: 'OneDomain', message: `its pods can run in one ${constraint.topologyKey} only` }
  return notActedOn(constraint, policy)
}

/** The report of one group after the search: what was found, what is planned, and what stands in the way of the rest. */
export function groupPlan(brief: GroupBrief, planned: number, leftAlone: LeftAlone, riskNow: () => Risk): GroupPlan {
  const { state, observed, skew, excess, workloads } = brief
  const { group, rule, index, tally } = state
  const bystanders = bystandersIn(brief)
  const blockers = excess > 0 ? blockersOf(state, leftAlone, bystanders) : []
  const bound = reachableOf(brief)
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
    lowerBound: excess === 0 ? 0 : lowerBound(observed, rule.maxSkew),
    reachableBound: bound,
    reach: reachOf(brief, bound),
    planned,
    skewAfter: skewOfTally(tally, index.names.length, rule),
    excessAfter: state.excess(),
    blockers,
  })
}

/** Whether the group counts more than its members, as the sums tell. */
export function hasBystanders({ state: { group, memberDomains }, observed }: Pick<StandingGroup, 'state' | 'observed'>): boolean {
  const members = group.constraint.selfMatch ? memberDomains.filter(domain => domain !== -1).length : 0
  return podsIn(observed) !== members
}

function bystandersIn(brief: GroupBrief): readonly Bystanders[] {
  if (!hasBystanders(brief)) return NOBODY
  const { group, index } = brief.state
  return bystandersOf(group)
    .map(({ workload, pods }) => ({ workload, pods: pods.filter(({ nodeName = '' }) => index.of(nodeName) !== undefined) }))
    .filter(({ pods }) => pods.length > 0)
}

const NOBODY: readonly Bystanders[] = []

function podsIn(tally: Tally): number {
  return tally.reduce((sum, domains, count) => sum + domains * count, 0)
}

function isWorkedOut({ excess, isSearched, unacted, hold }: GroupBrief): boolean {
  return excess === 0 || (unacted === undefined && hold === undefined && isSearched)
}

/** A plan that moves, for groups of their own, pods that this one merely counts, can restore it though its members alone could not. */
function reachOf(brief: GroupBrief, bound: number | undefined): Reach {
  if (!isWorkedOut(brief)) return 'unknown'
  return bound !== undefined || brief.state.excess() === 0 ? 'within' : 'beyond'
}

function reachableOf(brief: GroupBrief): number | undefined {
  const { state, observed, excess, vetoes, room } = brief
  if (excess === 0) return 0
  if (!isWorkedOut(brief)) return undefined
  const { index, rule, memberDomains } = state
  const movableIn = new Map<number, number>()
  for (const [member, domain] of memberDomains.entries()) if (vetoes[member] === undefined) addTo(movableIn, domain, 1)
  // More room than the fullest window could use makes no difference, and less difference makes fewer kinds of domains.
  const pods = podsIn(observed)
  const outsiders = movableIn.get(-1) ?? 0
  const mostRoom = Math.min(pods + outsiders, Math.floor((pods + outsiders) / index.names.length) + rule.maxSkew)
  const kinds = new Map<number, Writable<DomainRoom>>()
  for (const domain of index.names.keys()) {
    const count = state.observed.get(domain) ?? 0
    const movable = movableIn.get(domain) ?? 0
    const free = Math.min(room(domain), mostRoom)
    memo(kinds, (count * MOST_PODS + movable) * MOST_PODS + free, () => ({ domains: 0, count, movable, room: free })).domains += 1
  }
  return reachableBound([...kinds.values()], rule, outsiders)
}

/** No group has as many pods. */
const MOST_PODS = 2 ** 17

/** Why the members of a violated group that stand above its lowest count are not moved. */
export function leftAloneIn(
  { state, excess, vetoes, hold, unacted, isSearched }: GroupBrief,
  moved: ReadonlyMap<string, unknown>,
  refused: ReadonlyMap<string, Veto>,
  obstacle: Veto | undefined,
): LeftAlone {
  if (excess === 0 || (!isSearched && hold === undefined)) return NO_ONE
  const leftAlone: (readonly [string, Veto])[] = []
  for (const [member, { uid }] of state.group.members.entries()) {
    if (!isAboveMinimum(state, state.memberDomains[member] ?? -1)) continue
    const veto = vetoes[member] ?? hold ?? unacted ?? explained(refused.get(uid), obstacle)
    if (veto !== undefined && !moved.has(uid)) leftAlone.push([uid, veto])
  }
  return leftAlone
}

const NO_ONE: LeftAlone = []

// A landing that does not help is the symptom; what keeps the needy domains from taking the pod is the cause, where there is one.
function explained(refusal: Veto | undefined, obstacle: Veto | undefined): Veto | undefined {
  // The search does not try a pod whose group no move can help.
  if (refusal === undefined) return obstacle
  const isSymptom = refusal.reason === 'NoLanding' || refusal.reason === 'WouldNotHelp' || refusal.reason === 'LandingOpen'
  return isSymptom ? (obstacle ?? refusal) : refusal
}
