import type { Clock } from './ports.ts'

/** What the loop sleeps on between two passes. */
export interface WakeUp {
  /** Something happened: the sleeper wakes one debounce after the first ring, so that events that come together make one plan. */
  ring(): void
  /** Wakes the sleeper at once. */
  wakeNow(): void
  /** Resolves at the next ring or tick, or at once when a ring fell due while nobody slept. @param atMost milliseconds, where a tick is too long */
  sleep(atMost?: number): Promise<void>
}

/**
 * @param tick longest sleep, milliseconds
 * @param debounce from the first ring to waking, milliseconds. It is not prolonged by further rings: a cluster that never rests would be never seen.
 */
export function createWakeUp(clock: Clock, { tick, debounce }: { readonly tick: number; readonly debounce: number }): WakeUp {
  let rung: (() => void) | undefined
  let due = false
  let wake: (() => void) | undefined

  const wakeNow = (): void => {
    rung?.()
    rung = undefined
    due = true
    wake?.()
  }
  return {
    ring: () => {
      if (due) return
      rung ??= clock.after(debounce, wakeNow)
    },
    wakeNow,
    sleep: async (atMost = tick) => {
      if (!due) {
        await new Promise<void>(resolve => {
          const cancelTick = clock.after(Math.min(tick, atMost), wakeNow)
          wake = () => {
            cancelTick()
            resolve()
          }
        })
      }
      wake = undefined
      due = false
    },
  }
}
