import type { Clock, Rest } from '../rebalancing/ports.ts'
import { withoutManagedFields } from '../cluster/managed-fields.ts'
import { isRawObject } from '../cluster/raw-value.ts'
import { ApiError, apiError } from './api-error.ts'
import { statusOf } from './api-status.ts'
import { ConnectionError } from './connection-error.ts'
import { isRequestFailure } from './failures.ts'
import { fieldsOf, textOf } from './json.ts'
import type { Fields } from './json.ts'
import { createLineSplitter } from './lines.ts'
import type { StreamLine } from './lines.ts'
import type { Transport } from './transport.ts'

/** What a watch tells, line by line. */
export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Fields; readonly resourceVersion: string }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd: boolean }

/**
 * How a watch ended. Closed: by the server, in order, all told. Expired: the server no longer knows that version. Stalled: silent for too
 * long. Garbage: a line that cannot be read. Failed: refused, broken off, or an error told in the stream.
 */
export type WatchEnd =
  { readonly kind: 'Closed' | 'Expired' | 'Stalled' | 'Garbage' | 'Stopped' } | { readonly kind: 'Failed'; readonly error: unknown }

export interface WatchOptions {
  readonly transport: Transport
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly rest: Rest
  /** Called in order, the next when the last is done; what it throws ends the watch and is thrown on. */
  readonly onEvent: (event: WatchEvent) => Promise<void> | undefined
  /** Called when all that has arrived is told; what comes next is told when it is done. Never while more is waiting, however much comes. */
  readonly onPause?: () => Promise<void> | undefined
}

/** Bookmarks come about once a minute, so silence of this length means that the connection is dead, whatever TCP thinks. */
const SILENCE_MS = 90_000
/** etcd takes objects of 1.5 MB; as JSON with escapes they may be a few times that. */
const LONGEST_LINE = 16 * 1024 * 1024

/**
 * Watches until the server, the network, silence or the signal ends it. Rejects only with what `onEvent` throws.
 * @param path with the query of a watch
 */
export async function watchOnce(path: string, options: WatchOptions): Promise<WatchEnd> {
  const { transport, clock, signal } = options
  const breakOff = new AbortController()
  const stop = (): void => breakOff.abort()
  let silent = false
  const watchdog = startWatchdog(clock, () => {
    silent = true
    stop()
  })
  signal.addEventListener('abort', stop)
  try {
    signal.throwIfAborted()
    const stream = await transport.stream(path, breakOff.signal)
    if (!stream.open) throw apiError('GET', path, stream.response, clock.now())
    const lines = createLineSplitter(LONGEST_LINE)
    for await (const chunk of gathered(stream.chunks, options.onPause)) {
      watchdog.heard()
      for (const line of lines.push(chunk)) {
        if (signal.aborted) return { kind: 'Stopped' }
        const rest = options.rest()
        if (rest !== undefined) await rest
        const event = parseEvent(line, path, clock.now())
        if (event === 'Garbage') return { kind: 'Garbage' }
        // Waiting where there is nothing to wait for would cost more than most events do.
        const pending = options.onEvent(event)
        if (pending !== undefined) await pending
      }
    }
    if (lines.pendingBytes() > 0) throw new ConnectionError(`the connection to ${transport.server} was cut`, { maybeSent: true })
    return { kind: 'Closed' }
  } catch (error) {
    if (signal.aborted) return { kind: 'Stopped' }
    if (silent) return { kind: 'Stalled' }
    if (error instanceof ApiError && error.status === 410) return { kind: 'Expired' }
    if (isRequestFailure(error)) return { kind: 'Failed', error }
    throw error
  } finally {
    watchdog.stop()
    signal.removeEventListener('abort', stop)
  }
}

/** The pieces of a stream as they come, with a pause before each that is not there yet. */
async function* gathered(chunks: AsyncIterable<Uint8Array>, onPause: WatchOptions['onPause']): AsyncGenerator<Uint8Array> {
  const pieces = chunks[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = pieces.next()
      if (onPause !== undefined && !(await isThere(next))) await onPause()
      const { done, value } = await next
      if (done === true) return
      yield value
    }
  } finally {
    await pieces.return?.()
  }
}

/** Whether something comes without waiting: within two turns of the event loop, of which one reads what the sockets have. */
async function isThere(something: Promise<unknown>): Promise<boolean> {
  const twoTurns = new Promise<false>(resolve => {
    setImmediate(() => setImmediate(() => resolve(false)))
  })
  return await Promise.race([something.then(() => true), twoTurns])
}

/** @throws ApiError for the error that a server tells in the stream, where it can no longer set an HTTP status */
function parseEvent(line: StreamLine, path: string, now: number): WatchEvent | 'Garbage' {
  if (!('text' in line)) return 'Garbage'
  let raw: unknown
  try {
    raw = JSON.parse(withoutManagedFields(line.text))
  } catch {
    return 'Garbage'
  }
  const { type, object } = fieldsOf(raw)
  if (!isRawObject(object)) return 'Garbage'
  if (type === 'ERROR') {
    const status = statusOf(object)
    if (status === undefined) return 'Garbage'
    throw apiError('GET', path, { status: status.code ?? 500, headers: {}, body: JSON.stringify(object) }, now)
  }
  const metadata = fieldsOf(object['metadata'])
  const resourceVersion = textOf(metadata['resourceVersion'])
  if (resourceVersion === '') return 'Garbage'
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object, resourceVersion }
    case 'BOOKMARK':
      return { type, resourceVersion, initialEventsEnd: fieldsOf(metadata['annotations'])['k8s.io/initial-events-end'] === 'true' }
    default:
      return 'Garbage'
  }
}

/** Calls back when nothing was heard for SILENCE_MS; one timer however many chunks come. */
function startWatchdog(clock: Clock, onSilence: () => void): { heard(): void; stop(): void } {
  let heardAt = clock.monotonic()
  const check = (): void => {
    const left = heardAt + SILENCE_MS - clock.monotonic()
    if (left <= 0) onSilence()
    else cancel = clock.after(left, check)
  }
  let cancel = clock.after(SILENCE_MS, check)
  return {
    heard: () => {
      heardAt = clock.monotonic()
    },
    stop: () => cancel(),
  }
}
