import type { Delta } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { Mark } from '../scheduling/node-partition.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { evictionsOf } from './eviction-list.ts'
import { createGroupIndex, type IndexedGroup, type Rest, type Urgency } from './group-index.ts'
import { groupPlan, leftAloneIn, type GroupBrief } from './group-plan.ts'
import { closedNodesOf, createHoldFinder } from './holds.ts'
import type { Move, MoveContext } from './move.ts'
import { obstacleIn } from './obstacles.ts'
import { createOverview } from './overview.ts'
import type { World } from './plan.ts'
import type { Plan } from './plan-types.ts'
import type { Policy } from './policy.ts'
import type { Veto } from './reasons.ts'
import { riskOf } from './risk.ts'
import { createRoomFinder, type DomainRooms } from './room.ts'
import { search, type MovableOf } from './search.ts'
import type { Situation } from './situation.ts'
import { count, type SpreadState } from './spread-state.ts'
import { summaryOf } from './summary.ts'
import { evictedUnseen, placeWhatIsUnderWay } from './under-way.ts'
import { createVetoes } from './veto-finder.ts'
import { leastHarmFirst } from './victims.ts'
import { createWhatIf } from './what-if.ts'

/** Makes one plan after the other of a cluster that changes. */
export interface Planner {
  /** Takes in a change of the cluster, once the model has been advanced by it. What it costs to plan again is what has changed. */
  note(delta: Delta): void
  /**
   * @param most so many evictions are enough; groups that the search does not come to are `NotYetPlanned`. Without it the whole way is planned
   */
  plan(situation: Situation, most?: number): Plan
}

export function createPlanner(world: World, policy: Policy): Planner {
  const { cluster, model } = world
  const index = createGroupIndex(world, policy)
  const overview = createOverview(cluster, policy)
  const harm = leastHarmFirst(policy)

  function planNow(situation: Situation, most: number): Plan {
    const whatIf = createWhatIf(model)
    const shifted = new Set<SpreadState>()
    const countNow = (pod: PodRecord, nodeName: string, change: 1 | -1): void => {
      for (const state of index.states.counting(pod)) shifted.add(state)
      count(index.states, pod, nodeName, change)
    }
    try {
      // 1 What is there: groups with their counts, and which domains are down or settling.
      const down = overview.down()
      const closedNodes = closedNodesOf(cluster, down, situation)
      const closed = closedMark(model, closedNodes)
      const standing = index.standing()

      // 2 Who may be moved, and which groups wait.
      const leaving = evictedUnseen(whatIf, situation)
      const vetoOn = createVetoes(cluster, policy, situation, leaving)
      const roomFor = createRoomFinder(model, closed)
      for (const group of standing) group.rest ??= { room: roomFor(group.state.group, group.state.index), result: undefined }
      const holds = standing.map(createHoldFinder(cluster, down, situation))
      const acting = standing.filter((group, i) => group.unacted === undefined && holds[i] === undefined)
      // Room comes and goes with pods that no group has to do with; those that are about to be searched are told the newest.
      const byUrgency = worstFirst(acting, shifted)
      for (const { state, rest } of byUrgency.slice(0, ROOMS_ASKED_ANEW)) {
        if (rest !== undefined) rest.room = roomFor(state.group, state.index)
      }

      // 3 What is under way leaves and takes its places first.
      for (const pod of leaving) {
        whatIf.terminate(pod, situation.now)
        countNow(pod, pod.nodeName ?? '', -1)
      }
      for (const { pod, nodeName } of placeWhatIsUnderWay(whatIf, index.waiting(), situation)) countNow(pod, nodeName, 1)

      // 4 Which moves.
      const context: MoveContext = {
        whatIf,
        now: situation.now,
        states: index.states,
        acting: new Set(acting.map(({ state }) => state)),
        closedNodes,
        closed,
      }
      const movableOf: MovableOf = ({ group }) => group.members.filter(pod => vetoOn(pod) === undefined).sort(harm)
      // What is under way may have changed who is worst off.
      const targets = shifted.size === 0 ? byUrgency : worstFirst(acting, shifted)
      const families = [...Map.groupBy(targets, ({ family }) => family).values()].map(family => family.map(({ state }) => state))
      const { moves, refused, searched } = search(families, movableOf, context, most)
      for (const { victim, replacement } of moves) {
        for (const pod of [victim, replacement]) for (const state of index.states.counting(pod)) shifted.add(state)
      }

      // 5 What may happen when, and how it all reads.
      const evictions = evictionsOf(moves, index.states, cluster, policy, situation)
      const destinations = new Map(moves.map(move => [move.victim.uid, move.to]))
      const movesFor = helping(moves)
      const results = standing.map((group, i): NonNullable<Rest['result']> => {
        const { state, rest } = group
        const hold = holds[i]
        const isAtRest = hold === undefined && !shifted.has(state) && !searched.has(state)
        if (isAtRest && rest?.result !== undefined) return rest.result
        const needsNone = group.unacted !== undefined || (state.excess() === 0 && group.excess === 0)
        const isSearched = needsNone || searched.has(state)
        const brief: GroupBrief = { ...group, hold, isSearched, vetoOn, room: rest?.room ?? NO_ROOM }
        const leftAlone = leftAloneIn(brief, destinations, refused, () => obstacleIn(state, model, closedNodes))
        const risk = riskOf(state, group.workloads, cluster, destinations)
        const result = { group: groupPlan(brief, movesFor.get(state) ?? [], new Map(leftAlone), risk), leftAlone }
        if (isAtRest && rest !== undefined) rest.result = result
        return result
      })
      const groups = results.map(({ group }) => group)
      let leftAlone: ReadonlyMap<string, Veto> | undefined
      return {
        summary: summaryOf(
          cluster,
          groups,
          evictions,
          standing.map(({ family }) => family),
        ),
        groups,
        evictions,
        get leftAlone() {
          return (leftAlone ??= new Map(results.flatMap(each => each.leftAlone)))
        },
        notices: overview.notices(),
        isWhole: families.every(([first]) => first === undefined || searched.has(first)),
      }
    } finally {
      whatIf.backTo(0)
      index.recount(shifted)
    }
  }

  return {
    note(delta) {
      index.note(delta)
      overview.note(delta)
    },
    plan: (situation, most = Infinity) => planNow(situation, most),
  }
}

/** Of the groups that are worst off. */
const ROOMS_ASKED_ANEW = 100

const NO_ROOM: DomainRooms = () => 0

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
function worstFirst(groups: readonly IndexedGroup[], shifted: ReadonlySet<SpreadState>): readonly IndexedGroup[] {
  const violated: { readonly group: IndexedGroup; readonly excess: number; readonly urgency: Urgency; readonly order: number }[] = []
  for (const [order, group] of groups.entries()) {
    const excess = shifted.has(group.state) ? group.state.excess() : group.excess
    if (excess > 0) violated.push({ group, excess, urgency: group.urgency, order })
  }
  // The groups come by id.
  violated.sort(
    (a, b) =>
      a.urgency.isSoft - b.urgency.isSoft ||
      b.excess - a.excess ||
      b.urgency.cpu - a.urgency.cpu ||
      b.urgency.memory - a.urgency.memory ||
      a.order - b.order,
  )
  return violated.map(({ group }) => group)
}
