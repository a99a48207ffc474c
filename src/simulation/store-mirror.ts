import { createClusterState, type ClusterReader, type Delta } from '../cluster/cluster-state.ts'
import { createProjector } from '../cluster/projection.ts'
import type { ClusterRecord, RecordKind } from '../cluster/records.ts'
import type { Clock } from '../rebalancing/ports.ts'
import type { ObjectStore, RawObject, StoreEvent } from './object-store.ts'
import { drawDelay, type DelayRange, type Random } from './random.ts'
import { keyOf } from './sorted-objects.ts'

/** The kinds of records that the store has objects of, by the resource they are in. */
const MIRRORED: ReadonlyMap<string, RecordKind> = new Map([
  ['pods', 'Pod'],
  ['nodes', 'Node'],
  ['namespaces', 'Namespace'],
  ['services', 'Service'],
  ['deployments', 'Deployment'],
  ['replicasets', 'ReplicaSet'],
  ['statefulsets', 'StatefulSet'],
  ['daemonsets', 'DaemonSet'],
  ['jobs', 'Job'],
  ['replicationcontrollers', 'ReplicationController'],
  ['poddisruptionbudgets', 'PodDisruptionBudget'],
  ['horizontalpodautoscalers', 'HorizontalPodAutoscaler'],
  ['resourceclaims', 'ResourceClaim'],
  ['priorityclasses', 'PriorityClass'],
  ['persistentvolumeclaims', 'PersistentVolumeClaim'],
  ['persistentvolumes', 'PersistentVolume'],
  ['storageclasses', 'StorageClass'],
  ['csinodes', 'CSINode'],
  ['csidrivers', 'CSIDriver'],
  ['volumeattachments', 'VolumeAttachment'],
  ['csistoragecapacities', 'CSIStorageCapacity'],
])

export const MIRRORED_KINDS: readonly RecordKind[] = [...MIRRORED.values()]

/** A projected copy of the store, fed by its events: what an informer cache is to a client. */
export interface StoreMirror {
  readonly state: ClusterReader
  /** Calls the listener after each change, synchronously and in order. Returns how to stop. */
  subscribe(listener: (delta: Delta) => void): () => void
  /** Stops delivering events, as a broken watch does; they wait. */
  stall(): void
  resume(): void
  /** When the stall began, in monotonic time; undefined when there is none. */
  readonly stalledSince: number | undefined
  /** Looks at every record of the kind anew: after `seenAs` has come to see it differently. */
  review(kind: RecordKind): void
  stop(): void
}

export interface MirrorOptions {
  readonly clock: Clock
  /** How long each event is under way, in milliseconds; the order is kept. Absent: no time at all. */
  readonly lag?: { readonly delay: DelayRange; readonly random: Random }
  /** What the reader takes a record for, when it knows more than the object says. */
  readonly seenAs?: (record: ClusterRecord) => ClusterRecord
}

export function createStoreMirror(store: ObjectStore, options: MirrorOptions): StoreMirror {
  const { clock, lag, seenAs = record => record } = options
  const state = createClusterState()
  const projector = createProjector()
  const listeners = new Set<(delta: Delta) => void>()
  const cancels = new Set<() => void>()
  /** Events under way, oldest first; due in monotonic time. */
  const underWay: { readonly event: StoreEvent; readonly due: number }[] = []
  let stalledSince: number | undefined

  const tell = (delta: Delta | undefined): void => {
    if (delta !== undefined) for (const listener of listeners) listener(delta)
  }

  const read = (kind: RecordKind, object: RawObject): void => {
    const { record } = projector.projectAs(kind, object)
    if (record !== undefined) tell(state.apply({ type: 'upsert', record: seenAs(record) }))
  }

  const deliver = ({ type, resource, object }: StoreEvent): void => {
    const kind = MIRRORED.get(resource)
    if (kind === undefined) return
    if (type === 'DELETED') tell(state.apply({ type: 'delete', kind, key: keyOf(object) }))
    else read(kind, object)
  }

  const deliverDue = (): void => {
    if (stalledSince !== undefined) return
    const later = underWay.findIndex(({ due }) => due > clock.monotonic())
    for (const { event } of underWay.splice(0, later < 0 ? underWay.length : later)) deliver(event)
  }

  const send = (event: StoreEvent): void => {
    const drawn = clock.monotonic() + (lag === undefined ? 0 : drawDelay(lag.random, lag.delay))
    const due = Math.max(drawn, underWay.at(-1)?.due ?? 0)
    underWay.push({ event, due })
    if (due <= clock.monotonic()) {
      deliverDue()
      return
    }
    const cancel = clock.after(due - clock.monotonic(), () => {
      cancels.delete(cancel)
      deliverDue()
    })
    cancels.add(cancel)
  }

  for (const [resource, kind] of MIRRORED) {
    state.markKnown(kind)
    for (const object of store.list(resource)) read(kind, object)
  }
  const unsubscribe = store.subscribe(send)

  return {
    state,
    get stalledSince() {
      return stalledSince
    },
    subscribe: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stall: () => {
      stalledSince ??= clock.monotonic()
    },
    resume: () => {
      stalledSince = undefined
      deliverDue()
    },
    review: kind => {
      for (const record of Array.from(state.all(kind))) tell(state.apply({ type: 'upsert', record: seenAs(record) }))
    },
    stop: () => {
      unsubscribe()
      for (const cancel of cancels) cancel()
      cancels.clear()
      underWay.length = 0
    },
  }
}
