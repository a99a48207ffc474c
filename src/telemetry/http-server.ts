import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

export interface HttpServerOptions {
  /** 0: any free port. */
  readonly port: number
  /** Interface to listen on; every one unless given. */
  readonly host?: string
  readonly metrics: { readonly contentType: string; text(): Promise<string> }
  /** Why the process must not be relied on now (caches not synced, or stale); undefined when it can. */
  notReady(): string | undefined
  /** What else to serve, by path: answers GET and HEAD. */
  readonly routes?: ReadonlyMap<string, Handler>
  /** A handler failed; its request was answered with 500. */
  onError(error: unknown): void
}

export interface HttpServer {
  readonly port: number
  /** Stops listening and ends every connection, streams included. */
  close(): Promise<void>
}

/** The port cannot be had: one sentence for a person, who has to give another one. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

/**
 * Serves /metrics, /healthz (200 as long as the process answers) and /readyz (200, or 503 with the reason), and what the command adds.
 *
 * @throws ListenError when the port cannot be had
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      options.onError(error)
      if (response.headersSent) response.destroy()
      else text(response, 500, 'internal error')
    })
  })
  const port = await listen(server, options)
  return { port, close: () => close(server) }
}

async function answer(request: IncomingMessage, response: ServerResponse, options: HttpServerOptions): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  const handler = options.routes?.get(path) ?? builtIn(path, options)
  if (handler === undefined) text(response, 404, 'not found')
  else if (request.method === 'GET' || request.method === 'HEAD') await handler(request, response)
  else text(response.setHeader('Allow', 'GET, HEAD'), 405, 'only GET and HEAD')
}

function builtIn(path: string, options: HttpServerOptions): Handler | undefined {
  switch (path) {
    case '/metrics':
      return async (_, response) => {
        const body = await options.metrics.text()
        response.writeHead(200, { 'Content-Type': options.metrics.contentType }).end(body)
      }
    case '/healthz':
      return (_, response) => text(response, 200, 'ok')
    case '/readyz':
      return (_, response) => {
        const reason = options.notReady()
        text(response, reason === undefined ? 200 : 503, reason ?? 'ok')
      }
    default:
      return undefined
  }
}

function text(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${body}\n`)
}

function listen(server: Server, { port, host }: HttpServerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', error => {
      const code = 'code' in error ? error.code : undefined
      const why = code === 'EADDRINUSE' ? 'is taken by another process' : code === 'EACCES' ? 'needs more privileges' : error.message
      reject(new ListenError(`cannot listen on port ${port} (metrics.port of the configuration): it ${why}`, { cause: error }))
    })
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close(error => (error === undefined ? resolve() : reject(error)))
    server.closeAllConnections()
  })
}
