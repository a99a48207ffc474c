import type { Clock } from './ports.ts'

type Clocks = Pick<Clock, 'now' | 'monotonic'>

/** A moment that the loop has seen itself, by both of its clocks: the wall clock may be set afterwards. */
export interface Moment {
  readonly wall: number
  readonly monotonic: number
}

/** Two clocks read one after the other never differ by quite the same; by more than this, and one was set. Milliseconds. */
const JITTER = 1_000

export function momentNow(clock: Clocks): Moment {
  return { wall: clock.now(), monotonic: clock.monotonic() }
}

/** When that was, by the wall clock as it goes now, in milliseconds since the epoch; the same number each time until somebody sets that clock. */
export function wallTimeOf({ wall, monotonic }: Moment, clock: Clocks): number {
  const setBy = clock.now() - wall - (clock.monotonic() - monotonic)
  return Math.abs(setBy) < JITTER ? wall : wall + setBy
}
