import type { Clock } from '../rebalancing/ports.ts'
import type { Random } from './random.ts'
import { createTimerHeap } from './timer-heap.ts'

/** Time that passes only when told to. Timers fire in order of time; those of one instant in order of insertion, or shuffled. */
export interface VirtualClock extends Clock {
  /** Lets `ms` pass, firing what falls due, without waiting for promises: for worlds that are synchronous throughout. */
  advance(ms: number): void
  /** Lets `ms` pass and, after each instant, whatever promises became ready run on: for asynchronous code under test. */
  advanceAsync(ms: number): Promise<void>
  /**
   * Advances from timer to timer until the condition holds, and says whether it did before `limitMs` had passed. Then the clock stands
   * where the condition came true, or at the limit.
   */
  runUntil(condition: () => boolean, limitMs: number): Promise<boolean>
}

/** So many timers in one instant mean that something re-arms itself with no delay: better an error than a test that hangs. */
const TIMERS_AN_INSTANT = 100_000

/**
 * @param start milliseconds since the epoch
 * @param shuffle draws the order of timers that fall due in the same millisecond, to try interleavings; absent: by insertion
 */
export function createVirtualClock(start: number, shuffle?: Random): VirtualClock {
  const timers = createTimerHeap()
  let now = start
  let inserted = 0

  /** Fires everything due at the next instant up to `until`; false when nothing is. */
  const fireInstant = (until: number): boolean => {
    const due = timers.nextDue()
    if (due === undefined || due > until) return false
    now = due
    for (let fired = 0; timers.nextDue() === due; fired++) {
      if (fired > TIMERS_AN_INSTANT) throw new Error(`virtual time stands still at ${new Date(now).toISOString()}: a timer re-arms itself`)
      timers.take()?.()
    }
    return true
  }

  return {
    now: () => now,
    monotonic: () => now - start,
    after: (ms, callback) => timers.add(now + Math.max(0, Math.ceil(ms)), shuffle?.next() ?? inserted++, callback),
    advance: ms => {
      const until = now + ms
      while (fireInstant(until));
      now = until
    },
    advanceAsync: async ms => {
      const until = now + ms
      await settle()
      while (fireInstant(until)) await settle()
      now = until
    },
    runUntil: async (condition, limitMs) => {
      const until = now + limitMs
      await settle()
      while (!condition()) {
        if (!fireInstant(until)) {
          now = until
          return condition()
        }
        await settle()
      }
      return true
    },
  }
}

/** One turn of the event loop: every promise that is ready has run its continuations, however long the chain, when it ends. */
function settle(): Promise<void> {
  return new Promise(resolve => {
    setImmediate(resolve)
  })
}
