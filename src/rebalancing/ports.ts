import type { ClusterReader, Delta } from '../cluster/cluster-state.ts'
import type { RecordKind } from '../cluster/records.ts'
import type { AnyReason } from './reasons.ts'

/** How far one kind's cache can be trusted. */
export interface KindFreshness {
  readonly kind: RecordKind
  /** False: carried on without (an optional kind that the server lacks or refuses). */
  readonly required: boolean
  /** A complete list is in. Not so before the first one is, nor while a later one takes its place, record by record. */
  readonly synced: boolean
  /** Milliseconds since the server last proved this cache current: a list, an event, a bookmark. */
  readonly ageMs: number
}

/** The world as the caches have it, and how fresh they are. */
export interface ClusterView {
  readonly state: ClusterReader
  freshness(): readonly KindFreshness[]
  /** Calls the listener after each change, synchronously and in order. Returns how to stop. */
  subscribe(listener: (delta: Delta) => void): () => void
}

/** One eviction to send. The uid is a precondition: a pod of the same name that took its place is never touched. */
export interface EvictionRequest {
  readonly namespace: string
  readonly pod: string
  readonly uid: string
  /** Higher goes first among those that wait for a slot. */
  readonly priority: number
}

/**
 * Why a write of any sort did not come about, or may not have. Conflict: others wrote at the same moment; look again. Throttled: the server is
 * busy; slow down as a whole. RefusedByWebhook (or by what else is in admission) and Forbidden: a person must act. Invalid: the server found the
 * request wrong. Lost: no answer came, or an error of the server; it may have happened.
 */
export type WriteRefusal =
  | { readonly kind: 'Conflict'; readonly message: string }
  | { readonly kind: 'Throttled'; readonly retryAfterMs: number; readonly message: string }
  | { readonly kind: 'RefusedByWebhook'; readonly message: string }
  | { readonly kind: 'Forbidden'; readonly message: string }
  | { readonly kind: 'Invalid'; readonly message: string }
  | { readonly kind: 'Lost'; readonly message: string }

/**
 * What the Eviction API answered, each as what it is.
 * Accepted: deletion has begun. BudgetExhausted: no disruption left; wait for that budget to change. BudgetLagging: its controller is behind;
 * the same request may succeed after `retryAfterMs`. SeveralBudgets: refused as long as they cover the pod. Gone: no such pod. Replaced: another pod
 * has the name (uid differs); budget may have been spent on it. A Conflict is one of too many writers on the budget.
 */
export type EvictionOutcome =
  | { readonly kind: 'Accepted' }
  | { readonly kind: 'BudgetExhausted'; readonly message: string }
  | { readonly kind: 'BudgetLagging'; readonly retryAfterMs: number; readonly message: string }
  | { readonly kind: 'SeveralBudgets'; readonly message: string }
  | { readonly kind: 'Gone' }
  | { readonly kind: 'Replaced'; readonly message: string }
  | WriteRefusal

/** Requests of an evictor that may wait for their answer at once; what is asked for besides waits for its turn. */
export const MOST_UNANSWERED = 10

export interface Evictor {
  /** Never throws: whatever goes wrong is an outcome. */
  evict(request: EvictionRequest, signal: AbortSignal): Promise<EvictionOutcome>
}

/** A pod's deletion cost to bring about. That the pod has this uid, and that the cost it has is not somebody else's, are preconditions. */
export interface DeletionCostRequest {
  readonly namespace: string
  readonly pod: string
  readonly uid: string
  /** Undefined: what respread has written on the pod is taken back. */
  readonly cost: number | undefined
}

/**
 * What became of it. Unchanged: it was so already. Foreign: somebody else has set or changed the cost, and nothing was written. Gone: the pod is
 * gone or going, or another has its name.
 */
export type AnnotationOutcome =
  { readonly kind: 'Written' } | { readonly kind: 'Unchanged' } | { readonly kind: 'Foreign' } | { readonly kind: 'Gone' } | WriteRefusal

/** Writes what respread has to say on pods, and touches nothing there that others have written. */
export interface Annotator {
  /** Never throws: whatever goes wrong is an outcome. */
  setDeletionCost(request: DeletionCostRequest, signal: AbortSignal): Promise<AnnotationOutcome>
}

export interface Clock {
  /** Wall-clock milliseconds since the epoch: what is compared with timestamps of the cluster. */
  now(): number
  /** Milliseconds from an arbitrary start that never jump: what durations are measured with. */
  monotonic(): number
  /** Calls back once after the delay; returns how to cancel. */
  after(ms: number, callback: () => void): () => void
}

/**
 * To be asked before each small piece of long work, and waited for where the answer is a promise: then everything else has had its turn.
 */
export type Rest = () => Promise<void> | undefined

/** Who may act. */
export interface Leadership {
  /** True while this process holds the lease, judged in monotonic time; asked again right before each request. */
  mayAct(): boolean
  /** Calls the listener whenever mayAct() changes. */
  subscribe(listener: () => void): () => void
}

/** What must survive a restart, as one JSON text of bounded size. */
export interface HistoryStore {
  load(): Promise<string | undefined>
  /** @throws ForeignHistoryError before anything is written, when somebody else has written since it was last loaded or saved */
  save(text: string): Promise<void>
}

/** What is stored is not what this process knows of: it must be loaded before anything is saved. */
export class ForeignHistoryError extends Error {
  override readonly name = 'ForeignHistoryError'
}

/** Where a stop is written for everybody to see, over restarts and changes of leader, until somebody takes it away. */
export interface StopSign {
  /** What stands there; undefined when nothing does. */
  read(): Promise<string | undefined>
  /** Undefined takes it away. */
  write(text: string | undefined): Promise<void>
  /** The command with which a person takes it away. */
  readonly removal: string
  /** Stops from before this time (of the wall clock) end because the process was started since; undefined: only a person ends one. */
  readonly liftedBefore: number | undefined
}

/** One thing worth telling: logged, counted, and where it concerns a pod or workload, an Event on it. Nothing is silent. */
export interface Occurrence {
  /** CamelCase and stable: the same word in report, event, metric and log. */
  readonly reason: AnyReason
  readonly level: 'info' | 'warning'
  /** One sentence for a person. */
  readonly message: string
  readonly about?: { readonly kind: string; readonly namespace?: string; readonly name: string; readonly uid?: string }
  /** Further fields for the log line. */
  readonly fields?: Readonly<Record<string, string | number | boolean | readonly string[]>>
}

export interface Recorder {
  record(occurrence: Occurrence): void
}

/** Everything through which the loop reaches the world. */
export interface LoopPorts {
  readonly view: ClusterView
  readonly evictor: Evictor
  readonly clock: Clock
  readonly rest: Rest
  readonly recorder: Recorder
  readonly leadership: Leadership
  readonly history: HistoryStore
  readonly stopSign: StopSign
}
