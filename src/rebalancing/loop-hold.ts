import type { AnyReason } from './reasons.ts'

/** Why the whole loop does nothing for now. */
export interface LoopHold {
  /** CamelCase, for status, metric and log. */
  readonly reason: AnyReason
  readonly message: string
  /** When time lifts it, in milliseconds since the epoch; absent where that is not known. */
  readonly until?: number
}
