import type { MaintenanceWindow } from './maintenance-windows.ts'

/** How the loop paces itself. Durations are milliseconds. */
export interface LoopSettings {
  /** A plan is made at least this often; events make one sooner. */
  readonly tick: number
  /** Events within this time of the first make one plan together. */
  readonly debounce: number
  /** A domain that came back accepts no landing until it has been stable for so long. */
  readonly holdDown: number
  /** A workload rests so long once the evictions that a plan asked for are spent. */
  readonly coolDown: number
  /** A kind whose cache the server has not proved current for so long counts as stale; nothing is evicted then. */
  readonly freshness: number
  /** An eviction request without an answer by then counts as lost: it may have happened. */
  readonly evictionRequestDeadline: number
  /** A replacement that is not Ready by then is no longer in flight: its workload is held, and if it has no node yet, it counts as a miss. */
  readonly replacementDeadline: number
  /** So often a sample of what plans are made from is compared with a computation from scratch. */
  readonly selfCheck: number
  readonly evictionsPerSecond: number
  /** Writes deletion costs on surplus pods under an autoscaler, so that the next scale-in takes them. */
  readonly deletionCosts: boolean
  /** Evictions go out only while one of these is open; none: at any time. */
  readonly windows: readonly MaintenanceWindow[]
  /** Plans, records and reports, but sends no eviction and writes nothing on pods. */
  readonly dryRun: boolean
  /** A person has paused it: it watches, plans nothing and evicts nothing. */
  readonly paused: boolean
}

export const DEFAULT_LOOP_SETTINGS: LoopSettings = {
  tick: 30_000,
  debounce: 2_000,
  holdDown: 300_000,
  coolDown: 600_000,
  freshness: 90_000,
  evictionRequestDeadline: 30_000,
  replacementDeadline: 600_000,
  selfCheck: 5_000,
  evictionsPerSecond: 5,
  deletionCosts: false,
  windows: [],
  dryRun: false,
  paused: false,
}
