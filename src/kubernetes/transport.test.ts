import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { failureOf, sendJson, startScriptedServer, until } from '../../test/support/scripted-server.ts'
import type { ScriptedServer } from '../../test/support/scripted-server.ts'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import type { VirtualClock } from '../simulation/virtual-clock.ts'
import type { ClusterAccess, Credentials, TlsMaterial } from './cluster-access.ts'
import { createTransport } from './transport.ts'
import type { ApiStream, Transport } from './transport.ts'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

function pem(name: string): string {
  return readFileSync(new URL(`../../test/fixtures/tls/${name}`, import.meta.url), 'utf8')
}

const serverTls = { cert: pem('server.crt'), key: pem('server.key') }

async function serve(...script: Parameters<typeof startScriptedServer>): Promise<ScriptedServer> {
  const server = await startScriptedServer(...script)
  closing.push(() => server.close())
  return server
}

function reach(server: string, tls: TlsMaterial = {}, more: Partial<ClusterAccess> = {}): Transport & { readonly clock: VirtualClock } {
  const credentials = (): Promise<Credentials> => Promise.resolve({ headers: { authorization: 'Bearer secret' }, tls })
  const clock = createVirtualClock(Date.parse('2026-11-21T10:00:00Z'))
  const transport = createTransport(
    { server, context: 'test', namespace: 'default', proxy: undefined, credentials, ...more },
    { clock, userAgent: 'respread/1.2.3' },
  )
  closing.push(() => transport.close())
  return { ...transport, clock }
}

async function readAll(stream: ApiStream): Promise<string> {
  let text = ''
  if (stream.open) for await (const chunk of stream.chunks) text += Buffer.from(chunk).toString()
  return text
}

describe('a request', () => {
  it('carries credentials, user agent and a JSON body, and gives back status, headers and body whatever the status', async () => {
    const server = await serve(({ method, url, headers, body }, response) => {
      sendJson(
        response,
        409,
        { method, url, agent: headers['user-agent'], auth: headers.authorization, type: headers['content-type'], body },
        { 'retry-after': '3' },
      )
    })

    const answer = await reach(server.url).request('POST', '/api/v1/pods?dryRun=All', { body: { a: 1 } })

    expect(answer).toMatchObject({ status: 409, headers: { 'retry-after': '3' } })
    expect(JSON.parse(answer.body)).toEqual({
      method: 'POST',
      url: '/api/v1/pods?dryRun=All',
      agent: 'respread/1.2.3',
      auth: 'Bearer secret',
      type: 'application/json',
      body: '{"a":1}',
    })
  })

  it('that gets no answer ends at its deadline', async () => {
    const server = await serve(() => {})
    const transport = reach(server.url)

    const request = transport.request('POST', '/slow', { deadlineMs: 5_000 })
    const failure = failureOf(request)
    await until(() => server.requests.length === 1)
    await transport.clock.advanceAsync(5_000)

    expect(await failure).toMatchObject({
      name: 'ConnectionError',
      maybeSent: true,
      message: `no answer from ${server.url} within 5s`,
    })
  })

  it('that waits for its turn under the rate limit was not sent when its deadline comes', async () => {
    const server = await serve((_, response) => sendJson(response, 200, {}))
    const clock = createVirtualClock(0)
    const credentials = (): Promise<Credentials> => Promise.resolve({ headers: {}, tls: {} })
    const transport = createTransport(
      { server: server.url, context: 'test', namespace: 'default', proxy: undefined, credentials },
      { clock, userAgent: 'respread/1.2.3', perSecond: 0.1, burst: 1 },
    )
    closing.push(() => transport.close())
    await transport.request('GET', '/first')

    const second = transport.request('GET', '/second', { deadlineMs: 5_000 })
    const failure = failureOf(second)
    await transport.request('PUT', '/lease', { urgent: true })
    await clock.advanceAsync(5_000)

    expect(await failure).toMatchObject({ name: 'ConnectionError', maybeSent: false })
    expect(server.requests).toEqual(['GET /first', 'PUT /lease'])
  })

  it('whose credentials do not come, from an exec plugin that hangs, was not sent when its deadline comes', async () => {
    const server = await serve((_, response) => sendJson(response, 200, {}))
    const transport = reach(server.url, {}, { credentials: () => new Promise(() => {}) })

    const failure = failureOf(transport.request('PUT', '/lease', { deadlineMs: 5_000, urgent: true }))
    await transport.clock.advanceAsync(5_000)

    expect(await failure).toMatchObject({ name: 'ConnectionError', maybeSent: false })
    expect(server.requests).toEqual([])
  })

  it('a download and a watch wait for their turn as well, until their signal', async () => {
    const server = await serve((_, response) => sendJson(response, 200, {}))
    const clock = createVirtualClock(0)
    const credentials = (): Promise<Credentials> => Promise.resolve({ headers: {}, tls: {} })
    const transport = createTransport(
      { server: server.url, context: 'test', namespace: 'default', proxy: undefined, credentials },
      { clock, userAgent: 'respread/1.2.3', perSecond: 1, burst: 1 },
    )
    closing.push(() => transport.close())
    const stop = new AbortController()
    await transport.request('GET', '/first')

    const second = transport.download('/second')
    const third = transport.stream('/third', new AbortController().signal)
    const fourth = failureOf(transport.stream('/fourth', stop.signal))
    await until(() => true)
    expect(server.requests).toEqual(['GET /first'])
    stop.abort(new Error('enough'))
    await clock.advanceAsync(1_000)
    await readAll(await second)
    expect(server.requests).toEqual(['GET /first', 'GET /second'])
    await clock.advanceAsync(1_000)
    await readAll(await third)

    expect(await fourth).toMatchObject({ message: 'enough' })
    expect(server.requests).toEqual(['GET /first', 'GET /second', 'GET /third'])
  })

  it('is broken off by its signal, with the reason of the signal', async () => {
    const server = await serve(() => {})
    const stop = new AbortController()

    const request = reach(server.url).request('GET', '/slow', { signal: stop.signal })
    const failure = failureOf(request)
    await until(() => server.requests.length === 1)
    stop.abort(new Error('enough'))

    expect(await failure).toMatchObject({ message: 'enough' })
  })

  it('asks once more with new credentials when the server does not accept them', async () => {
    const server = await serve(({ headers }, response) => sendJson(response, headers.authorization === 'Bearer new' ? 201 : 401, {}))
    const credentials = (renew?: 'renew'): Promise<Credentials> =>
      Promise.resolve({ headers: { authorization: renew === 'renew' ? 'Bearer new' : 'Bearer old' }, tls: {} })

    expect((await reach(server.url, {}, { credentials }).request('POST', '/evict', { body: {} })).status).toBe(201)
    expect(server.requests).toEqual(['POST /evict', 'POST /evict'])

    const stubborn = reach(server.url, {}, { credentials: () => Promise.resolve({ headers: {}, tls: {} }) })
    expect((await stubborn.request('POST', '/evict', { body: {} })).status).toBe(401)
    expect(server.requests).toHaveLength(4)
  })
})

describe('an answer in pieces', () => {
  it('comes as its bytes do, and whole where the server refuses', async () => {
    let held: ServerResponse | undefined
    const server = await serve(({ path }, response) => {
      if (path === '/refused') sendJson(response, 403, { message: 'no' })
      else {
        held = response
        response.writeHead(200).write('first ')
      }
    })
    const transport = reach(server.url)

    const answer = await transport.download('/large')
    held?.end('second')

    expect(await readAll(answer)).toBe('first second')
    expect(await transport.download('/refused')).toMatchObject({ open: false, response: { status: 403, body: '{"message":"no"}' } })
  })

  it('ends at its deadline, and with its signal, in the middle too', async () => {
    const server = await serve((_, response) => response.writeHead(200).write('first'))
    const transport = reach(server.url)
    const stop = new AbortController()

    const late = failureOf(readAll(await transport.download('/large', { deadlineMs: 5_000 })))
    const stopped = failureOf(readAll(await transport.download('/large', { signal: stop.signal })))
    await transport.clock.advanceAsync(5_000)
    stop.abort(new Error('enough'))

    expect(await late).toMatchObject({ name: 'ConnectionError', message: `no answer from ${server.url} within 5s` })
    expect(await stopped).toMatchObject({ message: 'enough' })
  })

  it('that breaks off is told in plain words', async () => {
    const server = await serve((_, response) => response.writeHead(200).write('first', () => response.destroy()))

    expect(await failureOf(readAll(await reach(server.url).download('/large')))).toMatchObject({ name: 'ConnectionError' })
  })

  it('lets go of its connection when nobody wants the rest', async () => {
    const server = await serve((_, response) => response.writeHead(200).write('first'))

    const answer = await reach(server.url).download('/large')
    if (answer.open) for await (const _ of answer.chunks) break
    await until(() => server.open() === 0)

    expect(server.connections()).toBe(1)
  })
})

describe('connections', () => {
  it('are shared: many calls over TLS, no more than two handshakes', async () => {
    const server = await serve((_, response) => sendJson(response, 200, {}), serverTls)
    const transport = reach(server.url, { ca: pem('ca.crt') })

    for (let call = 0; call < 30; call++) await transport.request('GET', '/api/v1/pods')

    expect(server.requests).toHaveLength(30)
    // Two, because a connection is free again one turn of the event loop after its answer is complete.
    expect(server.connections()).toBeLessThanOrEqual(2)
  })

  it('of watches are not those of calls', async () => {
    const server = await serve(({ path }, response) =>
      path === '/watch' ? response.writeHead(200).write('a\n') : sendJson(response, 200, {}),
    )
    const transport = reach(server.url)
    const stop = new AbortController()

    const watch = await transport.stream('/watch', stop.signal)
    await transport.request('GET', '/api/v1/pods')

    expect(watch.open).toBe(true)
    expect(server.connections()).toBe(2)
    stop.abort()
  })

  it('are few, however many lists begin together, and the lease does not wait for them', async () => {
    const held: ServerResponse[] = []
    const server = await serve(({ path }, response) => void (path === '/lease' ? sendJson(response, 200, {}) : held.push(response)))
    const transport = reach(server.url)

    const lists = Array.from({ length: 20 }, (_, at) => transport.download(`/list${at}`))
    await until(() => held.length === 4)
    await transport.request('PUT', '/lease', { urgent: true })
    expect(server.connections()).toBe(5)

    for (let answered = 0; answered < lists.length; answered += 1) {
      await until(() => held.length > answered)
      held[answered]?.end('a list')
    }
    for (const list of lists) expect(await readAll(await list)).toBe('a list')
    expect(server.connections()).toBe(5)
  })

  it('are made anew when the certificates change, while what is under way goes on', async () => {
    let held: ServerResponse | undefined
    const server = await serve(({ path }, response) => {
      if (path === '/watch') {
        held = response
        response.writeHead(200).write('first\n')
      } else sendJson(response, 200, {})
    }, serverTls)
    let tls: TlsMaterial = { ca: pem('ca.crt') }
    const transport = reach(server.url, {}, { credentials: () => Promise.resolve({ headers: {}, tls }) })
    const watch = await transport.stream('/watch', new AbortController().signal)

    tls = { ca: `${pem('ca.crt')}\n${pem('other-ca.crt')}` }
    await transport.request('GET', '/api/v1/pods')
    held?.end('second\n')

    expect(await readAll(watch)).toBe('first\nsecond\n')
    expect(server.connections()).toBe(2)
  })

  it('are all gone after close, and what was under way ends', async () => {
    const server = await serve(({ path }, response) => void (path === '/watch' && response.writeHead(200).write('a\n')))
    const transport = reach(server.url)
    const watch = await transport.stream('/watch', new AbortController().signal)
    const request = transport.request('GET', '/slow')
    const failure = failureOf(request)
    await until(() => server.requests.length === 2)

    await transport.close()

    expect(await failure).toMatchObject({ name: 'ConnectionError' })
    await expect(readAll(watch)).rejects.toMatchObject({ name: 'ConnectionError' })
    await until(() => server.open() === 0)
  })

  it('go through a proxy when there is one', async () => {
    const server = await serve((_, response) => sendJson(response, 200, { ok: true }), serverTls)
    const tunnels: string[] = []
    const proxy = createServer()
    proxy.on('connect', (request, socket) => {
      tunnels.push(request.url ?? '')
      const onward = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        socket.pipe(onward).pipe(socket)
      })
      onward.on('error', () => socket.destroy())
      socket.on('error', () => onward.destroy())
    })
    await new Promise<void>(resolve => {
      proxy.listen(0, '127.0.0.1', resolve)
    })
    closing.push(async () => {
      await new Promise(resolve => {
        proxy.close(resolve)
      })
    })
    const { port } = proxy.address() as AddressInfo

    const transport = reach(
      `https://api.test:${new URL(server.url).port}`,
      { ca: pem('ca.crt'), servername: 'api.test' },
      { proxy: `http://127.0.0.1:${port}` },
    )

    expect((await transport.request('GET', '/api/v1/pods')).body).toBe('{"ok":true}')
    expect(tunnels).toEqual([`api.test:${new URL(server.url).port}`])
  })
})

describe('a failure to connect is told in plain words, and as certain not to have sent anything', () => {
  it.each<[what: string, tls: TlsMaterial, message: RegExp]>([
    [
      'the wrong certificate authority',
      { ca: pem('other-ca.crt') },
      /is not signed by the certificate authority that the kubeconfig names/,
    ],
    ['no certificate authority', {}, /is not signed by the certificate authority that the kubeconfig names/],
    ['another host name', { ca: pem('ca.crt'), servername: 'elsewhere.test' }, /is for another host name/],
    [
      'a client certificate that is none',
      { cert: 'hi', key: 'hi' },
      /^the client certificate or key that the kubeconfig names cannot be used/,
    ],
    [
      'the key of another client certificate',
      { cert: pem('ca.crt'), key: pem('server.key') },
      /^the client certificate or key that the kubeconfig names cannot be used: .*key values mismatch/,
    ],
  ])('%s', async (_, tls, message) => {
    const server = await serve((_, response) => sendJson(response, 200, {}), serverTls)

    const request = reach(server.url, tls).request('GET', '/api/v1/pods')

    await expect(request).rejects.toThrow(message)
    await expect(request).rejects.toMatchObject({ name: 'ConnectionError', maybeSent: false, permanent: true })
  })

  it('the right certificate authority, and none asked for, are no failures', async () => {
    const server = await serve((_, response) => sendJson(response, 200, {}), serverTls)

    expect((await reach(server.url, { ca: pem('ca.crt') }).request('GET', '/a')).status).toBe(200)
    expect((await reach(server.url, { rejectUnauthorized: false }).request('GET', '/a')).status).toBe(200)
  })

  it('https:// to a server that speaks http://', async () => {
    const server = await serve((_, response) => sendJson(response, 200, {}))

    const request = reach(server.url.replace('http:', 'https:')).request('GET', '/a')

    await expect(request).rejects.toThrow(/does not speak TLS; is it an http:\/\/ address\?/)
    await expect(request).rejects.toMatchObject({ maybeSent: false, permanent: false })
  })

  it.each([
    ['nothing that listens', 'http://127.0.0.1:1', /^nothing listens at http:\/\/127.0.0.1:1: connection refused \(ECONNREFUSED\)$/],
    ['nothing that listens, by a name with several addresses', 'http://localhost:1', /connection refused/],
    ['a host that does not exist', 'http://no-such-host.invalid', /^the host name of http:\/\/no-such-host.invalid cannot be resolved/],
  ])('%s', async (_, address, message) => {
    const request = reach(address).request('POST', '/a', { body: {} })

    await expect(request).rejects.toThrow(message)
    await expect(request).rejects.toMatchObject({ maybeSent: false, permanent: false })
  })

  it('a proxy that cannot be reached is named in place of the server, without its password', async () => {
    const transport = reach('https://api.test', {}, { proxy: 'http://me:secret@127.0.0.1:1' })

    await expect(transport.request('GET', '/a')).rejects.toThrow(
      /^nothing listens at the proxy http:\/\/127.0.0.1:1: connection refused \(ECONNREFUSED\)$/,
    )
  })

  it('a connection that breaks after the request went out may have done its work', async () => {
    const server = await serve((_, response) => void response.socket?.destroy())

    const request = reach(server.url).request('POST', '/a', { body: {} })

    await expect(request).rejects.toThrow(/broke off/)
    await expect(request).rejects.toMatchObject({ maybeSent: true })
  })
})
