/** A Kubernetes object as JSON, as it goes over the wire. Only the store writes metadata.uid, resourceVersion, generation and the times. */
export interface RawObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: RawMetadata
  readonly [field: string]: unknown
}

export interface RawMetadata {
  readonly name: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly RawOwner[]
  readonly finalizers?: readonly string[]
  readonly generateName?: string
}

export interface RawOwner {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

/** Plural name with group and version: what a path of the API names. */
export interface ResourceType {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly kind: string
  readonly namespaced: boolean
}

export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly resource: string
  readonly object: RawObject
  /** The object before a MODIFIED or DELETED, so that a selector can tell what leaves a filtered watch. */
  readonly previous: RawObject | undefined
  readonly resourceVersion: number
}

/** Why a write was refused: an HTTP status with the reason of a Status object. */
export interface StoreRefusal {
  readonly code: 400 | 404 | 409 | 422
  readonly reason: 'BadRequest' | 'NotFound' | 'AlreadyExists' | 'Conflict' | 'Invalid'
  readonly message: string
  /** What the refusal is about, as `details` of a Status object names it. */
  readonly details?: { readonly name?: string; readonly group?: string; readonly kind?: string }
}

export type StoreResult = { readonly ok: true; readonly object: RawObject } | { readonly ok: false; readonly refusal: StoreRefusal }

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

/**
 * The objects of the embedded cluster, standing in for etcd and the registry: one global resourceVersion, optimistic writes, an event log
 * to watch. `resource` is the plural name ("pods", "poddisruptionbudgets"), unique among the types it serves. Everything in it is frozen JSON.
 * Writes are synchronous; listeners are called in order, after the write, never re-entrantly.
 */
export interface ObjectStore {
  readonly types: readonly ResourceType[]
  readonly resourceVersion: number
  type(resource: string): ResourceType | undefined
  get(resource: string, namespace: string | undefined, name: string): RawObject | undefined
  /** All objects of the type (in one namespace when given), in key order. */
  list(resource: string, namespace?: string): readonly RawObject[]
  create(resource: string, object: RawObject): StoreResult
  /**
   * Replaces an object with what `change` makes of it, or does nothing when `change` returns undefined. With metadata.resourceVersion in the
   * result different from the stored one: Conflict. Generation rises when the spec changes.
   */
  update(resource: string, namespace: string | undefined, name: string, change: (current: RawObject) => RawObject | undefined): StoreResult
  /**
   * A bound pod with a grace period is only marked (deletionTimestamp) until `remove`; unbound and terminal pods and everything else go at once
   * unless finalizers hold them.
   */
  delete(resource: string, namespace: string | undefined, name: string, options?: DeleteOptions): StoreResult
  /** Takes an object out for good, unless finalizers hold it: what a kubelet does when the containers of a terminating pod have stopped. */
  remove(resource: string, namespace: string | undefined, name: string, uid?: string): StoreResult
  subscribe(listener: (event: StoreEvent) => void): () => void
  /** The events of the type after a resourceVersion; undefined when the log no longer reaches back that far. */
  eventsSince(resource: string, resourceVersion: number): readonly StoreEvent[] | undefined
  /** The list as it was at a resourceVersion of the past; undefined when the log no longer reaches back that far. */
  listAt(resource: string, resourceVersion: number, namespace?: string): readonly RawObject[] | undefined
  /** The oldest resourceVersion from which the events of the type are still known. */
  oldestResourceVersion(resource: string): number
  /** Forgets all history, so that every resourceVersion handed out so far is too old. */
  compact(): void
}
