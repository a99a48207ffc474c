import type { BudgetRecord } from '../cluster/budget.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { neverAllows } from '../scheduling/budget-arithmetic.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { createDomainIndexes } from './domain-index.ts'
import { compareText, groupsOf } from './groups.ts'
import { groupPlan, leftAloneIn, roomByDomain, unactedBecause, workloadsOf, type GroupBrief } from './group-plan.ts'
import { closedNodesOf, holdOf } from './holds.ts'
import type { Move, MoveContext } from './move.ts'
import { noticesOf } from './notices.ts'
import { obstacleIn } from './obstacles.ts'
import { outages, type Outage } from './outages.ts'
import type { Plan, PlannedEviction } from './plan-types.ts'
import type { Policy } from './policy.ts'
import type { Veto } from './reasons.ts'
import { riskOf } from './risk.ts'
import { search } from './search.ts'
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
    const indexes = createDomainIndexes(model)
    const states = groupsOf(cluster, model).map(group => spreadStateOf(model, group, indexes))
    const spread = createSpreadStates(states)

    // 2 Who may be moved, and which groups wait.
    const leaving = evictedUnseen(whatIf, situation)
    const vetoes = vetoesOf(states, cluster, policy, situation)
    for (const { uid } of leaving) vetoes.set(uid, { reason: 'Terminating', message: 'it is evicted already' })
    const briefs = states.map(state => briefOf(state, { cluster, model, policy, situation, down, closedNodes, vetoes }))

    // 3 What is under way leaves and takes its places first.
    for (const pod of leaving) {
      whatIf.terminate(pod, situation.now)
      count(spread, pod, pod.nodeName ?? '', -1)
    }
    for (const { pod, nodeName } of placeWhatIsUnderWay(whatIf, situation)) count(spread, pod, nodeName, 1)

    // 4 Which moves.
    const targets = briefs.filter(brief => brief.hold === undefined && brief.unacted === undefined).map(brief => brief.state)
    const context: MoveContext = {
      whatIf,
      now: situation.now,
      states: spread,
      acting: new Set(targets),
      closedNodes,
    }
    const harm = leastHarmFirst(policy)
    const movable = new Map(targets.map(state => [state, state.group.members.filter(pod => !vetoes.has(pod.uid)).sort(harm)]))
    const { moves, refused } = search(worstFirst(targets), state => movable.get(state) ?? [], context)

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

function worstFirst(states: readonly SpreadState[]): readonly SpreadState[] {
  return states
    .filter(state => excessNow(state) > 0)
    .sort((a, b) => Number(isSoft(a)) - Number(isSoft(b)) || excessNow(b) - excessNow(a) || compareText(a.group.id, b.group.id))
}

const isSoft = (state: SpreadState): boolean => state.group.constraint.whenUnsatisfiable === 'ScheduleAnyway'

function vetoesOf(states: readonly SpreadState[], cluster: ClusterReader, policy: Policy, situation: Situation): Map<string, Veto> {
  const vetoes = new Map<string, Veto>()
  const owners = new Map<string, Owners>()
  const asked = new Set<string>()
  const blocked = new Map<BudgetRecord, string | undefined>()
  const neverAllowed = (budget: BudgetRecord): string | undefined => {
    if (!blocked.has(budget)) blocked.set(budget, neverAllows(cluster, budget))
    return blocked.get(budget)
  }
  for (const state of states) {
    for (const pod of state.group.members) {
      if (asked.has(pod.uid)) continue
      asked.add(pod.uid)
      const veto = vetoOf(pod, { cluster, policy, now: situation.now, owners: ownersFrom(owners, cluster, pod), neverAllows: neverAllowed })
      if (veto !== undefined) vetoes.set(pod.uid, veto)
    }
  }
  return vetoes
}

function ownersFrom(known: Map<string, Owners>, cluster: ClusterReader, pod: PodRecord): Owners {
  if (pod.controller === undefined) return ownersOf(cluster, pod)
  const found = known.get(pod.controller.uid) ?? ownersOf(cluster, pod)
  known.set(pod.controller.uid, found)
  return found
}

interface BriefInputs extends World {
  readonly policy: Policy
  readonly situation: Situation
  readonly down: readonly Outage[]
  readonly closedNodes: ReadonlyMap<string, Veto>
  readonly vetoes: ReadonlyMap<string, Veto>
}

function briefOf(state: SpreadState, inputs: BriefInputs): GroupBrief {
  const { cluster, model, policy, situation, down, closedNodes, vetoes } = inputs
  const workloads = workloadsOf(cluster, state.group.members)
  return {
    state,
    observed: state.initial,
    workloads,
    hold: holdOf(state.group, workloads, cluster, down, situation),
    unacted: unactedBecause(state, state.domains.length, policy),
    vetoes,
    room: roomByDomain(state, model, closedNodes),
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
    toDomains: toDomains.flatMap(domain => state?.domains[domain] ?? []),
    certainty,
    groups: helped.map(({ group }) => group.id),
    controllerUid: victim.controller?.uid ?? '',
  }
}
