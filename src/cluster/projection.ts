import type { ClusterRecord, Warning } from './records.ts'

/** One raw object read: its record, or why it was left alone, and what was odd about it. */
export interface Projected {
  readonly record: ClusterRecord | undefined
  readonly warnings: readonly Warning[]
}
