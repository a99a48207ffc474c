import type { BudgetRecord } from './budget.ts'
import type { NodeRecord } from './node.ts'
import type { PodRecord } from './pod.ts'
import type { ClusterRecord, RecordKind, RecordOf } from './records.ts'

/** What the watch, a snapshot or a what-if says happened. */
export type ClusterEvent =
  { readonly type: 'upsert'; readonly record: ClusterRecord } | { readonly type: 'delete'; readonly kind: RecordKind; readonly key: string }

/** What an event changed; views are advanced by these. Never both undefined. */
export interface Delta<R extends ClusterRecord = ClusterRecord> {
  readonly kind: RecordKind
  readonly key: string
  readonly before: R | undefined
  readonly after: R | undefined
}

/** Read access to the world, the same for the live state and for a what-if laid over it. */
export interface ClusterReader {
  get<K extends RecordKind>(kind: K, key: string): RecordOf<K> | undefined
  all<K extends RecordKind>(kind: K): Iterable<RecordOf<K>>
  count(kind: RecordKind): number
  /** Whether the source listed this kind at all. What is absent is not empty. */
  knows(kind: RecordKind): boolean
  nodes(): Iterable<NodeRecord>
  node(name: string): NodeRecord | undefined
  pods(): Iterable<PodRecord>
  pod(namespace: string, name: string): PodRecord | undefined
  /** Pods bound to the node (terminal phases left out, as the scheduler never sees them). */
  podsOn(nodeName: string): Iterable<PodRecord>
  podsIn(namespace: string): Iterable<PodRecord>
  /** Pods whose controller has this uid. */
  podsOf(controllerUid: string): Iterable<PodRecord>
  budgetsIn(namespace: string): Iterable<BudgetRecord>
}
