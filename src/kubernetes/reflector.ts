import { messageOf } from '../cluster/error-message.ts'
import type { Clock, KindFreshness, Recorder, Rest } from '../rebalancing/ports.ts'
import type { AnyReason } from '../rebalancing/reasons.ts'
import { ApiError } from './api-error.ts'
import { createBackOff } from './back-off.ts'
import type { RandomSource } from './back-off.ts'
import { askedWaitMs, isLasting, isRequestFailure } from './failures.ts'
import { listAll } from './list-pager.ts'
import { pause } from './pause.ts'
import { createQuietWatch } from './quiet-watch.ts'
import { createReflection, createStreamedList } from './reflection.ts'
import type { ReflectedStore, ReflectionCounters } from './reflection.ts'
import { collectionPath } from './resources.ts'
import type { Resource } from './resources.ts'
import type { Transport } from './transport.ts'
import { watchOnce } from './watch.ts'
import type { WatchEnd, WatchEvent } from './watch.ts'

export interface Reflector {
  /** Fulfilled once the first list is complete or the kind is carried on without; rejected when a required kind is refused. */
  readonly ready: Promise<void>
  /** Fulfilled when everything has ended; never rejected. */
  readonly stopped: Promise<void>
  freshness(): KindFreshness
  readonly counters: Readonly<ReflectionCounters>
}

export interface ReflectorOptions<T> {
  readonly transport: Transport
  readonly resource: Resource
  readonly store: ReflectedStore<T>
  readonly clock: Clock
  readonly random: RandomSource
  readonly rest: Rest
  readonly signal: AbortSignal
  readonly recorder: Recorder
  /** Milliseconds between two looks at what a watch tells; 0: each event is read as it comes. */
  readonly gatherMs?: number | undefined
}

/** A watch that ended sooner than this without an event is no reason to open the next at once. */
const BRIEF_MS = 1_000
/** How long a kind that the server lacks or refuses is left alone: roles and APIs change rarely. */
const WITHOUT_MS = 10 * 60_000
/** A kind that was shown before is believed to be refused only when that has lasted so long: RBAC denies what it has not read after its own start. */
const REFUSED_FOR_MS = 30_000
/** So many unreadable lines at one version: the watch will not get past it. */
const GARBAGE_IN_A_ROW = 3
/** Silent so often at one version: the server may only know earlier ones, as after its etcd was restored, and says nothing until it is past ours. */
const SILENT_IN_A_ROW = 2
const NEVER = Infinity

/** A streaming list that goes on for so long is taken for one without end; a hundred thousand pods take a tenth of it. */
const STREAMED_LIST_MS = 3 * 60_000

/**
 * What a watch tells is read so often at most. To wake up for each of two hundred events a second costs more than the events do, and whoever
 * decides waits for seconds anyway. Milliseconds.
 */
const GATHER_MS = 50

/** Thrown from within a streaming list that will not become complete, for the server treats it as any watch. */
class StreamingListNotOffered extends Error {}

/**
 * Keeps a store equal to one kind of object on the server: list, watch from there, list again when the server has forgotten our version
 * (client-go reflector.go, 1.36). Runs until the signal aborts, or a required kind is refused before its first list.
 */
export function startReflector<T>(options: ReflectorOptions<T>): Reflector {
  const { transport, resource, store, clock, random, rest, signal, recorder, gatherMs = GATHER_MS } = options
  const reflection = createReflection(resource.kind, store, clock)
  const { counters } = reflection
  const backOff = createBackOff(random)
  const ready = Promise.withResolvers<void>()
  // That nobody waits for it is no reason to end the process.
  ready.promise.catch(() => {})
  let streaming = true
  let garbageInARow = 0
  let silentInARow = 0
  /** In monotonic time; undefined: the last answer was none. */
  let refusedSince: number | undefined

  const warn = (reason: AnyReason, message: string): void => {
    recorder.record({ reason, level: 'warning', message, fields: { kind: resource.kind } })
  }

  const listed = async (items: readonly T[], resourceVersion: string, provenAt: number): Promise<void> => {
    await reflection.listed(items, resourceVersion, provenAt)
    refusedSince = undefined
    backOff.reset()
    ready.resolve()
  }

  const list = async (): Promise<void> => {
    const startedAt = clock.monotonic()
    const { items, resourceVersion } = await listAll({
      transport,
      resource,
      read: reflection.read,
      clock,
      random,
      rest,
      signal,
      onRetry: noteFailure,
    })
    await listed(items, resourceVersion, startedAt)
  }

  /** Watches from the version, or, without one, has the list streamed first. Gives the milliseconds to wait afterwards. */
  const watch = async (): Promise<number> => {
    const from = reflection.version()
    let streamed = from === undefined ? createStreamedList(reflection.read) : undefined
    const path = collectionPath(resource, {
      watch: 'true',
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(300 + Math.floor(random() * 300)),
      ...(from === undefined ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' } : { resourceVersion: from }),
    })
    const openedAt = clock.monotonic()
    const eventsBefore = counters.events
    const quiet = createQuietWatch({ transport, resource, clock, random, signal, onFailure: noteFailure })
    if (from !== undefined) quiet.begun()

    const onEvent = (event: WatchEvent): Promise<void> | undefined => {
      counters.events += 1
      garbageInARow = 0
      silentInARow = 0
      refusedSince = undefined
      if (streamed === undefined) {
        quiet.heard()
        reflection.told(event)
        backOff.reset()
      } else if (event.type !== 'BOOKMARK') {
        if (clock.monotonic() - openedAt > STREAMED_LIST_MS) throw new StreamingListNotOffered()
        streamed.add(event)
      } else if (event.initialEventsEnd) {
        const items = streamed.items()
        // The watch goes on for minutes; what was gathered for the list need not stay as long.
        streamed = undefined
        quiet.begun()
        return listed(items, event.resourceVersion, clock.monotonic())
      } else throw new StreamingListNotOffered()
      return undefined
    }

    counters.watches += 1
    const onPause = (): Promise<void> | undefined => (streamed === undefined ? pause(clock, gatherMs, signal) : undefined)
    const watching = watchOnce(path, { transport, clock, signal, rest, onEvent, ...(gatherMs > 0 && { onPause }) })
    const end = await watching.finally(() => quiet.stop())
    return afterWatch(end, counters.events === eventsBefore && clock.monotonic() - openedAt < BRIEF_MS)
  }

  const afterWatch = async (end: WatchEnd, brief: boolean): Promise<number> => {
    const listing = reflection.version() === undefined
    if (end.kind !== 'Failed') refusedSince = undefined
    switch (end.kind) {
      case 'Stopped':
        return 0
      case 'Closed':
        if (!listing) reflection.proven()
        // A list that ends in order without having been complete will not be the next time either.
        streaming &&= !listing
        return brief || listing ? backOff.next() : 0
      case 'Expired':
        reflection.relist('Expired')
        return backOff.next()
      case 'Stalled':
        counters.stalls += 1
        warn('WatchSilent', `the watch of ${resource.plural} was silent for too long and is opened anew`)
        streaming &&= !listing
        silentInARow += 1
        if (silentInARow === SILENT_IN_A_ROW) {
          silentInARow = 0
          reflection.relist('Silent')
        }
        return backOff.next()
      case 'Garbage':
        counters.garbageLines += 1
        garbageInARow += 1
        warn('WatchGarbled', `the watch of ${resource.plural} told a line that cannot be read and is opened anew`)
        streaming &&= !listing
        if (garbageInARow === GARBAGE_IN_A_ROW) {
          garbageInARow = 0
          reflection.relist('Garbage')
        }
        return backOff.next()
      case 'Failed':
        // Servers before 1.32, or without the feature, refuse a streaming list as invalid.
        if (!listing || !(end.error instanceof ApiError) || ![400, 422].includes(end.error.status)) return afterFailure(end.error)
        streaming = false
        return 0
    }
  }

  const afterFailure = async (error: unknown): Promise<number> => {
    if (signal.aborted) return 0
    if (error instanceof StreamingListNotOffered) {
      streaming = false
      noteFailure(new Error(`the server streams no complete list of ${resource.plural}; it is read in pages`))
      return 0
    }
    if (!resource.required && error instanceof ApiError && [403, 404].includes(error.status)) {
      refusedSince ??= clock.monotonic()
      if (reflection.synced() && clock.monotonic() - refusedSince < REFUSED_FOR_MS) {
        noteFailure(error)
        return backOff.next(askedWaitMs(error))
      }
      if (await reflection.forget()) warn('KindUnavailable', `carrying on without ${resource.plural}: ${error.message}`)
      ready.resolve()
      return WITHOUT_MS
    }
    if (resource.required && !reflection.synced() && isLasting(error)) {
      ready.reject(error)
      return NEVER
    }
    if (!isRequestFailure(error)) reflection.relist('StoreFailed')
    noteFailure(error)
    return backOff.next(askedWaitMs(error))
  }

  const noteFailure = (error: unknown): void => {
    counters.failures += 1
    warn('RequestFailed', messageOf(error))
  }

  const run = async (): Promise<void> => {
    let waitMs = 0
    while (!signal.aborted && waitMs !== NEVER) {
      await pause(clock, waitMs, signal)
      waitMs = 0
      try {
        if (reflection.version() === undefined && !streaming) await list()
        else waitMs = await watch()
      } catch (error) {
        waitMs = await afterFailure(error)
      }
    }
    ready.reject(signal.reason)
  }

  return { ready: ready.promise, stopped: run(), freshness: () => reflection.freshness(), counters }
}
