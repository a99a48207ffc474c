import { request as send } from 'undici'
import type { Dispatcher } from 'undici'
import { durationText } from '../cluster/duration-text.ts'
import type { Clock } from '../rebalancing/ports.ts'
import type { ApiResponse } from './api-error.ts'
import type { ClusterAccess } from './cluster-access.ts'
import { ConnectionError, connectionError } from './connection-error.ts'
import { createConnections, type Use } from './connections.ts'
import { startDeadline } from './deadline.ts'
import { isRequestFailure } from './failures.ts'
import { createTokenBucket } from './token-bucket.ts'

interface DownloadOptions {
  /** Milliseconds for the whole of it, waiting for a turn included; default 30 s. */
  readonly deadlineMs?: number
  readonly signal?: AbortSignal
}

export interface CallOptions extends DownloadOptions {
  /** Sent as JSON. */
  readonly body?: unknown
  /** Of the body; default application/json. */
  readonly contentType?: string
  /** Goes out past the rate limit: for the lease, which must not be lost because something else is busy. */
  readonly urgent?: boolean
}

/** An answer in pieces: its bytes as they come, or the whole of it when the server refused. */
export type ApiStream =
  { readonly open: true; readonly chunks: AsyncIterable<Uint8Array> } | { readonly open: false; readonly response: ApiResponse }

/** The one way to the API server: credentials, connections, deadlines and rate in one place. */
export interface Transport {
  readonly server: string
  /**
   * Sends one request and gives the answer, whatever its status.
   * @param path path with query
   * @throws ConnectionError when there is no answer; the reason of the signal when that aborts; KubeconfigError without credentials
   */
  request(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, options?: CallOptions): Promise<ApiResponse>
  /**
   * Sends a request whose answer is too large to be held as a whole. The chunks must be gone through, or broken off; they throw what a request
   * throws.
   */
  download(path: string, options?: DownloadOptions): Promise<ApiStream>
  /** Opens an answer without end. The chunks end, or throw a ConnectionError, when the connection does; the signal breaks it off. */
  stream(path: string, signal: AbortSignal): Promise<ApiStream>
  /** Breaks off what is under way and lets go of every connection. */
  close(): Promise<void>
}

export interface TransportOptions {
  readonly clock: Clock
  /** `respread/VERSION`. */
  readonly userAgent: string
  /** Requests a second on the long run, and at once; defaults 50 and 100. */
  readonly perSecond?: number
  readonly burst?: number
}

const DEADLINE_MS = 30_000

/** What is done about the failure, and at the end, of something that was sent. */
interface Attempt {
  /** What a failure is told as. */
  readonly explain: (error: unknown) => unknown
  readonly end: () => void
}

export function createTransport(access: ClusterAccess, options: TransportOptions): Transport {
  const { clock } = options
  const connections = createConnections(access.proxy)
  const bucket = createTokenBucket(clock, options.perSecond ?? 50, options.burst ?? 100)

  const exchange = async (
    use: Use,
    request: { readonly method: string; readonly path: string; readonly call: CallOptions; readonly sending?: () => void },
    signal: AbortSignal,
    renew?: 'renew',
  ): Promise<Dispatcher.ResponseData> => {
    const { method, path, call } = request
    const credentials = await untilAborted(access.credentials(renew), signal)
    request.sending?.()
    const body = call.body === undefined ? undefined : JSON.stringify(call.body)
    const answer = await send(`${access.server}${path}`, {
      method,
      dispatcher: connections.for(use, credentials.tls),
      signal,
      headers: {
        ...credentials.headers,
        accept: 'application/json',
        'user-agent': options.userAgent,
        ...(body !== undefined && { 'content-type': call.contentType ?? 'application/json' }),
      },
      ...(body !== undefined && { body }),
    })
    if (answer.statusCode !== 401 || renew === 'renew') return answer
    // Refused before anything was done, whatever the method: worth one more try with credentials asked for anew.
    await answer.body.dump()
    return await exchange(use, request, signal, 'renew')
  }

  /** One call with its turn under the rate limit and its deadline. */
  const start = (method: string, path: string, call: CallOptions, use: Use): Attempt & { answer(): Promise<Dispatcher.ResponseData> } => {
    const deadlineMs = call.deadlineMs ?? DEADLINE_MS
    const deadline = startDeadline(clock, deadlineMs, call.signal)
    let waiting = true
    return {
      async answer() {
        if (call.urgent !== true) await bucket.take(deadline.signal)
        deadline.signal.throwIfAborted()
        const sending = (): void => {
          waiting = false
        }
        return await exchange(use, { method, path, call, sending }, deadline.signal)
      },
      explain(error) {
        if (deadline.expired())
          return new ConnectionError(`no answer from ${access.server} within ${durationText(deadlineMs)}`, { maybeSent: !waiting })
        if (call.signal?.aborted === true) return call.signal.reason
        return isRequestFailure(error) ? error : connectionError(error, access.server, access.proxy)
      },
      end: () => deadline.clear(),
    }
  }

  return {
    server: access.server,
    async request(method, path, call = {}) {
      const attempt = start(method, path, call, call.urgent === true ? 'urgent' : 'calls')
      try {
        return await collect(await attempt.answer())
      } catch (error) {
        throw attempt.explain(error)
      } finally {
        attempt.end()
      }
    },
    async download(path, call = {}) {
      const attempt = start('GET', path, call, 'lists')
      try {
        const answer = await attempt.answer()
        if (answer.statusCode === 200) return { open: true, chunks: chunksOf(answer, attempt) }
        const response = await collect(answer)
        attempt.end()
        return { open: false, response }
      } catch (error) {
        attempt.end()
        throw attempt.explain(error)
      }
    },
    async stream(path, signal) {
      try {
        await bucket.take(signal)
        const answer = await exchange('watches', { method: 'GET', path, call: {} }, signal)
        if (answer.statusCode !== 200) return { open: false, response: await collect(answer) }
        const explain = (error: unknown): unknown => connectionError(error, access.server, access.proxy)
        return { open: true, chunks: chunksOf(answer, { explain, end: () => {} }) }
      } catch (error) {
        signal.throwIfAborted()
        throw isRequestFailure(error) ? error : connectionError(error, access.server, access.proxy)
      }
    },
    close: () => connections.close(),
  }
}

/** Waits no longer than until the signal aborts: an exec plugin may hang, and knows of no deadline. */
async function untilAborted<T>(pending: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort)
  if (signal.aborted) abort()
  try {
    return await Promise.race([pending, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

async function collect(answer: Dispatcher.ResponseData): Promise<ApiResponse> {
  const headers = Object.entries(answer.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const]))
  return { status: answer.statusCode, headers: Object.fromEntries(headers), body: await answer.body.text() }
}

async function* chunksOf(answer: Dispatcher.ResponseData, attempt: Attempt): AsyncGenerator<Uint8Array> {
  try {
    yield* answer.body as AsyncIterable<Uint8Array>
  } catch (error) {
    throw attempt.explain(error)
  } finally {
    attempt.end()
  }
}
