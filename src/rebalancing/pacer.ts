import type { Clock } from './ports.ts'

/** Spaces the requests of the whole loop, in monotonic time. */
export interface Pacer {
  /** The server asked for a pause: no turn comes within the next `ms`. */
  slowDown(ms: number): void
  /** Milliseconds of a pause that the server asked for and that still lasts; 0 when there is none. */
  pause(): number
  /** Resolves when the next request may go out. */
  turn(): Promise<void>
}

export function createPacer(clock: Clock, requestsPerSecond: number): Pacer {
  const spacing = 1000 / requestsPerSecond
  let next = clock.monotonic()
  let pausedUntil = clock.monotonic()
  return {
    slowDown: ms => {
      pausedUntil = Math.max(pausedUntil, clock.monotonic() + ms)
    },
    pause: () => Math.max(0, pausedUntil - clock.monotonic()),
    turn: async () => {
      const wait = Math.max(next, pausedUntil) - clock.monotonic()
      if (wait > 0) {
        await new Promise<void>(resolve => {
          clock.after(wait, resolve)
        })
      }
      next = clock.monotonic() + spacing
    },
  }
}
