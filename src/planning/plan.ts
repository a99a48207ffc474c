import type { BudgetRecord } from '../cluster/budget.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord, PodSpec } from '../cluster/pod.ts'
import { neverAllows } from '../scheduling/budget-arithmetic.ts'
import type { Mark } from '../scheduling/node-partition.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { createDomainIndexes } from './domain-index.ts'
import { compareText, groupsOf } from './groups.ts'
import { groupPlan, leftAloneIn, observedIn, unactedBecause, workloadsOf, type GroupBrief } from './group-plan.ts'
import { closedNodesOf, holdOf } from './holds.ts'
import type { Move, MoveContext } from './move.ts'
import { noticesOf } from './notices.ts'
import { obstacleIn } from './obstacles.ts'
import { outages, type Outage } from './outages.ts'
import type { Plan, PlannedEviction } from './plan-types.ts'
import type { Policy } from './policy.ts'
import type { Veto } from './reasons.ts'
import { riskOf } from './risk.ts'
import { createRoomFinder, type RoomFinder } from './room.ts'
import { search, type MovableOf } from './search.ts'
import type { Situation } from './situation.ts'
import { count, createSpreadStates, excessNow, spreadStateOf, type SpreadState } from './spread-state.ts'
import { summaryOf } from './summary.ts'
import { evictedUnseen, placeWhatIsUnderWay } from './under-way.ts'
import { vetoOf } from './vetoes.ts'
import { leastHarmFirst } from './victims.ts'
import { wavesOf } from './waves.ts'
import { createWhatIf } from './what-if.ts'
import { ownersOf, type Owners } from './workloads.ts'

/** What is planned on: the objects, and a scheduler model that is up to date with them. The model is lent: it comes back as it was. */
export interface World {
  readonly cluster: ClusterReader
  readonly model: SchedulerModel
}

/**
 * The whole way from the cluster as it is to one within maxSkew everywhere, as far as that can be reached: the fewest evictions, each with a
 * predicted landing that helps, and for everything left alone the reason. Pure: the same world, policy and situation give the same plan.
 */
export function plan(world: World, policy: Policy, situation: Situation): Plan {
  const { cluster, model } = world
  const whatIf = createWhatIf(model)
  try {
    // 1 What is there: groups with their counts, and which domains are down or settling.
    const down = outages(cluster, policy)
    const closedNodes = closedNodesOf(cluster, down, situation)
    const closed = closedMark(model, closedNodes)
    const indexes = createDomainIndexes(model)
    const states = groupsOf(cluster, model).map(group => spreadStateOf(model, group, indexes))
    const spread = createSpreadStates(states)

    // 2 Who may be moved, and which groups wait.
    const leaving = evictedUnseen(whatIf, situation)
    const vetoOn = vetoesIn(cluster, policy, situation, leaving)
    const roomFor = createRoomFinder(model, closed)
    const briefs = states.map(state => briefOf(state, { cluster, policy, situation, down, vetoOn, roomFor }))

    // 3 What is under way leaves and takes its places first.
    for (const pod of leaving) {
      whatIf.terminate(pod, situation.now)
      count(spread, pod, pod.nodeName ?? '', -1)
    }
    for (const { pod, nodeName } of placeWhatIsUnderWay(whatIf, situation)) count(spread, pod, nodeName, 1)

    // 4 Which moves.
    const targets = briefs.filter(brief => brief.hold === undefined && brief.unacted === undefined).map(brief => brief.state)
    const context: MoveContext = { whatIf, now: situation.now, states: spread, acting: new Set(targets), closedNodes, closed }
    const { moves, refused } = search(worstFirst(targets), movableIn(vetoOn, policy), context)

    // 5 What may happen when, and how it all reads.
    const evictions = evictionsOf(moves, cluster, policy, situation)
    const destinations = new Map(moves.map(move => [move.victim.uid, move.to]))
    const moved = new Set(destinations.keys())
    const leftAlone = new Map(
      briefs.flatMap(brief => leftAloneIn(brief, moved, refused, () => obstacleIn(brief.state, model, closedNodes))),
    )
    const movesFor = helping(moves)
    const groups = briefs.map(brief => {
      const risk = riskOf(brief.state, brief.workloads, cluster, destinations)
      return groupPlan(brief, movesFor.get(brief.state) ?? [], leftAlone, risk)
    })
    return {
      summary: summaryOf(cluster, groups, evictions, spread),
      groups,
      evictions,
      leftAlone,
      notices: noticesOf(cluster, policy, down),
    }
  } finally {
    whatIf.backTo(0)
  }
}

function closedMark(model: SchedulerModel, closedNodes: ReadonlyMap<string, Veto>): Mark | undefined {
  if (closedNodes.size === 0) return undefined
  const { length, slotOf } = model.nodeSlots()
  const closed = new Int32Array(length)
  for (const name of closedNodes.keys()) closed[slotOf(name) ?? 0] = 1
  return closed
}

/** The moves by the groups that they help. */
function helping(moves: readonly Move[]): ReadonlyMap<SpreadState, readonly Move[]> {
  const byState = new Map<SpreadState, Move[]>()
  for (const move of moves) {
    for (const state of move.helped) {
      const known = byState.get(state)
      if (known === undefined) byState.set(state, [move])
      else known.push(move)
    }
  }
  return byState
}

/** Of equals, those that request the same come one after the other: what nodes answer them is worked out once. */
function worstFirst(states: readonly SpreadState[]): readonly SpreadState[] {
  return states
    .filter(state => excessNow(state) > 0)
    .sort(
      (a, b) =>
        Number(isSoft(a)) - Number(isSoft(b)) ||
        excessNow(b) - excessNow(a) ||
        compareRequests(a.group.representative.spec, b.group.representative.spec) ||
        compareText(a.group.id, b.group.id),
    )
}

function compareRequests({ requests: a }: PodSpec, { requests: b }: PodSpec): number {
  return b.cpu - a.cpu || b.memory - a.memory
}

const isSoft = (state: SpreadState): boolean => state.group.constraint.whenUnsatisfiable === 'ScheduleAnyway'

/** Asked for the pods of violated groups alone: most pods of a large cluster are in none. */
function vetoesIn(
  cluster: ClusterReader,
  policy: Policy,
  situation: Situation,
  leaving: readonly PodRecord[],
): (pod: PodRecord) => Veto | undefined {
  const gone = new Set(leaving)
  const known = new Map<PodRecord, Veto | undefined>(leaving.map(pod => [pod, { reason: 'Terminating', message: 'it is evicted already' }]))
  const oldEnough = situation.now - policy.minimumPodAge
  /** By controller: the pod asked about last, its age aside. */
  const asked = new Map<string, PodRecord>()
  const owners = new Map<string, Owners>()
  const blocked = new Map<BudgetRecord, string | undefined>()
  const neverAllowed = (budget: BudgetRecord): string | undefined => {
    if (!blocked.has(budget)) blocked.set(budget, neverAllows(cluster, budget))
    return blocked.get(budget)
  }
  return pod => {
    const sibling = pod.createdAt > oldEnough ? undefined : asked.get(pod.controller?.uid ?? '')
    if (sibling !== undefined && !gone.has(pod) && isVetoedAlike(pod, sibling)) return known.get(sibling)
    if (known.has(pod)) return known.get(pod)
    const context = { cluster, policy, now: situation.now, owners: ownersFrom(owners, cluster, pod), neverAllows: neverAllowed }
    const veto = vetoOf(pod, context)
    known.set(pod, veto)
    if (pod.createdAt <= oldEnough) asked.set(pod.controller?.uid ?? '', pod)
    return veto
  }
}

/** Whether pods that are both old enough differ in nothing that a veto reads. */
function isVetoedAlike(one: PodRecord, other: PodRecord): boolean {
  return (
    one.controller?.uid === other.controller?.uid &&
    one.controller !== undefined &&
    one.namespace === other.namespace &&
    one.spec === other.spec &&
    one.labels === other.labels &&
    one.phase === other.phase &&
    one.ready === other.ready &&
    one.deletedAt === other.deletedAt &&
    (one.annotations === other.annotations || (one.annotations.size === 0 && other.annotations.size === 0)) &&
    one.claims.length === 0 &&
    other.claims.length === 0
  )
}

function movableIn(vetoOn: (pod: PodRecord) => Veto | undefined, policy: Policy): MovableOf {
  const harm = leastHarmFirst(policy)
  return ({ group }) => group.members.filter(pod => vetoOn(pod) === undefined).sort(harm)
}

function ownersFrom(known: Map<string, Owners>, cluster: ClusterReader, pod: PodRecord): Owners {
  if (pod.controller === undefined) return ownersOf(cluster, pod)
  const found = known.get(pod.controller.uid) ?? ownersOf(cluster, pod)
  known.set(pod.controller.uid, found)
  return found
}

interface BriefInputs {
  readonly cluster: ClusterReader
  readonly policy: Policy
  readonly situation: Situation
  readonly down: readonly Outage[]
  readonly vetoOn: (pod: PodRecord) => Veto | undefined
  readonly roomFor: RoomFinder
}

function briefOf(state: SpreadState, { cluster, policy, situation, down, vetoOn, roomFor }: BriefInputs): GroupBrief {
  const workloads = workloadsOf(cluster, state.group.members)
  return {
    state,
    ...observedIn(state),
    workloads,
    hold: holdOf(state.group, workloads, cluster, down, situation),
    unacted: unactedBecause(state, policy),
    vetoOn,
    room: roomFor(state.group, state.index),
  }
}

function evictionsOf(moves: readonly Move[], cluster: ClusterReader, policy: Policy, situation: Situation): readonly PlannedEviction[] {
  const waves = wavesOf(
    moves.map(move => ({ pod: move.victim, groups: move.helped.map(state => state.group.id) })),
    cluster,
    policy,
    situation,
  )
  return moves
    .map((move, index) => ({ move, wave: waves[index] ?? 1 }))
    .sort((a, b) => a.wave - b.wave)
    .map(({ move, wave }, index) => evictionOf(move, index + 1, wave, cluster))
}

function evictionOf(move: Move, order: number, wave: number, cluster: ClusterReader): PlannedEviction {
  const { victim, from, to, toDomains, helped, certainty } = move
  const state = helped[0]
  const topologyKey = state?.group.constraint.topologyKey ?? ''
  const domainOf = (nodeName: string): string => cluster.node(nodeName)?.labels.get(topologyKey) ?? ''
  return {
    order,
    wave,
    namespace: victim.namespace,
    pod: victim.name,
    uid: victim.uid,
    node: from,
    workload: ownersOf(cluster, victim).name,
    topologyKey,
    fromDomain: domainOf(from),
    toDomain: domainOf(to),
    toNode: to,
    toDomains: toDomains.flatMap(domain => state?.index.names[domain] ?? []),
    certainty,
    groups: helped.map(({ group }) => group.id),
    controllerUid: victim.controller?.uid ?? '',
  }
}
