import { createServer } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { ListenError, startHttpServer } from './http-server.ts'
import type { HttpServer, HttpServerOptions } from './http-server.ts'
import { createMetrics } from './metrics.ts'

const open: HttpServer[] = []
const errors: unknown[] = []

async function serve(given: Partial<HttpServerOptions> = {}): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const server = await startHttpServer({
    port: 0,
    metrics: createMetrics({ violatedGroupSeries: 1 }),
    notReady: () => undefined,
    onError: error => void errors.push(error),
    ...given,
  })
  open.push(server)
  return (path, init) => fetch(`http://127.0.0.1:${server.port}${path}`, init)
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(server => server.close()))
  errors.length = 0
})

describe('the HTTP server', () => {
  it('serves the metrics as Prometheus reads them', async () => {
    const get = await serve()
    const response = await get('/metrics')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(await response.text()).toContain('# TYPE respread_evictions_total counter')
  })

  it('is ready once and as long as nothing speaks against it', async () => {
    let reason: string | undefined = 'CachesNotSynced: Pod, Node'
    const get = await serve({ notReady: () => reason })
    const before = await get('/readyz')
    expect([before.status, await before.text()]).toEqual([503, 'CachesNotSynced: Pod, Node\n'])
    reason = undefined
    const after = await get('/readyz?verbose')
    expect([after.status, await after.text()]).toEqual([200, 'ok\n'])
  })

  it('is alive whether or not it is ready', async () => {
    const get = await serve({ notReady: () => 'ViewStale' })
    expect((await get('/healthz')).status).toBe(200)
  })

  it.each(['/', '/metric', '/healthz/', '//', '/%00'])('knows no %s', async path => {
    const get = await serve()
    expect((await get(path)).status).toBe(404)
  })

  it('refuses what would change something', async () => {
    const get = await serve()
    const response = await get('/metrics', { method: 'POST', body: 'x' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  it('answers HEAD without a body', async () => {
    const get = await serve()
    const response = await get('/healthz', { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  it('survives an answer that cannot be made', async () => {
    const get = await serve({
      notReady: () => {
        throw new Error('broken')
      },
    })
    const response = await get('/readyz')
    expect([response.status, await response.text()]).toEqual([500, 'internal error\n'])
    expect(errors).toEqual([new Error('broken')])
    expect((await get('/healthz')).status).toBe(200)
  })

  it('ends what is under way when it closes', async () => {
    const asked = Promise.withResolvers<void>()
    const text = (): Promise<string> => {
      asked.resolve()
      return new Promise(() => {})
    }
    const get = await serve({ metrics: { contentType: 'text/plain', text } })
    const response = get('/metrics')
    await asked.promise
    await Promise.all([expect(response).rejects.toThrow('fetch failed'), open.splice(0)[0]?.close()])
    await expect(get('/healthz')).rejects.toThrow('fetch failed')
  })

  it('says which port is taken', async () => {
    const other = createServer()
    const { promise, resolve } = Promise.withResolvers<number>()
    other.listen(0, () => {
      const address = other.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
    const port = await promise
    await expect(serve({ port })).rejects.toThrow(
      new ListenError(`cannot listen on port ${port} (metrics.port of the configuration): it is taken by another process`),
    )
    other.close()
  })
})
