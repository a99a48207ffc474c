import { openClusterView, type WatchedView } from '../../src/kubernetes/cluster-view.ts'
import type { ReflectionCounters } from '../../src/kubernetes/reflection.ts'
import type { ApiStream, Transport } from '../../src/kubernetes/transport.ts'
import { startApiServer, type ApiServer, type ApiServerOptions } from '../../src/simulation/api-server/server.ts'
import type { ObjectStore } from '../../src/simulation/object-store.ts'
import { createRandom } from '../../src/simulation/random.ts'
import { createObjectStore } from '../../src/simulation/store.ts'
import { createVirtualClock, type VirtualClock } from '../../src/simulation/virtual-clock.ts'
import { createMemoryRecorder, transportTo } from './api-transport.ts'
import { shopPod, written } from './embedded-api.ts'
import { restEachTime } from './rest-each-time.ts'
import { until } from './scripted-server.ts'

const NOW = Date.parse('2026-11-21T10:00:00Z')

/** One request that the client made, by the client's own clock. */
interface Asked {
  readonly at: number
  /** Plural name. */
  readonly resource: string
  readonly what: 'list' | 'page' | 'stream' | 'watch'
}

/** An API server over a bare store, and a client of it whose time passes only when the test lets it. */
export interface WatchedStore {
  readonly store: ObjectStore
  readonly server: ApiServer
  readonly clock: VirtualClock
  /** Reasons of the warnings about pods, in order. */
  warnedOfPods(): readonly string[]
  readonly asked: readonly Asked[]
  /** What was asked of pods, in order. */
  askedOfPods(): string
  /** The client's view, once it is complete; time goes on until then. */
  connect(): Promise<WatchedView>
  /** Lets the client's time go on until this holds. */
  passUntil(condition: () => boolean): Promise<void>
  podCounters(view: WatchedView): Readonly<ReflectionCounters>
  /** Stops the server and starts another one on the same port, with the same store. */
  restart(): Promise<void>
  close(): Promise<void>
}

export interface WatchedStoreOptions extends Partial<ApiServerOptions> {
  readonly seed?: number
  /** The client looks at everything in as many turns of the event loop as can be. */
  readonly inSmallestSlices?: boolean
  /** Called before each request goes out. */
  readonly onAsk?: (asked: Asked) => void
}

/** @param pods so many pods in the namespace shop, `p0` and so on */
export async function watchStore(pods: number, options: WatchedStoreOptions = {}): Promise<WatchedStore> {
  const store = createObjectStore({ now: () => NOW, random: createRandom(7) })
  for (const name of ['default', 'shop']) store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  for (let at = 0; at < pods; at += 1) written(store.create('pods', shopPod(`p${at}`)))
  let server = await startApiServer(store, { now: () => NOW, ...options })
  const clock = createVirtualClock(NOW)
  const recorder = createMemoryRecorder()
  const stop = new AbortController()
  const asked: Asked[] = []
  /** Requests that wait for their answer: meanwhile no time passes, so that a slow machine meets no deadline. */
  let waiting = 0
  const plain = transportTo(server.url, clock)
  const transport: Transport = {
    ...plain,
    download: (path, call) => answered(path, () => plain.download(path, call)),
    stream: (path, signal) => answered(path, () => plain.stream(path, signal)),
  }
  const random = createRandom(options.seed ?? 1)
  let view: WatchedView | undefined

  async function answered(path: string, ask: () => Promise<ApiStream>): Promise<ApiStream> {
    const request = { at: clock.monotonic(), ...requestOf(path) }
    asked.push(request)
    options.onAsk?.(request)
    waiting += 1
    let stream: ApiStream | undefined
    try {
      stream = await ask()
    } finally {
      if (stream?.open !== true || request.what === 'stream' || request.what === 'watch') waiting -= 1
    }
    if (!stream.open || request.what === 'stream' || request.what === 'watch') return stream
    return { open: true, chunks: toTheEnd(stream.chunks) }
  }

  async function* toTheEnd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks
    } finally {
      waiting -= 1
    }
  }

  const passUntil = async (condition: () => boolean): Promise<void> => {
    for (;;) {
      await until(() => true)
      if (condition()) return
      if (waiting === 0) await clock.advanceAsync(100)
    }
  }

  return {
    store,
    get server() {
      return server
    },
    clock,
    warnedOfPods: () => recorder.told.filter(({ fields }) => fields?.['kind'] === 'Pod').map(({ reason }) => reason),
    asked,
    askedOfPods: () =>
      asked
        .filter(({ resource }) => resource === 'pods')
        .map(({ what }) => what)
        .join(' '),
    async connect() {
      const opened = openClusterView(transport, {
        clock,
        random: () => random.next(),
        signal: stop.signal,
        recorder,
        ...(options.inSmallestSlices === true && { rest: restEachTime }),
      })
      view = opened
      let done = false
      const synced = opened.synced.finally(() => {
        done = true
      })
      await passUntil(() => done)
      await synced
      return opened
    },
    passUntil,
    podCounters: of => {
      const counters = of.counters().find(({ kind }) => kind === 'Pod')?.counters
      if (counters === undefined) throw new Error('pods are not watched')
      return counters
    },
    async restart() {
      await server.close()
      server = await startApiServer(store, { now: () => NOW, ...options, port: server.port })
    },
    async close() {
      stop.abort()
      await view?.stopped
      await transport.close()
      await server.close()
    },
  }
}

function requestOf(path: string): Pick<Asked, 'resource' | 'what'> {
  const { pathname, searchParams: query } = new URL(path, 'http://server')
  const resource = pathname.split('/').at(-1) ?? ''
  if (query.get('sendInitialEvents') === 'true') return { resource, what: 'stream' }
  if (query.get('watch') === 'true') return { resource, what: 'watch' }
  return { resource, what: query.get('continue') === null ? 'list' : 'page' }
}
