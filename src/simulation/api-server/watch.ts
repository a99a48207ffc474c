import type { ServerResponse } from 'node:http'
import type { RawObject, StoreEvent } from '../object-store.ts'
import { namespaceRange } from '../sorted-objects.ts'
import type { ApiContext, ApiRequest } from './api-request.ts'
import type { Attributes } from './access-rules.ts'
import { bookmarkObject } from './bookmark.ts'
import { readListOptions, type ListOptions } from './list-options.ts'
import { objectText } from './object-text.ts'
import { readSelection, type Selection } from './selection.ts'
import type { ServedType } from './served-types.ts'
import { expired, tooLargeResourceVersion, type StatusError } from './status.ts'
import { tableText } from './table.ts'
import type { LiveWatch } from './watch-hub.ts'
import { createWatchStream } from './watch-stream.ts'

/** The server ends a watch that names no time by itself after half an hour, and sends bookmarks once a minute. Seconds. */
const DEFAULT_TIMEOUT = 1800
const BOOKMARK_EVERY = 60
/** A last bookmark goes out this long before the end of a watch that lasts twice as long, so that the client resumes from late. Seconds. */
const BOOKMARK_BEFORE_END = 2

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'

/** An event as a watch with a selection sees it: what enters the selection is ADDED, what leaves it is DELETED. */
interface SeenEvent {
  readonly type: EventType
  readonly object: RawObject
}

/** Where a watch goes, and whether it says anything at all. */
export interface WatchOutlet {
  readonly attributes: Attributes
  readonly response: ServerResponse
  readonly isStalled: boolean
}

/**
 * GET with watch=true: sends what happens until its time is up or the client goes.
 * @throws StatusError before anything is sent, for parameters that are wrong
 */
export function openWatch(context: ApiContext, request: ApiRequest, { attributes, response, isStalled }: WatchOutlet): void {
  const { store, watches, secondMs } = context
  const { type, namespace } = request
  const options = readListOptions(request.query, 'watch', context.watchList)
  const selection = readSelection(type, request.query, request.name)
  if (options.sendInitialEvents === true && (options.resourceVersion ?? 0) > store.resourceVersion) {
    throw tooLargeResourceVersion(options.resourceVersion ?? 0, store.resourceVersion)
  }

  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  const stream = createWatchStream(response)
  if (isStalled) stream.damage('stall')
  const lineOf = lineMaker(request, context.now)
  const bookmark = (initialEnd = false): void => {
    stream.send(lineOf({ type: 'BOOKMARK', object: bookmarkObject(type, store.resourceVersion, initialEnd) }))
  }
  const fail = (error: StatusError): void => {
    stream.send(eventLine('ERROR', JSON.stringify(error.status)))
    stream.end()
  }

  /** Nothing up to here is news: it has been sent, or the client has it. */
  let known = options.resourceVersion ?? 0
  const missed = missedEvents(context, request, options)
  if (missed === undefined) {
    known = store.resourceVersion
    stream.sendEach(initialLines(context, request, selection, lineOf))
    if (options.sendInitialEvents === true && options.allowWatchBookmarks) bookmark(true)
  } else if (missed === 'tooOld') {
    fail(expired(`too old resource version: ${options.resourceVersion} (${store.oldestResourceVersion(type.storedAs)})`))
  } else {
    stream.sendEach(missed.values().flatMap(event => linesFor(event, objectText(type, event.object))))
    known = Math.max(known, store.resourceVersion)
  }

  function linesFor(event: StoreEvent, text: string): readonly string[] {
    const seen = isElsewhere(event, namespace) ? undefined : seenAs(event, selection)
    if (seen === undefined) return []
    return [request.media.as === 'objects' && seen.object === event.object ? eventLine(seen.type, text) : lineOf(seen)]
  }

  const watch: LiveWatch = {
    attributes,
    storedAs: type.storedAs,
    stream,
    deliver(event, textOf) {
      if (event.resourceVersion > known) for (const line of linesFor(event, textOf(type))) stream.send(line)
    },
    expire: () => fail(expired('The resourceVersion for the provided watch is too old.')),
  }

  const timeout = options.timeoutSeconds === undefined || options.timeoutSeconds === 0 ? DEFAULT_TIMEOUT : options.timeoutSeconds
  const timers = [setTimeout(() => stream.end(), timeout * secondMs)]
  if (options.allowWatchBookmarks) {
    timers.push(setInterval(() => bookmark(), BOOKMARK_EVERY * secondMs))
    if (timeout >= 2 * BOOKMARK_BEFORE_END) timers.push(setTimeout(() => bookmark(), (timeout - BOOKMARK_BEFORE_END) * secondMs))
  }
  const takeOut = watches.add(watch)
  response.once('close', () => {
    takeOut()
    for (const timer of timers) clearTimeout(timer)
  })
}

/** The events to catch up on; undefined when the watch begins with what there is instead; `tooOld` when they are forgotten. */
function missedEvents({ store }: ApiContext, { type }: ApiRequest, options: ListOptions): readonly StoreEvent[] | 'tooOld' | undefined {
  const { resourceVersion = 0, sendInitialEvents } = options
  if (sendInitialEvents ?? resourceVersion === 0) return undefined
  if (resourceVersion === 0) return []
  return store.eventsSince(type.storedAs, resourceVersion) ?? 'tooOld'
}

function* initialLines({ store }: ApiContext, { type, namespace }: ApiRequest, selection: Selection, lineOf: LineMaker): Generator<string> {
  const objects = store.list(type.storedAs)
  for (const object of namespace === undefined ? objects : namespaceRange(objects, namespace)) {
    if (selection.matches(object)) yield lineOf({ type: 'ADDED', object })
  }
}

function seenAs(event: StoreEvent, selection: Selection): SeenEvent | undefined {
  const { type, object, previous, resourceVersion } = event
  const matchesNow = type !== 'DELETED' && selection.matches(object)
  const matchedBefore = previous !== undefined && selection.matches(previous)
  if (matchesNow) return { type: matchedBefore ? 'MODIFIED' : 'ADDED', object }
  if (!matchedBefore) return undefined
  if (type === 'DELETED') return { type, object }
  // What leaves the selection is shown as it last was in it, at the version that took it out (cacher/cache_watcher.go).
  return { type: 'DELETED', object: { ...previous, metadata: { ...previous.metadata, resourceVersion: String(resourceVersion) } } }
}

function isElsewhere({ object }: StoreEvent, namespace: string | undefined): boolean {
  return namespace !== undefined && object.metadata.namespace !== namespace
}

type LineMaker = (event: SeenEvent) => string

function lineMaker(request: ApiRequest, now: () => number): LineMaker {
  const { media, type } = request
  if (media.as === 'objects') return event => eventLine(event.type, presentedText(type, event))
  let isFirst = true
  return event => {
    const text = tableText(request, media, event.object, now(), isFirst)
    isFirst = false
    return eventLine(event.type, text)
  }
}

/** A bookmark is made in the words of the type already. */
function presentedText(type: ServedType, { type: eventType, object }: SeenEvent): string {
  return eventType === 'BOOKMARK' ? JSON.stringify(object) : objectText(type, object)
}

function eventLine(type: EventType, text: string): string {
  return `{"type":"${type}","object":${text}}\n`
}
