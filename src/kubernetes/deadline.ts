import type { Clock } from '../rebalancing/ports.ts'

export interface Deadline {
  /** Aborts when the caller's signal does, or when the time is up. */
  readonly signal: AbortSignal
  /** Whether it was the time, not the caller. */
  expired(): boolean
  /** Lets go of timer and listener; to be called in any case. */
  clear(): void
}

/**
 * A signal that also aborts after `ms` milliseconds of the clock. Linked by hand because AbortSignal.timeout knows no injected clock, and
 * because AbortSignal.any keeps what it derives from a signal that lives as long as the process.
 */
export function startDeadline(clock: Clock, ms: number, signal: AbortSignal | undefined): Deadline {
  const controller = new AbortController()
  let expired = false
  const abort = (): void => controller.abort(signal?.reason)
  const cancel = clock.after(ms, () => {
    expired = true
    controller.abort()
  })
  if (signal?.aborted === true) abort()
  signal?.addEventListener('abort', abort)
  return {
    signal: controller.signal,
    expired: () => expired,
    clear() {
      cancel()
      signal?.removeEventListener('abort', abort)
    },
  }
}
