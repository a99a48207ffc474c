import type { PodRecord } from '../../src/cluster/pod.ts'
import { matchesLabels } from '../../src/cluster/label-selector.ts'
import { ownersOf } from '../../src/planning/workloads.ts'
import { budgetsOf } from '../../src/scheduling/budget-arithmetic.ts'
import type { Strategy } from '../closed-loop/respread.ts'
import { fewestNow } from '../closed-loop/fewest.ts'
import { setStage, type Scenario, type Stage } from '../closed-loop/scenario.ts'
import { excessByHand } from '../closed-loop/spread-by-hand.ts'

/** What a strategy has come to in a scenario. */
export interface Outcome {
  readonly evictions: number
  /** The fewest evictions that restore the spread, as it is when the first one is asked for. */
  readonly bound: number
  /** Those whose replacement did not land where the spread is the better for it, by workload. */
  readonly inVain: ReadonlyMap<string, number>
  readonly mostInFlight: number
  /** The lowest share of Ready pods right after an eviction under a budget, and what that budget asks for; the one with the least to spare. */
  readonly underBudget: { readonly ready: number; readonly floor: number } | undefined
  /** The same of workloads without a budget. */
  readonly withoutBudget: number | undefined
  /** From the last time that balance was lost until it was there again, in milliseconds. */
  readonly timeToBalance: number | undefined
  /** Evictions that the spread would still need. */
  readonly left: number
}

export async function outcomeOf(scenario: Scenario, strategy: Strategy): Promise<Outcome> {
  const stage = setStage({ ...scenario, strategy })
  const troughs = watchTroughs(stage)
  const balance = watchBalance(stage)
  let bound: number | undefined
  stage.world.onRequest(() => (bound ??= fewestNow(stage)))
  await scenario.play(stage)
  const { flights } = stage.invariants
  const left = stage.world.planNow().summary.plannedEvictions
  const vain = flights.filter(({ landing }) => landing?.helped !== true)
  return {
    evictions: flights.length,
    bound: bound ?? fewestNow(stage),
    inVain: new Map([...Map.groupBy(vain, ({ workload }) => workload)].map(([workload, those]) => [workload, those.length])),
    ...troughs(),
    timeToBalance: left > 0 ? undefined : balance(),
    left,
  }
}

/** How low Ready pods get, and how many evictions are in flight at most, looked at right after each eviction. */
function watchTroughs({ world, invariants }: Stage): () => Pick<Outcome, 'mostInFlight' | 'underBudget' | 'withoutBudget'> {
  const { state } = world.cluster
  let mostInFlight = 0
  let underBudget: Outcome['underBudget']
  let withoutBudget: number | undefined
  const isServing = (pod: PodRecord): boolean => pod.ready && pod.deletedAt === undefined
  invariants.onEviction(({ victim }, inFlight) => {
    mostInFlight = Math.max(mostInFlight, inFlight)
    const [budget] = budgetsOf(state, victim)
    if (budget === undefined) {
      const { controller } = ownersOf(state, victim)
      const ready = [...state.podsOf(victim.controller?.uid ?? '')].filter(isServing).length / (controller?.replicas ?? 1)
      withoutBudget = Math.min(withoutBudget ?? 1, ready)
      return
    }
    const { desiredHealthy, expectedPods } = budget.status
    const covered = [...state.podsIn(budget.namespace)].filter(pod => matchesLabels(budget.selector, pod.labels))
    const trough = { ready: covered.filter(isServing).length / expectedPods, floor: desiredHealthy / expectedPods }
    if (underBudget === undefined || trough.ready - trough.floor < underBudget.ready - underBudget.floor) underBudget = trough
  })
  return () => ({ mostInFlight, underBudget, withoutBudget })
}

/** How long it took from the last time that the excess rose above what it is at the end until it was down to that. */
function watchBalance({ world }: Stage): () => number | undefined {
  const { clock, cluster } = world
  const course: { readonly at: number; readonly excess: number }[] = [{ at: clock.now(), excess: 0 }]
  cluster.store.subscribe(({ resource }) => {
    if (resource !== 'pods' && resource !== 'nodes') return
    const excess = [...excessByHand(cluster.state).values()].reduce((sum, each) => sum + each, 0)
    if (excess !== course.at(-1)?.excess) course.push({ at: clock.now(), excess })
  })
  return () => {
    const end = course.at(-1)
    const above = course.findLastIndex(({ excess }) => excess > (end?.excess ?? 0))
    const before = course.findLastIndex(({ excess }, index) => index < above && excess <= (end?.excess ?? 0))
    const [rose, fell] = [course[before + 1], course[above + 1]]
    return above < 0 || rose === undefined || fell === undefined ? undefined : fell.at - rose.at
  }
}
