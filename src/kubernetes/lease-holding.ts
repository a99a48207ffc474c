import type { Clock, Leadership } from '../rebalancing/ports.ts'

/** Whether the lease is ours, from one renewal to the next. */
export interface Holding extends Leadership {
  /** Renewed by a request that went out at `at` in monotonic time. True when acting was not allowed before. */
  renew(at: number): boolean
  /** Given up, or taken by another. True when acting was allowed before. */
  end(): boolean
}

/** @param onExpiry called when a renewal did not come within `deadlineMs` of the last */
export function createHolding(clock: Clock, deadlineMs: number, onExpiry: () => void): Holding {
  const listeners = new Set<() => void>()
  let renewedAt = -Infinity
  let allowed = false
  let cancelTimer = (): void => {}

  const leftMs = (): number => renewedAt + deadlineMs - clock.monotonic()

  /** Tells the listeners when what is allowed has changed, and says whether it has. */
  const notice = (): boolean => {
    const now = leftMs() > 0
    if (now === allowed) return false
    allowed = now
    for (const listener of listeners) listener()
    return true
  }

  const awaitExpiry = (): void => {
    cancelTimer()
    cancelTimer = clock.after(leftMs(), () => {
      // A timer may be a little early.
      if (leftMs() > 0) awaitExpiry()
      else if (notice()) onExpiry()
    })
  }

  return {
    mayAct: () => leftMs() > 0,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    renew(at) {
      renewedAt = at
      awaitExpiry()
      return notice()
    },
    end() {
      renewedAt = -Infinity
      cancelTimer()
      return notice()
    },
  }
}
