import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { Plan, PlannedEviction } from '../planning/plan-types.ts'
import { workloadKey } from '../planning/workload-key.ts'
import { budgetNames } from './admission.ts'
import { refund, spend } from './cool-downs.ts'
import { expectationOf, type Expectation } from './expectations.ts'
import type { History } from './history.ts'
import { isOnProbation } from './quarantine.ts'

/**
 * Writes down an eviction that is about to be requested.
 *
 * @param plan the one it is part of, which says how many evictions a new round of its workload may have
 * @param now milliseconds since the epoch @param coolDown milliseconds
 */
export function withRequest(
  history: History,
  eviction: PlannedEviction,
  plan: Plan,
  cluster: ClusterReader,
  now: number,
  coolDown: number,
): History {
  const victim = cluster.pod(eviction.namespace, eviction.pod)
  if (victim === undefined) return history
  const key = workloadKey(eviction)
  const planned = isOnProbation(history.quarantines, history.moves, eviction.groups, now)
    ? 1
    : plan.evictions.filter(candidate => workloadKey(candidate) === key).length
  return {
    ...history,
    expectations: [
      ...history.expectations,
      expectationOf(eviction, victim, budgetNames(cluster, victim), now, cluster.podsOf(eviction.controllerUid)),
    ],
    // What the loop itself moves on is not moved back by somebody else.
    moves: history.moves.filter(({ uid }) => uid !== eviction.uid),
    rounds: spend(history.rounds, eviction, planned, now, coolDown),
  }
}

/** Takes an eviction out that did not come about. */
export function withoutRequest(history: History, eviction: PlannedEviction): History {
  const expectations = history.expectations.filter(({ uid }) => uid !== eviction.uid)
  if (expectations.length === history.expectations.length) return history
  return { ...history, expectations, rounds: refund(history.rounds, eviction) }
}

export function withStage(history: History, eviction: PlannedEviction, stage: Expectation['stage'], now: number): History {
  const expectations = history.expectations.map(expectation =>
    expectation.uid === eviction.uid ? { ...expectation, stage, since: now } : expectation,
  )
  return { ...history, expectations }
}
