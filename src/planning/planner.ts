import type { Delta } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { areMadeAlike } from '../scheduling/made-alike.ts'
import { createDistinctions } from './distinctions.ts'
import { evictionsOf } from './eviction-list.ts'
import { createGroupIndex } from './group-index.ts'
import { createGroupReports } from './group-reports.ts'
import type { HeldGroups } from './held-groups.ts'
import type { HoldFinder } from './holds.ts'
import type { IndexedGroup } from './indexed-group.ts'
import type { MoveContext } from './move-context.ts'
import type { Move } from './move.ts'
import { obstaclesIn, type ObstacleFinder } from './obstacles.ts'
import { createOverview } from './overview.ts'
import type { World } from './plan.ts'
import { planOf } from './plan-of.ts'
import type { Plan } from './plan-types.ts'
import type { Policy } from './policy.ts'
import type { Veto } from './reasons.ts'
import { waitingAmong } from './rivals.ts'
import { createRoomQueue } from './room-queue.ts'
import { search, type MovableOf } from './search.ts'
import type { Situation } from './situation.ts'
import type { SpreadState } from './spread-state.ts'
import { count } from './spread-states.ts'
import { surroundingsIn, type Surroundings } from './surroundings.ts'
import { familiesIn, inOrder } from './targets.ts'
import { awaitedLandings, evictedUnseen, placeWhatIsUnderWay, strandedPods } from './under-way.ts'
import { createGroupVetoes, createVetoes } from './veto-finder.ts'
import { leastHarmFirst } from './victims.ts'
import { createWhatIf } from './what-if.ts'
import { createOwnersFinder } from './workloads.ts'

/** Makes one plan after the other of a cluster that changes. */
export interface Planner {
  /** Takes in a change of the cluster, once the model has been advanced by it. What it costs to plan again is what has changed. */
  note(delta: Delta): void
  /**
   * What the next plan would have to do first, step by step. Between the steps the cluster may change; how far it comes makes no difference to
   * the plan.
   */
  prepare(situation: Situation): Iterable<void>
  /**
   * @param most so many evictions are enough; groups that the search does not come to are `NotYetPlanned`. Without it the whole way is planned
   */
  plan(situation: Situation, most?: number): Plan
  /** The groups as the planner holds them, to be compared with the objects; undefined while all of them are about to be worked out anew. */
  held(): HeldGroups | undefined
}

export function createPlanner(world: World, policy: Policy): Planner {
  const { cluster, model } = world
  const index = createGroupIndex(world, policy)
  const overview = createOverview(world, policy)
  const reports = createGroupReports(cluster, index)
  const harm = leastHarmFirst(policy)
  let warmUps = [1, 10, 30]

  const surroundings = (situation: Situation): Surroundings => surroundingsIn(world, overview.down(), situation)

  /** Groups that the situation may hold: outages and drains can touch any. */
  function* mayWait({ drains, workloadHolds }: Situation): Generator<IndexedGroup> {
    if (overview.down().length > 0 || drains.length > 0) yield* index.all()
    else for (const namespace of new Set(workloadHolds.map(hold => hold.namespace))) yield* index.in(namespace)
  }

  function planNow(situation: Situation, most: number): Plan {
    const whatIf = createWhatIf(model)
    const { states } = index
    /** Groups whose counts, or members, are not those of the cluster while the plan is made. */
    const shifted = new Set<SpreadState>()
    const shiftsWith = (pod: PodRecord): void => {
      for (const state of states.counting(pod)) shifted.add(state)
      for (const { state } of index.of(pod)) shifted.add(state)
    }
    const countNow = (pod: PodRecord, nodeName: string, change: 1 | -1): void => {
      shiftsWith(pod)
      count(states, pod, nodeName, change)
    }
    try {
      // 1 What is there: groups with their counts, and which domains are down or settling.
      for (const _step of index.catchUp());
      reports.readNews()
      const { closedNodes, closed, roomFor, holdOn: standingHoldOn } = surroundings(situation)

      // 2 Who may be moved, and which groups wait.
      const leaving = evictedUnseen(whatIf, situation)
      const ownersOf = createOwnersFinder(cluster)
      const vetoesIn = createGroupVetoes(createVetoes(world, ownersOf, policy, situation, leaving))

      // 3 What is under way leaves and takes its places first; groups wait for what others have under way.
      for (const pod of leaving) {
        whatIf.terminate(pod, situation.now)
        countNow(pod, pod.nodeName ?? '', -1)
      }
      const underWay = placeWhatIsUnderWay(whatIf, index.waiting(), situation)
      const { arrivals, unplaced } = underWay
      for (const { pod, nodeName } of arrivals) countNow(pod, nodeName, 1)
      // Their groups count as they are, and wait as long as the pods are there.
      const stranded = strandedPods(model)
      for (const pod of stranded) shiftsWith(pod)
      const awaited = awaitedLandings(states, arrivals, stranded, situation)
      const holdOn: HoldFinder = group => standingHoldOn(group) ?? (group.unacted === undefined ? awaited.get(group.state) : undefined)
      const isActing = (group: IndexedGroup | undefined): group is IndexedGroup =>
        group !== undefined && group.unacted === undefined && holdOn(group) === undefined

      // 4 Which moves.
      const acting = { has: (state: SpreadState) => isActing(index.by(state)) }
      const heeded = { has: (state: SpreadState) => index.by(state)?.unacted === undefined }
      const context: MoveContext = {
        whatIf,
        now: situation.now,
        states,
        carries: index.carries,
        acting,
        heeded,
        waiting: waitingAmong(unplaced),
        closedNodes,
        closed,
        distinctionFor: createDistinctions(closed),
      }
      const movableIn = (state: SpreadState): PodRecord[] => {
        const vetoes = vetoesIn(state)
        return state.group.members.filter((_pod, member) => vetoes[member] === undefined)
      }
      const movableOf: MovableOf = state => movableIn(state).sort(harm)
      const { isWhole, ...found } = search(familiesIn(index, inOrder(index, shifted), isActing), movableOf, context, most)
      const { moves } = found
      let latest: Move | undefined
      for (const move of moves) {
        const { victim, touched } = move
        // Replicas, which mostly come one after the other, are in the same groups.
        if (touched === latest?.touched && areMadeAlike(cluster, victim, latest.victim)) continue
        for (const state of touched) shifted.add(state)
        for (const { state } of index.of(victim)) shifted.add(state)
        latest = move
      }

      const standstill = { model, closedNodes, queue: createRoomQueue(underWay, model, ownersOf) }
      const obstacles = new Map<SpreadState, ObstacleFinder>()
      for (const state of found.searched) {
        if (state.excess() > 0) obstacles.set(state, obstaclesIn(state, movableIn(state), standstill))
      }
      whatIf.backTo(0)

      // 5 What may happen when, and how it all reads. Room is told as it is before anything moves.
      const evictions = evictionsOf(moves, cluster, ownersOf, policy, situation)
      const { groups, leftAlone } = reports.writeAll({ ...found, obstacles, shifted, roomFor, holdOn, vetoesIn }, mayWait(situation))
      return planOf(cluster, index, { groups, evictions, notices: overview.notices(), isWhole }, leftAlone)
    } finally {
      whatIf.backTo(0)
      for (const state of shifted) state.restore()
    }
  }

  function* prepare(situation: Situation): Generator<void> {
    yield* index.catchUp()
    reports.readNews()
    const { roomFor, holdOn } = surroundings(situation)
    const vetoesIn = createGroupVetoes(createVetoes(world, createOwnersFinder(cluster), policy, situation, []))
    for (const group of reports.stale()) {
      if (holdOn(group) !== group.pause) continue
      reports.write(group, { ...NOTHING_FOUND, roomFor, holdOn, vetoesIn })
      yield
    }
    overview.notices()
    yield
    // Families are worked out for whole namespaces: to ask of one group in each is enough.
    const inNamespaces = new Map(index.urgent().map(({ state: { group } }) => [group.namespace, group]))
    for (const group of inNamespaces.values()) {
      index.familyOf(group)
      yield
    }
    // What has never run is slow, and what nodes answer is asked of whole zones at first: small plans before the first that counts keep steps short.
    const [worst] = index.urgent()
    if (worst === undefined || warmUps.length === 0) return
    roomFor(worst.state.group, worst.state.index)
    // A group of hundreds is planned as a whole, be one move enough: a step as long as the plan is none.
    if (worst.state.group.members.length > MOST_TO_WARM_UP_WITH) warmUps = []
    for (; warmUps.length > 0; planNow(situation, warmUps.shift() ?? 0)) yield
  }

  return {
    note(delta) {
      index.note(delta)
      overview.note(delta)
    },
    prepare,
    plan: (situation, most = Infinity) => planNow(situation, most),
    held: () => index.held(),
  }
}

const MOST_TO_WARM_UP_WITH = 100

const NOTHING_FOUND = {
  moves: [],
  refused: new Map<string, Veto>(),
  searched: new Set<SpreadState>(),
  obstacles: new Map<SpreadState, ObstacleFinder>(),
  shifted: new Set<SpreadState>(),
}
