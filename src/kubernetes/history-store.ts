import type { Clock, HistoryStore } from '../rebalancing/ports.ts'
import { apiError } from './api-error.ts'
import type { ApiResponse } from './api-error.ts'
import { fieldsOf } from './json.ts'
import type { Fields } from './json.ts'
import type { Transport } from './transport.ts'

export interface HistoryStoreOptions {
  readonly clock: Clock
  readonly namespace: string
  /** Of the ConfigMap. */
  readonly name: string
}

const KEY = 'history'
/** Objects end at 1 MiB (validation.go MaxSecretSize, 1.36); the rest is for labels and whatever else is in the ConfigMap. */
const LARGEST_BYTES = 900_000
const DEADLINE_MS = 10_000

/**
 * Keeps the history in a ConfigMap of ours, written with the version that was read, so that a process which lost its lease without knowing
 * cannot undo what its successor wrote.
 */
export function createHistoryStore(transport: Transport, options: HistoryStoreOptions): HistoryStore {
  const { clock, namespace, name } = options
  const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`
  const path = `${collection}/${encodeURIComponent(name)}`
  /** As the server had it when we last read or wrote it; undefined: it is not there. */
  let current: Fields | undefined
  let known = false
  let last: Promise<unknown> = Promise.resolve()

  const call = async (method: 'GET' | 'POST' | 'PUT', target: string, body?: unknown): Promise<ApiResponse> => {
    return await transport.request(method, target, { deadlineMs: DEADLINE_MS, ...(body !== undefined && { body }) })
  }

  const read = async (): Promise<void> => {
    const response = await call('GET', path)
    if (response.status !== 200 && response.status !== 404) throw apiError('GET', path, response, clock.now())
    current = response.status === 404 ? undefined : fieldsOf(JSON.parse(response.body))
    known = true
  }

  const write = async (text: string): Promise<void> => {
    if (!known) await read()
    const before = textIn(current)
    for (let tries = 1; ; tries++) {
      const { metadata = { name, namespace }, ...rest } = current ?? {}
      const body = { ...rest, apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { ...fieldsOf(rest['data']), [KEY]: text } }
      const [method, target] = current === undefined ? (['POST', collection] as const) : (['PUT', path] as const)
      const response = await call(method, target, body)
      if (response.status === 200 || response.status === 201) {
        current = fieldsOf(JSON.parse(response.body))
        return
      }
      const overtaken = response.status === 409 || (response.status === 404 && method === 'PUT')
      if (!overtaken || tries > 2) throw apiError(method, target, response, clock.now())
      // Somebody may have added a label or deleted it; that is no reason to lose the history.
      await read()
      if (current !== undefined && textIn(current) !== before) {
        throw new Error(`the history in ConfigMap ${namespace}/${name} was changed by somebody else; it is read again`)
      }
    }
  }

  /** One at a time, in the order asked for. */
  const inTurn = async <T>(task: () => Promise<T>): Promise<T> => {
    const turn = last.then(task)
    last = turn.catch(() => {})
    return await turn
  }

  return {
    load: () =>
      inTurn(async () => {
        await read()
        return textIn(current)
      }),
    async save(text) {
      const bytes = Buffer.byteLength(text)
      if (bytes > LARGEST_BYTES) throw new Error(`the history has ${bytes} bytes, and a ConfigMap takes ${LARGEST_BYTES}`)
      await inTurn(() => write(text))
    },
  }
}

function textIn(configMap: Fields | undefined): string | undefined {
  const text = fieldsOf(configMap?.['data'])[KEY]
  return typeof text === 'string' ? text : undefined
}
