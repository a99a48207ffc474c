import type { Clock } from '../rebalancing/ports.ts'
import { apiError } from './api-error.ts'
import type { ApiResponse } from './api-error.ts'
import { fieldsOf } from './json.ts'
import type { Fields } from './json.ts'
import type { Transport } from './transport.ts'

export interface OwnConfigMapOptions {
  readonly clock: Clock
  readonly namespace: string
  readonly name: string
}

/** A ConfigMap that respread keeps for itself, and in which it leaves alone what others have added. */
export interface OwnConfigMap {
  readonly namespace: string
  readonly name: string
  /** As the server has it; undefined: it is not there. */
  read(): Promise<Fields | undefined>
  /**
   * Writes what `change` makes of it, with the version that this was made of; where it is not there, of an empty one. When somebody was faster,
   * it is made anew of what they wrote, and `change` may throw.
   */
  update(change: (current: Fields) => Fields): Promise<void>
}

const DEADLINE_MS = 10_000
const MOST_TRIES = 3

export function createOwnConfigMap(transport: Transport, { clock, namespace, name }: OwnConfigMapOptions): OwnConfigMap {
  const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`
  const path = `${collection}/${encodeURIComponent(name)}`
  /** As the server had it when we last read or wrote it; undefined: it is not there. */
  let current: Fields | undefined
  let known = false
  let last: Promise<unknown> = Promise.resolve()

  const call = async (method: 'GET' | 'POST' | 'PUT', target: string, body?: unknown): Promise<ApiResponse> => {
    return await transport.request(method, target, { deadlineMs: DEADLINE_MS, ...(body !== undefined && { body }) })
  }

  const read = async (): Promise<Fields | undefined> => {
    const response = await call('GET', path)
    if (response.status !== 200 && response.status !== 404) throw apiError('GET', path, response, clock.now())
    current = response.status === 404 ? undefined : fieldsOf(JSON.parse(response.body))
    known = true
    return current
  }

  const write = async (change: (current: Fields) => Fields): Promise<void> => {
    if (!known) await read()
    for (let tries = 1; ; tries++) {
      const [method, target] = current === undefined ? (['POST', collection] as const) : (['PUT', path] as const)
      const body = change({ metadata: { name, namespace }, ...current, apiVersion: 'v1', kind: 'ConfigMap' })
      const response = await call(method, target, body)
      if (response.status === 200 || response.status === 201) {
        current = fieldsOf(JSON.parse(response.body))
        return
      }
      const overtaken = response.status === 409 || (response.status === 404 && method === 'PUT')
      if (!overtaken || tries >= MOST_TRIES) throw apiError(method, target, response, clock.now())
      await read()
    }
  }

  /** One at a time, in the order asked for. */
  const inTurn = async <T>(task: () => Promise<T>): Promise<T> => {
    const turn = last.then(task)
    last = turn.catch(() => {})
    return await turn
  }

  return { namespace, name, read: () => inTurn(read), update: change => inTurn(() => write(change)) }
}
