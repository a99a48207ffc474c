import { nameOfKey } from '../../cluster/records.ts'
import type { Clock } from '../../rebalancing/ports.ts'
import type { ObjectStore, RawObject, StoreEvent } from '../object-store.ts'
import type { Objects } from '../objects.ts'
import { drawDelay, type DelayRange, type Random } from '../random.ts'
import { objectKey } from '../sorted-objects.ts'
import type { Timings } from '../timings.ts'
import { createWorkQueue } from './work-queue.ts'

/** What every controller of the embedded cluster is given. */
export interface ControllerContext {
  readonly store: ObjectStore
  readonly objects: Objects
  readonly clock: Clock
  /** The cluster's stream; a controller forks its own by name. */
  readonly random: Random
  readonly timings: Timings
}

/** Starts a controller; returns how to stop it. */
export type Controller = (context: ControllerContext) => () => void

export type WatchedEvent = Pick<StoreEvent, 'type' | 'resource' | 'object' | 'previous'>

/**
 * Runs one level-triggered controller: events say which keys to look at, `reconcile` looks at the newest objects and mends them.
 * Objects that are already there when it starts are told as ADDED.
 */
export function runController(
  context: ControllerContext,
  options: {
    readonly name: string
    readonly resources: readonly string[]
    /** Keys of the objects to look at: `namespace/name`, or `name` for a cluster-wide kind. */
    readonly keysOf: (event: WatchedEvent) => Iterable<string>
    /** Returns in how many milliseconds it wants to look again though nothing happens. */
    readonly reconcile: (namespace: string | undefined, name: string) => number | undefined
    readonly delay?: DelayRange
  },
): () => void {
  const random = context.random.fork(options.name)
  const range = options.delay ?? context.timings.controller
  const queue = createWorkQueue(
    context.clock,
    () => drawDelay(random, range),
    key => {
      const { namespace, name } = nameOfKey(key)
      return options.reconcile(namespace, name)
    },
  )
  const stopWatching = watch(context.store, options.resources, event => {
    for (const key of options.keysOf(event)) queue.add(key)
  })
  return () => {
    stopWatching()
    queue.stop()
  }
}

/** Tells what is there as ADDED, then what happens, for the given resources only. */
export function watch(store: ObjectStore, resources: readonly string[], listener: (event: WatchedEvent) => void): () => void {
  const watched = new Set(resources)
  for (const resource of watched) {
    for (const object of store.list(resource)) listener({ type: 'ADDED', resource, object, previous: undefined })
  }
  return store.subscribe(event => {
    if (watched.has(event.resource)) listener(event)
  })
}

/** Key of the controlling owner when it is of this kind. */
export function ownerKey(object: RawObject, kind: string): string | undefined {
  const owner = object.metadata.ownerReferences?.find(candidate => candidate.controller === true)
  return owner?.kind === kind ? objectKey(object.metadata.namespace, owner.name) : undefined
}
