import type { ScaleSize } from './scale-cluster.ts'

/** What the process of the API server is asked. */
export type ServerOrder =
  | { readonly kind: 'Fill'; readonly size: ScaleSize; readonly paged: boolean; readonly snapshot: string }
  /** Touches so many pods, evenly over time; each event carries the moment it was made. */
  | { readonly kind: 'Churn'; readonly events: number; readonly perSecond: number }
  /** Taints so many nodes, or takes the taint back from those that have it; one after the other comes to its turn. */
  | { readonly kind: 'Turn'; readonly nodes: number }
  /** Puts new pods in the place of so many. */
  | { readonly kind: 'Replace'; readonly pods: number }
  /** Damages every watch, or lets everything handed out so far expire. */
  | { readonly kind: 'Trouble'; readonly how: 'expire' | 'reset' | 'stall' | 'garbageLine' | 'halfLine' }

export type ServerAnswer =
  { readonly kind: 'Filled'; readonly url: string } | { readonly kind: 'Churned' | 'Turned' | 'Replaced' | 'Troubled' }

/** What one task cost its process. */
export interface Cost {
  readonly seconds: number
  /** Of the main thread. */
  readonly cpuSeconds: number
  readonly bytes: number
  /** Longest turn of the event loop, milliseconds of wall-clock time and, where it is known, of the main thread's CPU time. */
  readonly blockMs: number
  readonly blockCpuMs: number | null
  /** Resident memory in MB: the highest since the process began, and after a full collection. */
  readonly peakMb: number
  readonly steadyMb: number
}

/** Milliseconds, sorted. */
interface Delays {
  readonly toViews: readonly number[]
  readonly toDecision: readonly number[]
}

export type ClientReport =
  | { readonly kind: 'Read'; readonly cost: Cost }
  /** All caches, and the scheduler's model, which is told of each record as it comes. */
  | { readonly kind: 'Synced'; readonly cost: Cost }
  | { readonly kind: 'Loaded'; readonly cost: Cost }
  | { readonly kind: 'Planned'; readonly planSeconds: number; readonly evictions: number; readonly cost: Cost }
  /** What it holds after a full collection, and what its watches have been through. */
  | {
      readonly kind: 'Held'
      readonly heapMb: number
      readonly rssMb: number
      readonly pods: number
      readonly lists: number
      readonly missedByWatch: number
      readonly plans: number
    }
  | { readonly kind: 'WarmedUp' }
  /** All events have come; what they cost. */
  | { readonly kind: 'Watched'; readonly delays: Delays; readonly plans: number; readonly planSeconds: number; readonly cost: Cost }
  /** Every list was read again, and what no watch had told is in. */
  | { readonly kind: 'Relisted'; readonly changes: number; readonly cost: Cost }
