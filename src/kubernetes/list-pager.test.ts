import { afterEach, describe, expect, it } from 'vitest'
import { transportTo } from '../../test/support/api-transport.ts'
import { failureOf, sendJson, startScriptedServer, until } from '../../test/support/scripted-server.ts'
import type { ScriptedRequest, ScriptedServer } from '../../test/support/scripted-server.ts'
import type { ServerResponse } from 'node:http'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import type { VirtualClock } from '../simulation/virtual-clock.ts'
import { createRest } from './rests.ts'
import { listAll } from './list-pager.ts'
import type { CompleteList } from './list-pager.ts'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

type Step = (request: ScriptedRequest, response: ServerResponse) => void

function page(names: readonly string[], next = '', resourceVersion = '7'): Step {
  const body = {
    kind: 'List',
    metadata: { resourceVersion, ...(next !== '' && { continue: next }) },
    items: names.map(name => ({ metadata: { name } })),
  }
  return (_, response) => sendJson(response, 200, body)
}

function status(code: number, fields: object, headers: Record<string, string> = {}): Step {
  return (_, response) => sendJson(response, code, { kind: 'Status', code, ...fields }, headers)
}

const expired = status(410, { reason: 'Expired', message: 'The provided continue parameter is too old' })

interface Listing {
  readonly server: ScriptedServer
  readonly clock: VirtualClock
  readonly result: Promise<CompleteList<string>>
  readonly retries: readonly unknown[]
  /** Names in the order in which they were read. */
  readonly read: readonly string[]
  readonly stop: AbortController
  /** Lets the wait after the next failure pass. */
  readonly afterRetry: (count: number, waitMs: number) => Promise<void>
}

async function list(steps: readonly Step[], attempts?: number): Promise<Listing> {
  const server = await startScriptedServer((request, response) => steps[server.requests.length - 1]?.(request, response))
  const clock = createVirtualClock(0)
  const transport = transportTo(server.url, clock)
  closing.push(
    () => server.close(),
    () => transport.close(),
  )
  const retries: unknown[] = []
  const read: string[] = []
  const stop = new AbortController()
  const result = listAll<string>({
    transport,
    resource: { kind: 'Pod', group: '', version: 'v1', plural: 'pods', required: true, fieldSelector: 'status.phase!=Failed' },
    read: raw => {
      const { name } = (raw as { metadata: { name: string } }).metadata
      read.push(name)
      return name
    },
    clock,
    random: () => 0,
    rest: createRest(clock),
    signal: stop.signal,
    onRetry: error => retries.push(error),
    ...(attempts !== undefined && { attempts }),
  })
  void failureOf(result)
  return {
    server,
    clock,
    result,
    retries,
    read,
    stop,
    async afterRetry(count, waitMs) {
      await until(() => retries.length === count)
      const asked = server.requests.length
      await clock.advanceAsync(waitMs - 1)
      expect(server.requests).toHaveLength(asked)
      await clock.advanceAsync(1)
    },
  }
}

function continues(requests: readonly string[]): readonly (string | null)[] {
  return requests.map(request => new URL(request.slice('GET '.length), 'http://server').searchParams.get('continue'))
}

describe('listAll', () => {
  it('reads page after page and watches from the version of the first', async () => {
    const { server, result } = await list([page(['a', 'b'], 'p2', '7'), page(['ü'], 'p3', '8'), page(['d'], '', '9')])

    expect(await result).toEqual({ items: ['a', 'b', 'ü', 'd'], resourceVersion: '7' })
    expect(server.requests[0]).toBe('GET /api/v1/pods?fieldSelector=status.phase%21%3DFailed&limit=500')
    expect(continues(server.requests)).toEqual([null, 'p2', 'p3'])
  })

  it('reads the objects of a page while it is still coming', async () => {
    let rest: ServerResponse | undefined
    const { read, result } = await list([
      (_, response) => {
        rest = response
        response.writeHead(200).write('{"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a"}},{"metadata"')
      },
    ])
    await until(() => read.length === 1)

    rest?.end(':{"name":"b"}}]}')

    expect(await result).toEqual({ items: ['a', 'b'], resourceVersion: '7' })
  })

  it('takes a list without items for empty', async () => {
    const { result } = await list([(_, response) => sendJson(response, 200, { metadata: { resourceVersion: '7' }, items: null })])

    expect(await result).toEqual({ items: [], resourceVersion: '7' })
  })

  it.each([
    ['expired', expired],
    ['unknown to the server', status(400, { reason: 'BadRequest', message: 'invalid continue token' })],
  ])('starts again when the token of a later page is %s, and keeps nothing of the first try', async (_, answer) => {
    const { server, result } = await list([page(['old'], 'p2'), answer, page(['a'], 'q2', '9'), page(['b'])])

    expect(await result).toEqual({ items: ['a', 'b'], resourceVersion: '9' })
    expect(continues(server.requests)).toEqual([null, 'p2', null, 'q2'])
  })

  it('asks for everything in one piece when the pages expire again and again', async () => {
    const round = [page(['old'], 'p2'), expired]
    const { server, result } = await list([...round, ...round, ...round, page(['a', 'b'])])

    expect((await result).items).toEqual(['a', 'b'])
    expect(server.requests.at(-1)).not.toContain('limit=')
  })

  it('waits as long as a busy server asks and then asks for the same page again', async () => {
    const busy = status(429, { reason: 'TooManyRequests' }, { 'retry-after': '7' })
    const { server, result, afterRetry } = await list([page(['a'], 'p2'), busy, page(['b'])])

    await afterRetry(1, 7_000)

    expect((await result).items).toEqual(['a', 'b'])
    expect(continues(server.requests)).toEqual([null, 'p2', 'p2'])
  })

  it.each<[what: string, step: Step]>([
    [
      'is cut in the middle of a character',
      (_, response) =>
        response.writeHead(200, { 'content-length': '500' }).write(Buffer.from('{"items":["ü').subarray(0, -1), () => response.destroy()),
    ],
    [
      'breaks off after some of its objects',
      (_, response) =>
        response
          .writeHead(200)
          .write('{"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"half"}},', () => response.destroy()),
    ],
    ['is cut before it begins', (_, response) => void response.destroy()],
    [
      'ends in the middle, in order',
      (_, response) => response.writeHead(200).end('{"metadata":{"resourceVersion":"7"},"items":[{"metadata"'),
    ],
    ['is something else', (_, response) => sendJson(response, 200, { kind: 'Pod', items: {} })],
    ['fails on the server', status(500, { message: 'etcdserver: leader changed' })],
  ])('asks again for a page that %s', async (_, step) => {
    const { result, afterRetry } = await list([page(['a'], 'p2'), step, page(['b'])])

    await afterRetry(1, 800)

    expect((await result).items).toEqual(['a', 'b'])
  })

  it('waits longer from failure to failure', async () => {
    const down = status(503, { message: 'down' })
    const { result, afterRetry } = await list([down, down, down, page(['a'])])

    await afterRetry(1, 800)
    await afterRetry(2, 1_600)
    await afterRetry(3, 3_200)

    expect((await result).items).toEqual(['a'])
  })

  it('gives up after the attempts allowed', async () => {
    const down = status(503, { message: 'down' })
    const { result, afterRetry, server } = await list([down, down], 2)

    await afterRetry(1, 800)

    await expect(result).rejects.toThrow('cannot list pods: the API server answered 503: down')
    expect(server.requests).toHaveLength(2)
  })

  it('does not ask again when it may not', async () => {
    const { result, server } = await list([status(403, { reason: 'Forbidden', message: 'User "eve" cannot list resource "pods"' })])

    await expect(result).rejects.toThrow('cannot list pods: not allowed (403 Forbidden): User "eve" cannot list resource "pods"')
    expect(server.requests).toHaveLength(1)
  })

  it('ends with its signal, in a request and in a wait', async () => {
    const inRequest = await list([() => {}])
    await until(() => inRequest.server.requests.length === 1)
    inRequest.stop.abort(new Error('enough'))
    await expect(inRequest.result).rejects.toThrow('enough')

    const inWait = await list([status(503, {})])
    await until(() => inWait.retries.length === 1)
    inWait.stop.abort(new Error('enough'))
    await expect(inWait.result).rejects.toThrow('enough')
  })
})
