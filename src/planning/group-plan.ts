import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { Labels } from '../cluster/labels.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { notActedOn } from './acted-on.ts'
import { blockersOf, isAboveMinimum } from './blockers.ts'
import { lowerBound, reachableBound, type DomainRoom } from './bounds.ts'
import { bystandersOf, type Bystanders } from './bystanders.ts'
import { compareText } from './groups.ts'
import type { Move } from './move.ts'
import type { GroupDomain, GroupPlan, Risk, WorkloadName } from './plan-types.ts'
import type { Policy } from './policy.ts'
import type { Veto } from './reasons.ts'
import type { DomainRooms } from './room.ts'
import type { SpreadState } from './spread-state.ts'
import { excessOfTally, skewOfTally, tallyOf, type Tally } from './tally.ts'
import { verdictOf } from './verdict.ts'
import { ownersOf } from './workloads.ts'

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
}

/** Everything known about one group before anything moves. */
export interface GroupBrief extends StandingGroup {
  /** Why the group waits. */
  readonly hold: Veto | undefined
  /** Moves were looked for, if it needs any. */
  readonly isSearched: boolean
  /** Why a member must not be evicted. */
  readonly vetoOn: (pod: PodRecord) => Veto | undefined
  /** Copies that a domain has room for when it is asked, which must not be while moves are imagined. */
  readonly room: DomainRooms
}

/** The group by its counts alone, as the cluster has them. */
export function observedIn({ observed, index, rule }: SpreadState): Pick<StandingGroup, 'observed' | 'skew' | 'excess'> {
  const domains = index.names.length
  const tally = tallyOf(observed.values(), domains)
  return { observed: tally, skew: skewOfTally(tally, domains, rule), excess: excessOfTally(tally, domains, rule) }
}

/** The workloads of a group by number of members, most first, and all that owns them. */
export function workloadsOf(cluster: ClusterReader, members: readonly PodRecord[]): Pick<StandingGroup, 'workloads' | 'owners'> {
  const byController = new Map<string, { readonly name: WorkloadName; pods: number }>()
  const owners = new Set<string>()
  for (const pod of members) {
    const uid = pod.controller?.uid ?? pod.uid
    const known = byController.get(uid)
    if (known !== undefined) {
      known.pods += 1
      continue
    }
    const { name, controller, top } = ownersOf(cluster, pod)
    byController.set(uid, { name, pods: 1 })
    for (const owner of [uid, controller?.controller?.uid, top?.uid, top?.controller?.uid]) if (owner !== undefined) owners.add(owner)
  }
  const tally = new Map<string, { readonly name: WorkloadName; pods: number }>()
  for (const { name, pods } of byController.values()) {
    const entry = tally.get(`${name.kind}/${name.name}`)
    if (entry === undefined) tally.set(`${name.kind}/${name.name}`, { name, pods })
    else entry.pods += pods
  }
  const workloads = [...tally.values()].sort((a, b) => b.pods - a.pods || compareText(a.name.name, b.name.name)).map(({ name }) => name)
  return { workloads, owners }
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
export function groupPlan(brief: GroupBrief, moves: readonly Move[], leftAlone: ReadonlyMap<string, Veto>, riskNow: () => Risk): GroupPlan {
  const { state, observed, skew, excess, workloads } = brief
  const { group, rule, index, tally } = state
  const planned = moves.filter(move => move.helped.includes(state)).length
  const bystanders = bystandersIn(brief)
  const blockers = excess > 0 ? blockersOf(state, leftAlone, bystanders) : []
  const verdict = verdictOf(brief, planned, blockers)
  const domainsOf = domainsIn(brief)
  let risk: Risk | undefined
  return {
    id: group.id,
    namespace: group.namespace,
    workload: workloads[0] ?? { kind: 'Pod', name: group.representative.name },
    workloads,
    topologyKey: group.constraint.topologyKey,
    whenUnsatisfiable: group.constraint.whenUnsatisfiable,
    origin: group.constraint.origin,
    maxSkew: rule.maxSkew,
    minDomains: rule.minDomains,
    // Made when looked at: the loop looks at few of thousands of groups, and those of the hostname key have thousands of domains.
    get domains() {
      return domainsOf()
    },
    get memberUids() {
      return group.members.map(pod => pod.uid)
    },
    get memberNames() {
      return group.members.map(pod => pod.name)
    },
    get risk() {
      return (risk ??= riskNow())
    },
    members: group.members.length,
    alsoCounted: bystanders.map(({ workload, pods }) => ({ workload, pods: pods.length })),
    skew,
    excess,
    ...verdict,
    lowerBound: lowerBound(observed, rule.maxSkew),
    reachableBound: reachableOf(brief),
    planned,
    skewAfter: skewOfTally(tally, index.names.length, rule),
    excessAfter: state.excess(),
    blockers,
  }
}

/** The domains as they are at the end of the plan, to be looked at whenever. */
function domainsIn({ state, room }: GroupBrief): () => readonly GroupDomain[] {
  const { observed, occupied } = state
  const { names } = state.index
  let domains: readonly GroupDomain[] | undefined
  return () =>
    (domains ??= names.map((name, domain) => ({
      name,
      count: observed.get(domain) ?? 0,
      countAfter: occupied.get(domain) ?? 0,
      acceptsPods: room(domain) > 0,
    })))
}

/** Most groups count their members alone, which the sums tell; only else is it worth looking for the others. */
function bystandersIn({ state: { group, index }, observed }: GroupBrief): readonly Bystanders[] {
  const isCounted = ({ nodeName = '' }: PodRecord): boolean => index.of(nodeName) !== undefined
  const members = group.constraint.selfMatch ? group.members.filter(isCounted).length : 0
  if (podsIn(observed) === members) return []
  return bystandersOf(group)
    .map(({ workload, pods }) => ({ workload, pods: pods.filter(isCounted) }))
    .filter(({ pods }) => pods.length > 0)
}

function podsIn(tally: Tally): number {
  return tally.reduce((sum, domains, count) => sum + domains * count, 0)
}

function reachableOf({ state, observed, excess, isSearched, vetoOn, room, unacted, hold }: GroupBrief): number | undefined {
  if (excess === 0) return 0
  if (unacted !== undefined || hold !== undefined || !isSearched) return undefined
  const { index, group, rule } = state
  const movable = new Map<number, number>()
  for (const pod of group.members) {
    const domain = index.of(pod.nodeName ?? '')
    if (domain !== undefined && vetoOn(pod) === undefined) movable.set(domain, (movable.get(domain) ?? 0) + 1)
  }
  // More room than the fullest window could use makes no difference, and less difference makes fewer kinds of domains.
  const pods = podsIn(observed)
  const mostRoom = Math.min(pods, Math.floor(pods / index.names.length) + rule.maxSkew)
  const kinds = new Map<number, { -readonly [Field in keyof DomainRoom]: DomainRoom[Field] }>()
  for (const domain of index.names.keys()) {
    const kind = { count: state.observed.get(domain) ?? 0, movable: movable.get(domain) ?? 0, room: Math.min(room(domain), mostRoom) }
    const key = (kind.count * MOST_PODS + kind.movable) * MOST_PODS + kind.room
    const known = kinds.get(key)
    if (known === undefined) kinds.set(key, { domains: 1, ...kind })
    else known.domains += 1
  }
  return reachableBound([...kinds.values()], rule)
}

/** No group has as many pods. */
const MOST_PODS = 2 ** 17

/** Why the members of a violated group that stand above its lowest count are not moved, by uid. */
export function leftAloneIn(
  brief: GroupBrief,
  moved: ReadonlyMap<string, unknown>,
  refused: ReadonlyMap<string, Veto>,
  obstacle: Veto | undefined,
): readonly (readonly [string, Veto])[] {
  const { state, excess, vetoOn, hold, unacted } = brief
  if (excess === 0 || (!brief.isSearched && hold === undefined)) return []
  return state.group.members.flatMap(pod => {
    if (moved.has(pod.uid) || !isAboveMinimum(state, pod)) return []
    const veto = vetoOn(pod) ?? hold ?? unacted ?? explained(refused.get(pod.uid), obstacle)
    return veto === undefined ? [] : [[pod.uid, veto] as const]
  })
}

// A landing that does not help is the symptom; what keeps the needy domains from taking the pod is the cause, where there is one.
function explained(refusal: Veto | undefined, obstacle: Veto | undefined): Veto | undefined {
  // The search does not try a pod whose group no move can help.
  if (refusal === undefined) return obstacle
  const isSymptom = refusal.reason === 'NoLanding' || refusal.reason === 'WouldNotHelp' || refusal.reason === 'LandingOpen'
  return isSymptom ? (obstacle ?? refusal) : refusal
}
