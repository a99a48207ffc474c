import type { Clock } from '../rebalancing/ports.ts'
import { pause } from './pause.ts'

export interface TokenBucket {
  /** Takes a token if there is one. */
  tryTake(): boolean
  /** Waits for a token, first come, first served; returns without one when the signal aborts. */
  take(signal: AbortSignal): Promise<void>
}

/** A limit of `perSecond` on the long run and `burst` at once, in monotonic time. */
export function createTokenBucket(clock: Clock, perSecond: number, burst: number): TokenBucket {
  let tokens = burst
  let filledAt = clock.monotonic()

  const refill = (): void => {
    const now = clock.monotonic()
    tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * perSecond)
    filledAt = now
  }

  return {
    tryTake() {
      refill()
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
    async take(signal) {
      refill()
      // A token is taken at once even when it is not there yet: the debt is what keeps the order of those who wait.
      tokens -= 1
      if (tokens < 0) await pause(clock, (-tokens / perSecond) * 1000, signal)
    },
  }
}
