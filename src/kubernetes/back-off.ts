/** Numbers from 0 up to, not including, 1. */
export type RandomSource = () => number

export interface BackOff {
  /**
   * Milliseconds to wait before the next attempt: longer each time, with jitter so that restarted clients do not come back together, and
   * never less than what the server asked for.
   */
  next(askedMs?: number): number
  /** Something worked: start again from the shortest wait. */
  reset(): void
}

/** The waits of client-go's reflector: 0.8 s doubling to 30 s, each up to twice as long by chance (reflector.go, 1.36). */
const SHORTEST_MS = 800
const LONGEST_MS = 30_000

export function createBackOff(random: RandomSource): BackOff {
  let base = SHORTEST_MS
  return {
    next(askedMs = 0) {
      const wait = base * (1 + random())
      base = Math.min(base * 2, LONGEST_MS)
      // Who was sent away together must not come back together either.
      return askedMs === 0 ? wait : Math.max(wait, askedMs + SHORTEST_MS * random())
    },
    reset() {
      base = SHORTEST_MS
    },
  }
}
