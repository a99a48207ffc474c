import type { Clock, EvictionOutcome, EvictionRequest, Evictor } from '../../rebalancing/ports.ts'
import { evictPod, type EvictionResult } from '../eviction.ts'
import type { ObjectStore } from '../object-store.ts'
import { drawDelay, type DelayRange, type Random } from '../random.ts'

/** How the way to the embedded API server behaves. */
export interface EvictorConditions {
  /** Milliseconds that a request is under way, and an answer again. */
  readonly delay: DelayRange
  /** How often an answer gets lost after the eviction has happened, 0..1. */
  readonly lostAnswers: number
}

const NOT_SENT: EvictionOutcome = { kind: 'Throttled', retryAfterMs: 0, message: 'not sent: given up before' }

/** Retry-After of a budget whose controller is behind. */
const LAGGING_RETRY = 10_000

/** Sends evictions straight to the logic behind the embedded API server, over a way that takes time and may lose the answer. */
export function createInProcessEvictor(store: ObjectStore, clock: Clock, random: Random, conditions: EvictorConditions): Evictor {
  const pause = (): Promise<void> =>
    new Promise(resolve => {
      clock.after(drawDelay(random, conditions.delay), resolve)
    })

  const send = async ({ namespace, pod, uid }: EvictionRequest): Promise<EvictionOutcome> => {
    await pause()
    const call = { namespace, name: pod, options: { preconditions: { uid } }, dryRun: false }
    const result = evictPod(store, call, clock.now())
    await pause()
    return random.chance(conditions.lostAnswers)
      ? { kind: 'Lost', message: 'the connection broke before the answer came' }
      : outcomeOf(result)
  }

  return {
    evict: (request, signal) => {
      const aborted = new Promise<EvictionOutcome>(resolve => {
        // A request that is given up may have arrived: it is not called back.
        signal.addEventListener('abort', () => resolve({ kind: 'Lost', message: 'given up before the answer came' }), { once: true })
      })
      return signal.aborted ? Promise.resolve(NOT_SENT) : Promise.race([send(request), aborted])
    },
  }
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
