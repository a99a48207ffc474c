import type { Clock } from '../rebalancing/ports.ts'

/** The longest delay that setTimeout keeps; beyond it fires at once. */
const LONGEST = 2 ** 31 - 1

/** The real clock: wall-clock time for timestamps, performance.now for durations. */
export function createWallClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after: (ms, callback) => {
      const timer = setTimeout(callback, Math.min(Math.max(0, ms), LONGEST))
      return () => clearTimeout(timer)
    },
  }
}
