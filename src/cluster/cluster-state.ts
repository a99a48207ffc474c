import { isDeepStrictEqual } from 'node:util'
import type { BudgetRecord } from './budget.ts'
import { memo } from './memo.ts'
import { createNameTable, type NameTable } from './name-table.ts'
import type { ServiceRecord } from './other-records.ts'
import type { NodeRecord } from './node.ts'
import type { PodRecord } from './pod.ts'
import { createCopiedLabelFinder } from './copied-labels.ts'
import { createCoverage } from './budget-coverage.ts'
import type { Labels } from './labels.ts'
import { createRecordIndex } from './record-index.ts'
import { nameOfKey, namespaceOf, recordKey, type ClusterRecord, type RecordKind, type RecordOf } from './records.ts'
import { isWorkload, type WorkloadRecord } from './workload.ts'

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
  podsIn(namespace: string): Iterable<PodRecord>
  /** Pods whose controller has this uid. */
  podsOf(controllerUid: string): Iterable<PodRecord>
  /** The ReplicaSet, Deployment, ... with this uid. */
  workload(uid: string): WorkloadRecord | undefined
  budgetsIn(namespace: string): Iterable<BudgetRecord>
  /** Those whose selector matches pods with these labels, by name. */
  budgetsCovering(namespace: string, labels: Labels): readonly BudgetRecord[]
  servicesIn(namespace: string): Iterable<ServiceRecord>
  /** The labels by which selectors can tell the pod from others: its own, until some selector names a label that is copied from nodes. */
  tellingLabels(pod: PodRecord): Labels
  /** Whether some selector has named one; what was kept by the labels of pods before is kept by others since. */
  tellsCopied(): boolean
}

/** The one mutable thing on this floor; it has one writer. Iterables it hands out are live: do not write while iterating. */
export interface ClusterState extends ClusterReader {
  /** The record of that kind and name that it has. */
  namesakeOf(record: ClusterRecord): ClusterRecord | undefined
  /** Undefined when nothing changed: the same record again, or a delete of what is not there. */
  apply(event: ClusterEvent): Delta | undefined
  /** Records that the source has listed this kind, be it empty. */
  markKnown(kind: RecordKind): void
  /** Records that the source no longer shows this kind; what records of it there are is for the writer to delete. */
  markUnknown(kind: RecordKind): void
  /** Which budgets cover which pods is worked out anew. */
  forgetCoverage(): void
}

/** A state that holds nothing and knows no kind. */
export function createClusterState(): ClusterState {
  const tables = new Map<RecordKind, NameTable<ClusterRecord>>()
  const known = new Set<RecordKind>()
  const podsByController = createRecordIndex<PodRecord>(pod => pod.controller?.uid)
  const workloads = new Map<string, WorkloadRecord>()
  const namesCopiedLabel = createCopiedLabelFinder()
  /** For good: what has been told apart once may be again. */
  let tellsCopied = false
  const coverage = createCoverage(namespace => table('PodDisruptionBudget').in(namespace))

  function table<K extends RecordKind>(kind: K): NameTable<RecordOf<K>> {
    return memo(tables, kind, () => createNameTable()) as unknown as NameTable<RecordOf<K>>
  }

  const namesakeOf = (record: ClusterRecord): ClusterRecord | undefined => table(record.kind).get(namespaceOf(record), record.name)

  function index(record: ClusterRecord, change: 'add' | 'remove'): void {
    if (record.kind === 'Pod') podsByController[change](record)
    else if (record.kind === 'PodDisruptionBudget') coverage[change](record)
    else if (isWorkload(record)) {
      if (change === 'add') workloads.set(record.uid, record)
      else if (workloads.get(record.uid) === record) workloads.delete(record.uid)
    }
  }

  function upsert(record: ClusterRecord): Delta | undefined {
    const before = namesakeOf(record)
    if (before !== undefined && isSameRecord(before, record)) return undefined
    if (before !== undefined) index(before, 'remove')
    const records: NameTable<ClusterRecord> = table(record.kind)
    records.set(namespaceOf(record), record.name, record)
    index(record, 'add')
    tellsCopied ||= namesCopiedLabel(record)
    return { kind: record.kind, key: recordKey(record), before, after: record }
  }

  function remove(record: ClusterRecord): Delta {
    table(record.kind).delete(namespaceOf(record), record.name)
    index(record, 'remove')
    return { kind: record.kind, key: recordKey(record), before: record, after: undefined }
  }

  const all = <K extends RecordKind>(kind: K): Iterable<RecordOf<K>> => table(kind).values
  const get = <K extends RecordKind>(kind: K, key: string): RecordOf<K> | undefined => {
    const { namespace, name } = nameOfKey(key)
    return table(kind).get(namespace, name)
  }

  return {
    get,
    all,
    count: kind => table(kind).size(),
    knows: kind => known.has(kind),
    nodes: () => all('Node'),
    node: name => table('Node').get(undefined, name),
    pods: () => all('Pod'),
    pod: (namespace, name) => table('Pod').get(namespace, name),
    podsIn: namespace => table('Pod').in(namespace),
    podsOf: podsByController.of,
    budgetsIn: namespace => table('PodDisruptionBudget').in(namespace),
    workload: uid => workloads.get(uid),
    budgetsCovering: coverage.of,
    servicesIn: namespace => table('Service').in(namespace),
    tellingLabels: pod => (tellsCopied ? pod.labels : pod.ownLabels),
    tellsCopied: () => tellsCopied,
    namesakeOf,
    apply: event => {
      if (event.type === 'upsert') return upsert(event.record)
      const record = get(event.kind, event.key)
      return record && remove(record)
    },
    markKnown: kind => {
      known.add(kind)
    },
    markUnknown: kind => {
      known.delete(kind)
    },
    forgetCoverage: () => coverage.forgetAll(),
  }
}

/** Whether two records say the same. */
export function isSameRecord(one: ClusterRecord, other: ClusterRecord): boolean {
  return one === other || isDeepStrictEqual(one, other)
}
