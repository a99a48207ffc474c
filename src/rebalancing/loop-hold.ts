/** Why the whole loop does nothing for now. */
export interface LoopHold {
  /** CamelCase, for status, metric and log. */
  readonly reason: string
  readonly message: string
  /** When time lifts it, in milliseconds since the epoch; absent where that is not known. */
  readonly until?: number
}
