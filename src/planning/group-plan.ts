import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { lowerBound, reachableBound } from './bounds.ts'
import { compareText } from './groups.ts'
import type { Move } from './move.ts'
import { roomOf } from './obstacles.ts'
import type { Blocker, GroupDomain, GroupPlan, GroupStatus, Risk, WorkloadName } from './plan-types.ts'
import type { Policy } from './policy.ts'
import { isFinal, type Reason, type Veto } from './reasons.ts'
import { skewOf, excessOf } from './excess.ts'
import type { SpreadState } from './spread-state.ts'
import { ownersOf } from './workloads.ts'

/** Everything known about one group before anything moves. */
export interface GroupBrief {
  readonly state: SpreadState
  /** Counts as the cluster has them, before arrivals under way are imagined. */
  readonly observed: readonly number[]
  readonly workloads: readonly WorkloadName[]
  /** Why the group waits. */
  readonly hold: Veto | undefined
  /** Why the group's constraint is reported and not acted on, or can never be violated. */
  readonly unacted: Veto | undefined
  /** By uid of each member that must not be evicted. */
  readonly vetoes: ReadonlyMap<string, Veto>
  /** For each domain the copies it has room for, before anything moves. */
  readonly room: readonly number[]
}

/** The workloads of a group by number of members, most first. */
export function workloadsOf(cluster: ClusterReader, members: readonly PodRecord[]): readonly WorkloadName[] {
  const tally = new Map<string, { name: WorkloadName; pods: number }>()
  const ownersByController = new Map<string, WorkloadName>()
  for (const pod of members) {
    const key = pod.controller?.uid ?? pod.uid
    const name = ownersByController.get(key) ?? ownersOf(cluster, pod).name
    ownersByController.set(key, name)
    const entry = tally.get(`${name.kind}/${name.name}`)
    if (entry === undefined) tally.set(`${name.kind}/${name.name}`, { name, pods: 1 })
    else entry.pods += 1
  }
  return [...tally.values()].sort((a, b) => b.pods - a.pods || compareText(a.name.name, b.name.name)).map(({ name }) => name)
}

/** Constraints that the policy leaves alone, and those that no move could change. */
export function unactedBecause({ group }: SpreadState, domains: number, policy: Policy): Veto | undefined {
  const { constraint } = group
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
  if (policy.topologyKeys.length > 0 && !policy.topologyKeys.includes(constraint.topologyKey)) {
    return { reason: 'TopologyKeyNotEnabled', message: `the configuration acts on ${policy.topologyKeys.join(', ')} only` }
  }
  switch (constraint.origin) {
    case 'antiAffinity':
      return policy.constraints.softAntiAffinity
        ? undefined
        : { reason: 'AntiAffinityNotEnabled', message: 'soft anti-affinity is reported and not acted on' }
    case 'default':
      return policy.constraints.clusterDefaults
        ? undefined
        : { reason: 'ClusterDefaultsNotEnabled', message: 'cluster default constraints are reported and not acted on' }
    case 'pod':
      if (constraint.whenUnsatisfiable === 'DoNotSchedule') {
        return policy.constraints.hard ? undefined : { reason: 'HardNotEnabled', message: 'acting on DoNotSchedule is switched off' }
      }
      return policy.constraints.soft ? undefined : { reason: 'SoftNotEnabled', message: 'acting on ScheduleAnyway is switched off' }
  }
}

/** The report of one group after the search: what was found, what is planned, and what stands in the way of the rest. */
export function groupPlan(brief: GroupBrief, moves: readonly Move[], leftAlone: ReadonlyMap<string, Veto>, risk: Risk): GroupPlan {
  const { state, observed, workloads } = brief
  const { group, rule } = state
  const skew = skewOf(observed, rule)
  const excess = excessOf(observed, rule)
  const planned = moves.filter(move => move.helped.includes(state)).length
  const blockers = excess > 0 ? blockersOf(brief, leftAlone) : []
  const verdict = verdictOf(brief, excess, planned, blockers)
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
    domains: domainsOf(brief),
    members: group.members.length,
    memberUids: group.members.map(pod => pod.uid),
    skew,
    excess,
    ...verdict,
    lowerBound: lowerBound(observed, rule.maxSkew),
    reachableBound: reachableOf(brief),
    planned,
    skewAfter: skewOf(state.counts, rule),
    excessAfter: excessOf(state.counts, rule),
    risk,
    blockers,
  }
}

function domainsOf({ state, observed, room }: GroupBrief): readonly GroupDomain[] {
  return state.domains.map((name, index) => ({
    name,
    count: observed[index] ?? 0,
    countAfter: state.counts[index] ?? 0,
    acceptsPods: (room[index] ?? 0) > 0,
  }))
}

function reachableOf({ state, observed, vetoes, room, unacted, hold }: GroupBrief): number | undefined {
  if (unacted !== undefined || hold !== undefined) return excessOf(observed, state.rule) === 0 ? 0 : undefined
  const movable = observed.map(() => 0)
  for (const pod of state.group.members) {
    const index = state.domainOf(pod.nodeName ?? '')
    if (index !== undefined && !vetoes.has(pod.uid)) movable[index] = (movable[index] ?? 0) + 1
  }
  const domains = observed.map((count, index) => ({ count, movable: movable[index] ?? 0, room: room[index] ?? 0 }))
  return reachableBound(domains, state.rule)
}

/** The constraint itself makes every move pointless, whatever the policy. */
function isInert({ reason }: Veto): boolean {
  return reason === 'OneDomain' || reason === 'NoDomains' || reason === 'SelectorCountsNothing' || reason === 'SelectorMissesOwnPods'
}

interface Verdict {
  readonly status: GroupStatus
  readonly reason: Reason
  readonly message: string
}

function verdictOf(brief: GroupBrief, excess: number, planned: number, blockers: readonly Blocker[]): Verdict {
  const { hold, unacted, state } = brief
  const { topologyKey } = state.group.constraint
  const main = blockers[0]
  // Nothing to wait for where no move could ever change the skew; and what is not read as a constraint cannot be violated.
  if (unacted !== undefined && (isInert(unacted) || unacted.reason === 'AntiAffinityNotEnabled')) return { status: 'Balanced', ...unacted }
  if (hold !== undefined) return { status: 'Held', ...hold }
  if (excess === 0) return { status: 'Balanced', reason: 'WithinMaxSkew', message: `the skew over ${topologyKey} is within maxSkew` }
  if (unacted !== undefined) return { status: 'Blocked', ...unacted }
  if (planned > 0)
    return { status: 'Violated', reason: 'MovesPlanned', message: `${planned} eviction(s) restore the spread over ${topologyKey}` }
  if (main === undefined) return { status: 'Blocked', reason: 'WouldNotHelp', message: 'no pod of it may be moved where that helps' }
  const waitsForDomain = main.reason === 'DomainSettling' || main.reason === 'DomainOutage'
  return { status: waitsForDomain ? 'Held' : 'Blocked', reason: main.reason, message: main.message }
}

/** By reason, most pods first. */
function blockersOf({ state }: GroupBrief, leftAlone: ReadonlyMap<string, Veto>): readonly Blocker[] {
  const tally = new Map<string, { veto: Veto; pods: number }>()
  for (const pod of state.group.members) {
    const veto = isAboveMinimum(state, pod) ? leftAlone.get(pod.uid) : undefined
    if (veto === undefined) continue
    const entry = tally.get(veto.reason)
    if (entry === undefined) tally.set(veto.reason, { veto, pods: 1 })
    else entry.pods += 1
  }
  return [...tally.values()]
    .sort((a, b) => b.pods - a.pods || Number(isFinal(b.veto)) - Number(isFinal(a.veto)) || compareText(a.veto.reason, b.veto.reason))
    .map(({ veto, pods }) => ({ ...veto, pods }))
}

/** Why the members of a violated group that stand above its lowest count are not moved, by uid. */
export function leftAloneIn(
  brief: GroupBrief,
  moved: ReadonlySet<string>,
  refused: ReadonlyMap<string, Veto>,
  obstacleOf: () => Veto | undefined,
): readonly (readonly [string, Veto])[] {
  const { state, observed, vetoes, hold, unacted } = brief
  if (excessOf(observed, state.rule) === 0) return []
  const obstacle = excessOf(state.counts, state.rule) > 0 ? obstacleOf() : undefined
  return state.group.members.flatMap(pod => {
    if (moved.has(pod.uid) || !isAboveMinimum(state, pod)) return []
    const veto = vetoes.get(pod.uid) ?? hold ?? unacted ?? explained(refused.get(pod.uid), obstacle)
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

function isAboveMinimum(state: SpreadState, pod: PodRecord): boolean {
  const index = state.domainOf(pod.nodeName ?? '')
  // With fewer domains than minDomains the global minimum is 0, and every pod above maxSkew is one too many.
  const lowest = state.domains.length < state.rule.minDomains ? 0 : state.lowest()
  return index !== undefined && (state.counts[index] ?? 0) > lowest
}

/** Volumes are a pod's own: so many members with claims are asked about before a domain is said to take none of the group. */
const MEMBERS_ASKED = 20

/** Room by domain for the group's pods as they are, as if they were not bound yet. */
export function roomByDomain(state: SpreadState, model: SchedulerModel, closedNodes: ReadonlyMap<string, Veto>): readonly number[] {
  const { members, representative } = state.group
  const asked = (representative.claims.length === 0 ? [representative] : members.slice(0, MEMBERS_ASKED)).map(unbound)
  const limit = state.counts.reduce((sum, count) => sum + count, 0) + 1
  return state.domains.map((_, index) => Math.max(...asked.map(pod => roomOf(state, index, pod, model, closedNodes, limit))))
}

const unbound = (pod: PodRecord): PodRecord => ({ ...pod, nodeName: undefined })
