import PQueue from 'p-queue'
import type { WriteRefusal } from '../rebalancing/ports.ts'
import { notSent, outcomeOfFailure } from './refusal.ts'

/** Writes of one sort, a few at a time and a few a second, those of higher priority first. */
export interface WriteQueue {
  /** What the task gives, or that it did not come to its turn or to its end. Never throws. */
  turn<T>(task: () => Promise<T>, options: { readonly priority?: number; readonly signal: AbortSignal }): Promise<T | WriteRefusal>
  /** Takes back what waits and resolves when what is out has been answered. */
  drain(): Promise<void>
}

const GIVEN_UP: WriteRefusal = { kind: 'Lost', message: 'given up before the answer came' }

/** @param perSecond tasks started in any second @param concurrency tasks under way at once */
export function createWriteQueue({ perSecond, concurrency }: { readonly perSecond: number; readonly concurrency: number }): WriteQueue {
  // Its intervals are the one use of a timer that is not the injected clock's. Strict: no two bursts next to each other.
  const queue = new PQueue({ concurrency, intervalCap: perSecond, interval: 1_000, strict: true })
  return {
    async turn<T>(
      task: () => Promise<T>,
      options: { readonly priority?: number; readonly signal: AbortSignal },
    ): Promise<T | WriteRefusal> {
      let outcome: T | WriteRefusal = notSent('taken back before its turn')
      try {
        await queue.add(async () => {
          outcome = GIVEN_UP
          outcome = await task().catch((error: unknown) => (options.signal.aborted ? GIVEN_UP : outcomeOfFailure(error)))
        }, options)
      } catch {
        // Taken back by its signal or by drain().
      }
      return outcome
    },
    async drain() {
      queue.clear()
      await queue.onIdle()
    },
  }
}
