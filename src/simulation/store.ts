import { timestamp } from '../cluster/timestamp.ts'
import { createEventDispatch } from './event-dispatch.ts'
import { createEventLog, type EventLog } from './event-log.ts'
import { deletionOf, nothingHolds } from './graceful-deletion.ts'
import { deepFreeze, jsonEqual } from './json-value.ts'
import { generatedName, randomUid } from './object-identity.ts'
import { generationAfter, inWireOrder, keptMetadata } from './object-metadata.ts'
import type { DeleteOptions, ObjectStore, RawObject, ResourceType, StoreEvent, StoreResult } from './object-store.ts'
import { createPastLists, type PastLists } from './past-list.ts'
import { unmetPrecondition } from './preconditions.ts'
import { apiVersionOf, keepsGeneration, RESOURCE_TYPES } from './resource-types.ts'
import type { Random } from './random.ts'
import { createSortedObjects, keyOf, namespaceRange, objectKey, type SortedObjects } from './sorted-objects.ts'
import { alreadyExists, anotherObject, invalid, modifiedMeanwhile, notFound } from './store-refusals.ts'

export interface ObjectStoreOptions {
  /** Milliseconds since the epoch: the clock that creation and deletion times are read from. */
  readonly now: () => number
  /** Source of uids and generated names; seed it to make a run repeatable. */
  readonly random: Random
  /** Events remembered for each resource at least. A watch or a list from before them is answered 410. */
  readonly rememberedEvents?: number
  /** What admission and defaulting make of an object before it is created; absent: it is kept as given. */
  readonly admit?: (resource: string, object: RawObject) => RawObject
}

const REMEMBERED_EVENTS = 20_000

interface Table {
  readonly type: ResourceType
  readonly objects: SortedObjects
  readonly log: EventLog
  readonly past: PastLists
}

/** An empty store. Asking for a resource that is not in RESOURCE_TYPES throws: it is a mistake in the program, not in a request. */
export function createObjectStore(options: ObjectStoreOptions): ObjectStore {
  const { now, random, rememberedEvents = REMEMBERED_EVENTS, admit = (_resource, object) => object } = options
  const tables = new Map<string, Table>(
    RESOURCE_TYPES.map(type => [
      type.resource,
      { type, objects: createSortedObjects(), log: createEventLog(rememberedEvents), past: createPastLists() },
    ]),
  )
  const dispatch = createEventDispatch()
  let resourceVersion = 0

  function table(resource: string): Table {
    const found = tables.get(resource)
    if (found === undefined) throw new Error(`the object store has no resource "${resource}"`)
    return found
  }

  function freeName(table: Table, namespace: string | undefined, generateName: string | undefined): string | undefined {
    if (!generateName) return undefined
    let name = generatedName(generateName, random)
    while (table.objects.get(objectKey(namespace, name)) !== undefined) name = generatedName(generateName, random)
    return name
  }

  /** Gives the object its resourceVersion and puts it in its place. */
  function record(table: Table, type: StoreEvent['type'], object: RawObject, previous: RawObject | undefined): StoreEvent {
    resourceVersion += 1
    const written = deepFreeze({ ...object, metadata: { ...object.metadata, resourceVersion: String(resourceVersion) } })
    if (type === 'DELETED') table.objects.remove(keyOf(written))
    else table.objects.put(written)
    const event: StoreEvent = { type, resource: table.type.resource, object: written, previous, resourceVersion }
    table.log.append(event)
    return event
  }

  function write(table: Table, type: StoreEvent['type'], object: RawObject, previous: RawObject | undefined): StoreResult {
    const event = record(table, type, object, previous)
    dispatch.emit([event])
    return { ok: true, object: event.object }
  }

  function deleteObject(resource: string, namespace: string | undefined, name: string, options: DeleteOptions): StoreResult {
    const at = table(resource)
    const current = at.objects.get(objectKey(namespace, name))
    if (current === undefined) return notFound(at.type, name)
    const refusal = unmetPrecondition(at.type, current, options.preconditions)
    if (refusal !== undefined) return refusal
    const { marked, gone } = deletionOf(current, options, now())
    const marking = marked && record(at, 'MODIFIED', { ...current, metadata: marked }, current)
    const last = marking?.object ?? current
    const going = gone ? record(at, 'DELETED', last, last) : undefined
    dispatch.emit([marking, going].filter(event => event !== undefined))
    return { ok: true, object: going?.object ?? last }
  }

  return {
    types: RESOURCE_TYPES,
    get resourceVersion() {
      return resourceVersion
    },
    type: resource => tables.get(resource)?.type,
    get: (resource, namespace, name) => table(resource).objects.get(objectKey(namespace, name)),
    list: (resource, namespace) =>
      namespace === undefined ? table(resource).objects.all() : table(resource).objects.inNamespace(namespace),

    create(resource, given) {
      const at = table(resource)
      const object = admit(resource, given)
      const { type } = at
      const { name: givenName, generateName, namespace } = object.metadata
      if (type.namespaced !== (namespace !== undefined && namespace !== '')) {
        const why = type.namespaced ? 'metadata.namespace: Required value' : 'metadata.namespace: Forbidden: not allowed on this type'
        return invalid(type, givenName, why)
      }
      const name = givenName || freeName(at, namespace, generateName)
      if (name === undefined) return invalid(type, '', 'metadata.name: Required value: name or generateName is required')
      if (at.objects.get(objectKey(namespace, name)) !== undefined) return alreadyExists(type, name)

      const metadata = inWireOrder({
        ...object.metadata,
        name,
        uid: randomUid(random),
        creationTimestamp: timestamp(now()),
        generation: keepsGeneration(resource) ? 1 : undefined,
        deletionTimestamp: undefined,
        deletionGracePeriodSeconds: undefined,
      })
      const { apiVersion: _, kind: __, metadata: ___, ...content } = object
      return write(at, 'ADDED', { kind: type.kind, apiVersion: apiVersionOf(type), metadata, ...content }, undefined)
    },

    update(resource, namespace, name, change) {
      const at = table(resource)
      const current = at.objects.get(objectKey(namespace, name))
      if (current === undefined) return notFound(at.type, name)
      const changed = change(current)
      if (changed === undefined || changed === current) return { ok: true, object: current }
      if ((changed.metadata.resourceVersion ?? current.metadata.resourceVersion) !== current.metadata.resourceVersion) {
        return modifiedMeanwhile(at.type, name)
      }
      if ((changed.metadata.uid ?? current.metadata.uid) !== current.metadata.uid) {
        return anotherObject(at.type, current, changed.metadata.uid)
      }
      const { apiVersion: _, kind: __, metadata: ___, ...content } = changed
      const next = { kind: current.kind, apiVersion: current.apiVersion, metadata: keptMetadata(current, changed), ...content }
      // GuaranteedUpdate: a write that changes nothing is no write; the resourceVersion stays.
      if (jsonEqual(next, current)) return { ok: true, object: current }
      const raised = { ...next, metadata: inWireOrder({ ...next.metadata, generation: generationAfter(current, next) }) }
      const type = nothingHolds(raised.metadata) ? 'DELETED' : 'MODIFIED'
      return write(at, type, raised, current)
    },

    delete: (resource, namespace, name, options = {}) => deleteObject(resource, namespace, name, options),
    // A kubelet ends a pod the same way: a deletion without grace, which finalizers still hold up.
    remove: (resource, namespace, name, uid) =>
      deleteObject(resource, namespace, name, { gracePeriodSeconds: 0, ...(uid !== undefined && { preconditions: { uid } }) }),

    subscribe: listener => dispatch.subscribe(listener),
    eventsSince: (resource, since) => table(resource).log.since(since),
    oldestResourceVersion: resource => table(resource).log.horizon,
    listAt(resource, at, namespace) {
      const { log, objects, past } = table(resource)
      const events = log.since(at)
      if (events === undefined) return undefined
      const list = past.listAt(at, objects.all(), events)
      return namespace === undefined ? list : namespaceRange(list, namespace)
    },
    compact() {
      // etcd's revision rises with every write of anyone; taking one makes even the newest version handed out an old one.
      resourceVersion += 1
      for (const { log } of tables.values()) log.forget(resourceVersion)
    },
  }
}
