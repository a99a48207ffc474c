import type { ServerResponse } from 'node:http'
import type { StoreEvent } from '../object-store.ts'
import type { Attributes } from './access-rules.ts'
import type { ApiContext, ApiRequest } from './api-request.ts'
import type { Fault } from './faults.ts'
import { readListOptions, type ListOptions } from './list-options.ts'
import { objectText } from './object-text.ts'
import { readSelection, type Selection } from './selection.ts'
import { expired, tooLargeResourceVersion, type StatusError } from './status.ts'
import { createWatchLines, type WatchLines } from './watch-lines.ts'
import { createWatchStream, type WatchStream } from './watch-stream.ts'

/** The server ends a watch that names no time by itself after half an hour, and sends bookmarks once a minute. Seconds. */
const DEFAULT_TIMEOUT = 1800
const BOOKMARK_EVERY = 60
/** A last bookmark goes out this long before the end, so that the client resumes from late. Seconds. */
const BOOKMARK_BEFORE_END = 2
/** One more follows the end of the initial events at the next tick (cacher/cache_watcher.go nextBookmarkTime, 1.36). Seconds. */
const BOOKMARK_AFTER_INITIAL_EVENTS = 1

/** Where a watch goes, and what befalls it. */
export interface WatchOutlet {
  readonly attributes: Attributes
  readonly response: ServerResponse
  readonly fault: Fault | undefined
}

/**
 * GET with watch=true: sends what happens until its time is up or the client goes.
 * @throws StatusError before anything is sent, for parameters that are wrong
 */
export function openWatch(context: ApiContext, request: ApiRequest, { attributes, response, fault }: WatchOutlet): void {
  const { store, now, watches, progress, watchList } = context
  const { type } = request
  const asked = readListOptions(request.query, 'watch', watchList)
  const options = fault?.kind === 'withholdBookmark' ? { ...asked, allowWatchBookmarks: false } : asked
  const selection = readSelection(type, request.query)
  const { resourceVersion = 0 } = options

  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  const stream = createWatchStream(response)
  if (fault?.kind === 'stall') stream.damage('stall')
  const lines = createWatchLines(request, selection, now)
  const fail = (error: StatusError): void => {
    stream.send(lines.error(error))
    stream.end()
  }

  // It has waited for the version, and the answer has begun meanwhile.
  if (options.sendInitialEvents === true && resourceVersion > store.resourceVersion)
    return fail(tooLargeResourceVersion(resourceVersion, store.resourceVersion))

  if (options.sendInitialEvents === true && options.resourceVersion === undefined) progress.ask(type.storedAs)
  const begun = Math.max(resourceVersion, progress.of(type.storedAs))
  const missed = missedEvents(context, request, options)
  if (missed === 'all') sendInitialEvents(context, request, options, selection, lines, stream)
  else if (missed === 'tooOld')
    fail(expired(`too old resource version: ${resourceVersion} (${store.oldestResourceVersion(type.storedAs)})`))
  else stream.sendEach(missedLines(missed, request, lines))

  // Nothing up to here is news: it has been sent, or the client has it; a client from the future has even more.
  const known = Math.max(resourceVersion, store.resourceVersion)
  const takeOut = watches.add({
    attributes,
    storedAs: type.storedAs,
    stream,
    deliver(event, textOf) {
      const line = event.resourceVersion > known ? lines.of(event, () => textOf(type)) : undefined
      if (line !== undefined) stream.send(line)
    },
    expire: () => fail(expired('The resourceVersion for the provided watch is too old.')),
  })
  const stopTimers = startTimers(context, options, stream, () => {
    if (progress.isBeyond(type.storedAs, begun)) stream.send(lines.bookmark(progress.of(type.storedAs), false))
  })
  response.once('close', () => {
    takeOut()
    stopTimers()
  })
}

/** The events to catch up on; `all` when the watch begins with what there is; `tooOld` when they are forgotten. */
function missedEvents({ store }: ApiContext, { type }: ApiRequest, options: ListOptions): readonly StoreEvent[] | 'tooOld' | 'all' {
  const { resourceVersion = 0, sendInitialEvents } = options
  if (sendInitialEvents ?? resourceVersion === 0) return 'all'
  if (resourceVersion === 0) return []
  return store.eventsSince(type.storedAs, resourceVersion) ?? 'tooOld'
}

function* missedLines(events: readonly StoreEvent[], { type }: ApiRequest, lines: WatchLines): Generator<string> {
  for (const event of events) {
    const line = lines.of(event, () => objectText(type, event.object))
    if (line !== undefined) yield line
  }
}

function sendInitialEvents(
  { store }: ApiContext,
  { type, namespace }: ApiRequest,
  options: ListOptions,
  selection: Selection,
  lines: WatchLines,
  stream: WatchStream,
): void {
  const objects = store.list(type.storedAs, namespace).values()
  stream.sendEach(objects.filter(object => selection.matches(object)).map(object => lines.added(object)))
  if (options.sendInitialEvents === true && options.allowWatchBookmarks) stream.send(lines.bookmark(store.resourceVersion, true))
}

/** Ends the watch when its time is up and has bookmarks sent until then. Returns how to stop that. */
function startTimers({ secondMs }: ApiContext, options: ListOptions, stream: WatchStream, sendBookmark: () => void): () => void {
  const timeout = options.timeoutSeconds === undefined || options.timeoutSeconds === 0 ? DEFAULT_TIMEOUT : options.timeoutSeconds
  const timers = [setTimeout(() => stream.end(), timeout * secondMs)]
  if (options.allowWatchBookmarks) {
    timers.push(setInterval(sendBookmark, BOOKMARK_EVERY * secondMs))
    if (timeout > BOOKMARK_BEFORE_END) timers.push(setTimeout(sendBookmark, (timeout - BOOKMARK_BEFORE_END) * secondMs))
    if (options.sendInitialEvents === true) timers.push(setTimeout(sendBookmark, BOOKMARK_AFTER_INITIAL_EVENTS * secondMs))
  }
  return () => {
    for (const timer of timers) clearTimeout(timer)
  }
}
