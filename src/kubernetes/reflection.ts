import { createNameTable } from '../cluster/name-table.ts'
import type { RecordKind } from '../cluster/records.ts'
import type { Clock, KindFreshness } from '../rebalancing/ports.ts'
import { fieldsOf, textOf } from './json.ts'
import type { Fields } from './json.ts'
import type { WatchEvent } from './watch.ts'

/** Where the objects of one kind are kept. Called in the order of the server. */
export interface ReflectedStore<T> {
  /** Reads one raw object; undefined when it cannot be used. */
  read(raw: unknown): T | undefined
  /** Puts a complete list in the place of what is there and gives the number of objects that this changed. Nothing may be written meanwhile. */
  replace(items: readonly T[]): Promise<number>
  /** False while a list goes in or is forgotten: some objects are as they were, some as they are. */
  isWhole(): boolean
  upsert(item: T): void
  remove(raw: Fields): void
  /** The server no longer shows this kind: what is known of it is not true any more. */
  forget(): Promise<void>
}

/** Why a list had to be read again. */
type RelistReason = 'Expired' | 'Garbage' | 'Silent' | 'StoreFailed'

export interface ReflectionCounters {
  lists: number
  watches: number
  events: number
  /** Requests and watches that failed. */
  failures: number
  /** Watches broken off because they had been silent for too long. */
  stalls: number
  garbageLines: number
  /** Objects that could not be read and were left out, counted whenever they are told. */
  unreadable: number
  readonly relists: Record<RelistReason, number>
  /** Objects that a list read again found different from what the watch had told: whether watches lie. */
  missedByWatch: number
}

/** What is known of one kind, and how well: the store, the version it stands at, and when the server last vouched for it. */
export interface Reflection<T> {
  readonly counters: ReflectionCounters
  /** Reads one raw object for the store, and counts those that cannot be read. */
  readonly read: (raw: unknown) => T | undefined
  /** The version to watch from; undefined: a list is due. */
  version(): string | undefined
  /** A first list was complete, and the server still shows the kind. */
  synced(): boolean
  freshness(): KindFreshness
  /** Takes in a list that was current at `provenAt`, in monotonic time. */
  listed(items: readonly T[], resourceVersion: string, provenAt: number): Promise<void>
  /** Applies what a watch tells after the list. */
  told(event: WatchEvent): void
  /** The server has vouched for everything up to now. */
  proven(): void
  /** Marks a new list as due; the store keeps the old one until it is complete. */
  relist(reason: RelistReason): void
  /** The server lacks or refuses this kind; it is carried on without. True when that is news. */
  forget(): Promise<boolean>
}

export function createReflection<T>(kind: RecordKind, store: ReflectedStore<T>, clock: Clock): Reflection<T> {
  const relists = { Expired: 0, Garbage: 0, Silent: 0, StoreFailed: 0 }
  const counters: ReflectionCounters = {
    lists: 0,
    watches: 0,
    events: 0,
    failures: 0,
    stalls: 0,
    garbageLines: 0,
    unreadable: 0,
    relists,
    missedByWatch: 0,
  }
  let version: string | undefined
  let shown: 'unknown' | 'synced' | 'refused' = 'unknown'
  let provenAt = clock.monotonic()

  const read = (raw: unknown): T | undefined => {
    const item = store.read(raw)
    if (item === undefined) counters.unreadable += 1
    return item
  }
  const proven = (): void => {
    provenAt = clock.monotonic()
  }

  return {
    counters,
    read,
    version: () => version,
    synced: () => shown === 'synced',
    freshness: () => ({
      kind,
      // What was carried on without and comes back is waited for from its first record on.
      required: shown !== 'refused' || !store.isWhole(),
      synced: shown === 'synced' && store.isWhole(),
      ageMs: clock.monotonic() - provenAt,
    }),
    async listed(items, resourceVersion, at) {
      const changed = await store.replace(items)
      if (shown === 'synced') counters.missedByWatch += changed
      counters.lists += 1
      version = resourceVersion
      provenAt = at
      shown = 'synced'
    },
    told(event) {
      if (event.type !== 'BOOKMARK') {
        const item = event.type === 'DELETED' ? undefined : read(event.object)
        if (item === undefined) store.remove(event.object)
        else store.upsert(item)
      }
      version = event.resourceVersion
      proven()
    },
    proven,
    relist(reason) {
      counters.relists[reason] += 1
      version = undefined
    },
    async forget() {
      const news = shown !== 'refused'
      version = undefined
      await store.forget()
      shown = 'refused'
      return news
    },
  }
}

/** A list that comes as a stream; objects may change between its first and its last. */
export interface StreamedList<T> {
  add(event: WatchEvent): void
  items(): readonly T[]
}

export function createStreamedList<T>(read: (raw: unknown) => T | undefined): StreamedList<T> {
  const items = createNameTable<T>()
  return {
    add(event) {
      if (event.type === 'BOOKMARK') return
      const metadata = fieldsOf(event.object['metadata'])
      const [namespace, name] = [textOf(metadata['namespace']), textOf(metadata['name'])]
      const item = event.type === 'DELETED' ? undefined : read(event.object)
      if (item === undefined) items.delete(namespace, name)
      else items.set(namespace, name, item)
    },
    items: () => [...items.values],
  }
}
