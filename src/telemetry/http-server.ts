import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { codeOf } from '../cluster/error-message.ts'

export interface HttpServerOptions {
  /** 0: any free port. */
  readonly port: number
  readonly metrics: { readonly contentType: string; text(): Promise<string> }
  /** Why the process must not be relied on now (caches not synced, or stale); undefined when it can. */
  notReady(): string | undefined
  /** An answer could not be made; its request was answered with 500. */
  onError(error: unknown): void
}

export interface HttpServer {
  readonly port: number
  /** Stops listening and ends every connection. */
  close(): Promise<void>
}

/** The port cannot be had: one sentence for a person, who has to give another one. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

/**
 * Serves /metrics, /healthz (200 as long as the process answers) and /readyz (200, or 503 with the reason), on every interface.
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

async function answer({ url = '', method }: IncomingMessage, response: ServerResponse, options: HttpServerOptions): Promise<void> {
  const [path = ''] = url.split('?', 1)
  const answerTo = ANSWERS.get(path)
  if (answerTo === undefined) text(response, 404, 'not found')
  else if (method === 'GET' || method === 'HEAD') await answerTo(response, options)
  else text(response.setHeader('Allow', 'GET, HEAD'), 405, 'only GET and HEAD')
}

type Answer = (response: ServerResponse, options: HttpServerOptions) => void | Promise<void>

const ANSWERS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  [
    '/metrics',
    async (response, { metrics }) => {
      const body = await metrics.text()
      response.writeHead(200, { 'Content-Type': metrics.contentType }).end(body)
    },
  ],
  ['/healthz', response => text(response, 200, 'ok')],
  [
    '/readyz',
    (response, options) => {
      const reason = options.notReady()
      text(response, reason === undefined ? 200 : 503, reason ?? 'ok')
    },
  ],
])

function text(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${body}\n`)
}

function listen(server: Server, { port }: HttpServerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', error => {
      const code = codeOf(error)
      const why = code === 'EADDRINUSE' ? 'is taken by another process' : code === 'EACCES' ? 'needs more privileges' : error.message
      reject(new ListenError(`cannot listen on port ${port} (metrics.port of the configuration): it ${why}`, { cause: error }))
    })
    server.listen(port, () => {
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
