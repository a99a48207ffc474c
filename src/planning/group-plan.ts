import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { lowerBound, reachableBound } from './bounds.ts'
import { compareText } from './groups.ts'
import type { Move } from './move.ts'
import { obstacleIn, roomOf } from './obstacles.ts'
import type { Blocker, GroupDomain, GroupPlan, GroupStatus, WorkloadName } from './plan-types.ts'
import type { Policy } from './policy.ts'
import { isFinal, type Veto } from './reasons.ts'
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
  readonly obstacle: Veto | undefined
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
export function groupPlan(brief: GroupBrief, moves: readonly Move[], refused: ReadonlyMap<string, Veto>): GroupPlan {
  const { state, observed, workloads } = brief
  const { group, rule } = state
  const skew = skewOf(observed, rule)
  const excess = excessOf(observed, rule)
  const planned = moves.filter(move => move.helped.includes(state)).length
  const blockers = excess > 0 ? blockersOf(brief, moves, refused) : []
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
    skew,
    excess,
    ...verdict,
    lowerBound: lowerBound(observed, rule.maxSkew),
    reachableBound: reachableOf(brief),
    planned,
    skewAfter: skewOf(state.counts, rule),
    excessAfter: excessOf(state.counts, rule),
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

interface Verdict {
  readonly status: GroupStatus
  readonly reason: string
  readonly message: string
}

function verdictOf(brief: GroupBrief, excess: number, planned: number, blockers: readonly Blocker[]): Verdict {
  const { hold, unacted, state } = brief
  const { topologyKey } = state.group.constraint
  const main = blockers[0]
  if (unacted !== undefined && (excess === 0 || unacted.reason === 'AntiAffinityNotEnabled' || unacted.reason === 'OneDomain')) {
    return { status: 'Balanced', ...unacted }
  }
  if (hold !== undefined) return { status: 'Held', ...hold }
  if (unacted !== undefined) return { status: 'Blocked', ...unacted }
  if (excess === 0) return { status: 'Balanced', reason: 'WithinMaxSkew', message: `the skew over ${topologyKey} is within maxSkew` }
  if (planned > 0)
    return { status: 'Violated', reason: 'MovesPlanned', message: `${planned} eviction(s) restore the spread over ${topologyKey}` }
  if (main === undefined) return { status: 'Blocked', reason: 'WouldNotHelp', message: 'no pod of it may be moved where that helps' }
  const waitsForDomain = main.reason === 'DomainSettling' || main.reason === 'DomainOutage'
  return { status: waitsForDomain ? 'Held' : 'Blocked', reason: main.reason, message: main.message }
}

/** Why the members that stand in domains above the allowed count are not moved, by reason, most pods first. */
function blockersOf(brief: GroupBrief, moves: readonly Move[], refused: ReadonlyMap<string, Veto>): readonly Blocker[] {
  const { state, vetoes, hold, unacted, obstacle } = brief
  const moved = new Set(moves.map(move => move.victim.uid))
  const tally = new Map<string, { reason: string; pods: number; message: string; final: boolean }>()
  for (const pod of state.group.members) {
    if (moved.has(pod.uid) || !isAboveMinimum(state, pod)) continue
    const veto = vetoes.get(pod.uid) ?? hold ?? unacted ?? explained(refused.get(pod.uid), obstacle)
    if (veto === undefined) continue
    const entry = tally.get(veto.reason)
    if (entry === undefined) tally.set(veto.reason, { ...veto, pods: 1, final: isFinal(veto) })
    else entry.pods += 1
  }
  return [...tally.values()]
    .sort((a, b) => b.pods - a.pods || Number(b.final) - Number(a.final) || compareText(a.reason, b.reason))
    .map(({ reason, pods, message }) => ({ reason, pods, message }))
}

// A landing that does not help is the symptom; what keeps the needy domains from taking the pod is the cause, where there is one.
function explained(refusal: Veto | undefined, obstacle: Veto | undefined): Veto | undefined {
  if (refusal === undefined) return undefined
  const isSymptom = refusal.reason === 'NoLanding' || refusal.reason === 'WouldNotHelp' || refusal.reason === 'LandingOpen'
  return isSymptom ? (obstacle ?? refusal) : refusal
}

function isAboveMinimum(state: SpreadState, pod: PodRecord): boolean {
  const index = state.domainOf(pod.nodeName ?? '')
  return index !== undefined && (state.counts[index] ?? 0) > Math.min(...state.counts)
}

/** Room by domain, and what stands in the way of the neediest, asked with a replacement of the group's first member that has one. */
export function roomAndObstacle(
  state: SpreadState,
  model: SchedulerModel,
  closedNodes: ReadonlyMap<string, Veto>,
): { readonly room: readonly number[]; readonly obstacle: Veto | undefined } {
  const answer = model.replacementOf(state.group.representative)
  if (answer.kind === 'unknown') return { room: state.domains.map(() => 0), obstacle: undefined }
  const limit = state.counts.reduce((sum, count) => sum + count, 0) + 1
  const room = state.domains.map((_, index) => roomOf(state, index, answer.pod, model, closedNodes, limit))
  return { room, obstacle: obstacleIn(state, answer.pod, model, closedNodes) }
}
