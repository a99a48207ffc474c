import type { Clock, EvictionOutcome, EvictionRequest, Evictor } from '../../rebalancing/ports.ts'
import { evictPod, type EvictionResult } from '../eviction.ts'
import type { ObjectStore } from '../object-store.ts'
import type { Random } from '../random.ts'
import { createWay, type WayConditions } from './way.ts'

/** Retry-After of a budget whose controller is behind. */
const LAGGING_RETRY = 10_000

/** Sends evictions straight to the logic behind the embedded API server, over a way that takes time and may lose the answer. */
export function createInProcessEvictor(store: ObjectStore, clock: Clock, random: Random, conditions: WayConditions): Evictor {
  const way = createWay(clock, random, conditions)
  const evict = ({ namespace, pod, uid }: EvictionRequest): EvictionOutcome => {
    const call = { namespace, name: pod, options: { preconditions: { uid } }, dryRun: false }
    return outcomeOf(evictPod(store, call, clock.now()))
  }
  return { evict: (request, signal) => way(() => evict(request), signal) }
}

function outcomeOf(result: EvictionResult): EvictionOutcome {
  switch (result.kind) {
    case 'evicted':
      return { kind: 'Accepted' }
    case 'severalBudgets':
      return { kind: 'SeveralBudgets', message: 'more than one PodDisruptionBudget covers this pod' }
    case 'lagging':
      return {
        kind: 'BudgetLagging',
        retryAfterMs: LAGGING_RETRY,
        message: `budget ${result.budget.metadata.name} is still being processed`,
      }
    case 'exhausted':
      return { kind: 'BudgetExhausted', message: `budget ${result.budget.metadata.name} allows no disruption` }
    case 'forbidden':
      // A status that makes no sense, or too many evictions that nobody has confirmed: the budget's controller will put it right.
      return { kind: 'BudgetLagging', retryAfterMs: LAGGING_RETRY, message: result.message }
    case 'refused':
      // The uid is the only precondition that was sent.
      return result.refusal.code === 404 ? { kind: 'Gone' } : { kind: 'Replaced', message: result.refusal.message }
  }
}
