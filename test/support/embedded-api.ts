import { startApiServer, type ApiServer, type ApiServerOptions } from '../../src/simulation/api-server/server.ts'
import type { ObjectStore, RawObject, StoreResult } from '../../src/simulation/object-store.ts'
import { createRandom } from '../../src/simulation/random.ts'
import { createObjectStore, type ObjectStoreOptions } from '../../src/simulation/store.ts'

const EMBEDDED_NOW = Date.parse('2026-11-21T10:00:00Z')

interface ApiReply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; a mistake of the test where it is none. */
  readonly body: unknown
}

export interface ApiWatch {
  readonly status: number
  /** The next event as `TYPE name resourceVersion`, or as it came when it is no event; undefined when the watch has ended. */
  next(): Promise<string | undefined>
  /** The rest of the events, once the server has ended the watch. Rejects when the connection breaks. */
  rest(): Promise<readonly string[]>
  /** The next line as JSON. */
  nextObject(): Promise<{ readonly type: string; readonly object: RawObject }>
  close(): void
}

export interface EmbeddedApi {
  readonly store: ObjectStore
  readonly server: ApiServer
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<ApiReply>
  watch(path: string, headers?: Readonly<Record<string, string>>): Promise<ApiWatch>
  close(): Promise<void>
}

/** A store with the namespaces default and shop, served over HTTP. */
export async function startEmbeddedApi(options: Partial<ApiServerOptions & ObjectStoreOptions> = {}): Promise<EmbeddedApi> {
  const store = createObjectStore({ now: () => EMBEDDED_NOW, random: createRandom(7), ...options })
  for (const name of ['default', 'shop']) store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  const server = await startApiServer(store, { now: () => EMBEDDED_NOW, secondMs: 10, ...options })
  const aborts = new Set<AbortController>()

  return {
    store,
    server,
    async call(method, path, body, headers = {}) {
      const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
      const response = await fetch(server.url + path, { method, headers: { 'content-type': 'application/json', ...headers }, ...init })
      const text = await response.text()
      return {
        status: response.status,
        headers: response.headers,
        text,
        get body() {
          return JSON.parse(text) as unknown
        },
      }
    },
    async watch(path, headers = {}) {
      const abort = new AbortController()
      aborts.add(abort)
      const response = await fetch(server.url + path, { headers, signal: abort.signal })
      const lines = linesOf(response)
      const read = async (): Promise<string | undefined> => {
        const { value } = await lines.next()
        return value
      }
      const next = async (): Promise<string | undefined> => {
        const line = await read()
        return line === undefined ? undefined : describeLine(line)
      }
      return {
        status: response.status,
        next,
        async rest() {
          const all: string[] = []
          for (let event = await next(); event !== undefined; event = await next()) all.push(event)
          return all
        },
        nextObject: async () => JSON.parse((await read()) ?? '') as { type: string; object: RawObject },
        close: () => abort.abort(),
      }
    },
    async close() {
      for (const abort of aborts) abort.abort()
      await server.close()
    },
  }
}

async function* linesOf(response: Response): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let waiting = ''
  for await (const bytes of response.body ?? []) {
    waiting += decoder.decode(bytes as Uint8Array, { stream: true })
    const lines = waiting.split('\n')
    waiting = lines.pop() ?? ''
    yield* lines
  }
  decoder.decode()
  return undefined
}

function describeLine(line: string): string {
  try {
    const { type, object } = JSON.parse(line) as { type: string; object: RawObject & { code?: number } }
    if (object.metadata.resourceVersion === undefined) return `${type} ${object.code}`
    return `${type} ${object.metadata.name ?? ''} ${object.metadata.resourceVersion}`
  } catch {
    return `no JSON: ${line}`
  }
}

/** Writes to the store, and gives what was written. Throws what the store refuses. */
export function written(result: StoreResult): RawObject {
  if (!result.ok) throw new Error(result.refusal.message)
  return result.object
}

/** A pod of the namespace shop. */
export function shopPod(
  name: string,
  fields: { labels?: Readonly<Record<string, string>>; spec?: object; status?: object } = {},
): RawObject {
  const { labels = { app: 'web' }, spec = {}, status = { phase: 'Pending' } } = fields
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', labels }, spec, status }
}
