import type { Clock } from '../../src/rebalancing/ports.ts'

/** More than the event loop is held in one go. */
const EACH_LOOK_MS = 11

/** A clock by which so much time passes at each look that work in slices is cut after every piece. */
export function slowClock<C extends Clock>(clock: C): C {
  let looks = 0
  return { ...clock, monotonic: () => clock.monotonic() + (looks += 1) * EACH_LOOK_MS }
}
