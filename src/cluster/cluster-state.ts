import { isDeepStrictEqual } from 'node:util'
import type { BudgetRecord } from './budget.ts'
import type { ServiceRecord } from './namespace.ts'
import type { NodeRecord } from './node.ts'
import { isFinished, type PodRecord } from './pod.ts'
import { createCoverage } from './budget-coverage.ts'
import type { Labels } from './labels.ts'
import { createRecordIndex } from './record-index.ts'
import { recordKey, type ClusterRecord, type RecordKind, type RecordOf } from './records.ts'
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
  /** Pods bound to the node (terminal phases left out, as the scheduler never sees them). */
  podsOn(nodeName: string): Iterable<PodRecord>
  podsIn(namespace: string): Iterable<PodRecord>
  /** Pods whose controller has this uid. */
  podsOf(controllerUid: string): Iterable<PodRecord>
  /** The ReplicaSet, Deployment, ... with this uid. */
  workload(uid: string): WorkloadRecord | undefined
  budgetsIn(namespace: string): Iterable<BudgetRecord>
  /** Those whose selector matches pods with these labels, by name. */
  budgetsCovering(namespace: string, labels: Labels): readonly BudgetRecord[]
  servicesIn(namespace: string): Iterable<ServiceRecord>
}

/** The one mutable thing on this floor; it has one writer. Iterables it hands out are live: do not write while iterating. */
export interface ClusterState extends ClusterReader {
  /** Whether it has this very record, or an equal one: an upsert of it would change nothing. */
  holds(record: ClusterRecord): boolean
  /** Undefined when nothing changed: the same record again, or a delete of what is not there. */
  apply(event: ClusterEvent): Delta | undefined
  /** Records that the source has listed this kind, be it empty. */
  markKnown(kind: RecordKind): void
  /** Swaps in a complete new list of one kind, marks it as known, and returns what that changed, deletes included. */
  replaceKind<K extends RecordKind>(kind: K, records: Iterable<RecordOf<K>>): readonly Delta[]
  /** The source no longer shows this kind: drops its records and no longer knows it. Returns what that changed. */
  forgetKind(kind: RecordKind): readonly Delta[]
}

/** A state that holds nothing and knows no kind. */
export function createClusterState(): ClusterState {
  const tables = new Map<RecordKind, Map<string, ClusterRecord>>()
  const known = new Set<RecordKind>()
  // As kube-scheduler's informer, which never sees a pod in a terminal phase (scheduler.go newPodInformer, 1.36).
  const podsByNode = createRecordIndex<PodRecord>(pod => (isFinished(pod) ? undefined : pod.nodeName))
  const podsByNamespace = createRecordIndex<PodRecord>(pod => pod.namespace)
  const podsByController = createRecordIndex<PodRecord>(pod => pod.controller?.uid)
  const workloads = new Map<string, WorkloadRecord>()
  const budgetsByNamespace = createRecordIndex<BudgetRecord>(budget => budget.namespace)
  const coverage = createCoverage(budgetsByNamespace.of)
  const servicesByNamespace = createRecordIndex<ServiceRecord>(service => service.namespace)

  function table<K extends RecordKind>(kind: K): Map<string, RecordOf<K>> {
    let found = tables.get(kind)
    if (found === undefined) {
      found = new Map()
      tables.set(kind, found)
    }
    return found as Map<string, RecordOf<K>>
  }

  function index(record: ClusterRecord, change: 'add' | 'remove'): void {
    if (record.kind === 'Pod') {
      podsByNode[change](record)
      podsByNamespace[change](record)
      podsByController[change](record)
    } else if (record.kind === 'PodDisruptionBudget') {
      budgetsByNamespace[change](record)
      coverage.forget(record.namespace)
    } else if (record.kind === 'Service') {
      servicesByNamespace[change](record)
    } else if (isWorkload(record)) {
      if (change === 'add') workloads.set(record.uid, record)
      else if (workloads.get(record.uid) === record) workloads.delete(record.uid)
    }
  }

  function upsert(record: ClusterRecord): Delta | undefined {
    const records: Map<string, ClusterRecord> = table(record.kind)
    const key = recordKey(record)
    const before = records.get(key)
    if (isSame(before, record)) return undefined
    if (before !== undefined) index(before, 'remove')
    records.set(key, record)
    index(record, 'add')
    return { kind: record.kind, key, before, after: record }
  }

  function remove(kind: RecordKind, key: string): Delta | undefined {
    const records: Map<string, ClusterRecord> = table(kind)
    const before = records.get(key)
    if (before === undefined) return undefined
    records.delete(key)
    index(before, 'remove')
    return { kind, key, before, after: undefined }
  }

  // A Map's own iterator can be used only once; callers may keep what all() returns and loop over it again.
  const all = <K extends RecordKind>(kind: K): Iterable<RecordOf<K>> => ({ [Symbol.iterator]: () => table(kind).values() })
  const get = <K extends RecordKind>(kind: K, key: string): RecordOf<K> | undefined => table(kind).get(key)

  return {
    get,
    all,
    count: kind => table(kind).size,
    knows: kind => known.has(kind),
    nodes: () => all('Node'),
    node: name => get('Node', name),
    pods: () => all('Pod'),
    pod: (namespace, name) => get('Pod', recordKey({ namespace, name })),
    podsOn: podsByNode.of,
    podsIn: podsByNamespace.of,
    podsOf: podsByController.of,
    workload: uid => workloads.get(uid),
    budgetsIn: budgetsByNamespace.of,
    budgetsCovering: coverage.of,
    servicesIn: servicesByNamespace.of,
    holds: record => isSame(table(record.kind).get(recordKey(record)), record),
    apply: event => (event.type === 'upsert' ? upsert(event.record) : remove(event.kind, event.key)),
    markKnown: kind => {
      known.add(kind)
    },
    replaceKind: (kind, records) => {
      known.add(kind)
      const deltas: Delta[] = []
      const gone = new Set(table(kind).keys())
      for (const record of records) {
        gone.delete(recordKey(record))
        const delta = upsert(record)
        if (delta !== undefined) deltas.push(delta)
      }
      for (const key of gone) {
        const delta = remove(kind, key)
        if (delta !== undefined) deltas.push(delta)
      }
      return deltas
    },
    forgetKind: kind => {
      known.delete(kind)
      return [...table(kind).keys()].flatMap(key => remove(kind, key) ?? [])
    },
  }
}

function isSame(before: ClusterRecord | undefined, after: ClusterRecord): boolean {
  return before !== undefined && isDeepStrictEqual(before, after)
}
