import recorded from '../fixtures/exchanges.json' with { type: 'json' }
import type { Transport } from '../../src/kubernetes/transport.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Fields = Readonly<Record<string, unknown>>

export interface Call {
  readonly method: Method
  /** With query. */
  readonly path: string
  readonly contentType?: string
  readonly body?: unknown
}

/** An answer: a body, or the events of a watch that has ended. */
export interface Reply {
  readonly status: number
  readonly headers: { readonly 'content-type'?: string; readonly 'retry-after'?: string }
  readonly body?: unknown
  readonly events?: readonly { readonly type: string; readonly object: Fields }[]
}

export interface Exchange {
  readonly note: string
  readonly request: Call
  readonly response: Reply
}

/** What kube-apiserver 1.36.2 answered, in the order in which it was asked. */
export const EXCHANGES = recorded as unknown as readonly Exchange[]

export type Send = (call: Call) => Promise<Reply>

/** Asks a server, a real one or ours, through respread's own transport. */
export function sendOver(transport: Transport): Send {
  return async ({ method, path, contentType, body }) => {
    const options = { ...(contentType !== undefined && { contentType }), ...(body !== undefined && { body }) }
    const response = await transport.request(method, path, options)
    const headers = Object.fromEntries(
      ['content-type', 'retry-after'].flatMap(name => {
        const value = response.headers[name]
        return value === undefined ? [] : [[name, value]]
      }),
    )
    const { status } = response
    if (!isWatch(path)) return { status, headers, body: JSON.parse(response.body) as unknown }
    const lines = response.body.split('\n').filter(line => line !== '')
    return { status, headers, events: lines.map(line => JSON.parse(line) as { type: string; object: Fields }) }
  }
}

/** Answers from the recording. Throws for a request that was never made. */
export const sendToRecording: Send = call => {
  const found = EXCHANGES.find(({ request }) => sameCall(request, call))
  if (found === undefined) return Promise.reject(new Error(`nobody asked the real server ${call.method} ${call.path}`))
  return Promise.resolve(found.response)
}

function sameCall(one: Call, other: Call): boolean {
  return (
    one.method === other.method &&
    decodeURIComponent(one.path) === decodeURIComponent(other.path) &&
    JSON.stringify(one.body) === JSON.stringify(other.body)
  )
}

function isWatch(path: string): boolean {
  return /[?&]watch=1/.test(path)
}
