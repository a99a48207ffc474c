import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'

export interface ScriptedServer {
  readonly url: string
  /** `METHOD path` of every request so far. */
  readonly requests: readonly string[]
  /** Connections accepted so far. */
  connections(): number
  /** Connections open now. */
  open(): number
  close(): Promise<void>
}

/** A request with its whole body. */
export interface ScriptedRequest {
  readonly method: string
  /** Path with query. */
  readonly url: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** How many requests with this path came before. */
  readonly turn: number
}

/** A real HTTP server whose answers a test writes itself, to the byte. */
export async function startScriptedServer(
  answer: (request: ScriptedRequest, response: ServerResponse) => void,
  tls?: { readonly cert: string; readonly key: string },
): Promise<ScriptedServer> {
  const requests: string[] = []
  const turns = new Map<string, number>()
  const sockets = new Set<Socket>()
  let connections = 0

  const handle = (incoming: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const target = new URL(incoming.url ?? '/', 'http://server')
      const method = incoming.method ?? ''
      const turn = turns.get(target.pathname) ?? 0
      turns.set(target.pathname, turn + 1)
      requests.push(`${method} ${incoming.url}`)
      const body = Buffer.concat(chunks).toString()
      const { pathname: path, searchParams: query } = target
      answer({ method, url: incoming.url ?? '/', path, query, headers: incoming.headers, body, turn }, response)
    })
  }

  const server = tls === undefined ? createServer(handle) : createTlsServer(tls, handle)
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    open: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => {
        server.close(resolve)
      })
    },
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

/** Waits for something that real I/O brings about, a millisecond at least; the test's own time-out is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  do {
    await new Promise(resolve => {
      setTimeout(resolve, 1)
    })
  } while (!condition())
}

/** What a promise is rejected with, watched from now on so that the rejection is never unhandled; undefined when it is fulfilled. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
    return undefined
  } catch (error) {
    return error
  }
}
