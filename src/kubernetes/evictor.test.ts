import { afterEach, describe, expect, it, vi } from 'vitest'
import { transportTo } from '../../test/support/api-transport.ts'
import { sendJson, startScriptedServer, until } from '../../test/support/scripted-server.ts'
import type { ScriptedServer } from '../../test/support/scripted-server.ts'
import type { EvictionOutcome } from '../rebalancing/ports.ts'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import { createEvictor } from './evictor.ts'
import type { EvictorOptions } from './evictor.ts'
import type { Transport } from './transport.ts'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  vi.useRealTimers()
  for (const close of closing.splice(0).toReversed()) await close()
})

const forever = new AbortController().signal

async function evictorFor(answer: Parameters<typeof startScriptedServer>[0], options: Partial<EvictorOptions> = {}) {
  const server = await startScriptedServer(answer)
  const clock = createVirtualClock(0)
  const transport = transportTo(server.url, clock)
  closing.push(
    () => server.close(),
    () => transport.close(),
  )
  const evictor = createEvictor(transport, { clock, mayAct: () => true, perSecond: 1_000, ...options })
  const evict = (pod: string, priority = 0, signal = forever): Promise<EvictionOutcome> =>
    evictor.evict({ namespace: 'shop', pod, uid: `uid-of-${pod}`, priority }, signal)
  return { server, clock, evictor, evict }
}

/** The pods whose eviction was asked for, in order. */
function asked(server: ScriptedServer): readonly string[] {
  return server.requests.map(request => /pods\/(.*)\/eviction$/.exec(request)?.[1] ?? request)
}

describe('an eviction', () => {
  it('is a policy/v1 Eviction with the uid as precondition', async () => {
    const bodies: unknown[] = []
    const { server, evict } = await evictorFor(({ body }, response) => {
      bodies.push(JSON.parse(body))
      sendJson(response, 201, { kind: 'Status', status: 'Success' })
    })

    expect(await evict('web-1')).toEqual({ kind: 'Accepted' })
    expect(server.requests).toEqual(['POST /api/v1/namespaces/shop/pods/web-1/eviction'])
    expect(bodies).toEqual([
      {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: 'web-1', namespace: 'shop' },
        deleteOptions: { preconditions: { uid: 'uid-of-web-1' } },
      },
    ])
  })

  it('without an answer is lost at its deadline', async () => {
    const { server, clock, evict } = await evictorFor(() => {})

    const outcome = evict('web-1')
    await until(() => server.requests.length === 1)
    await clock.advanceAsync(30_000)

    expect(await outcome).toMatchObject({ kind: 'Lost', message: expect.stringContaining('within 30s') })
  })

  it('is lost when the connection breaks after it went out, and not when nobody listens', async () => {
    const broken = await evictorFor((_, response) => void response.socket?.destroy())
    expect(await broken.evict('web-1')).toMatchObject({ kind: 'Lost' })

    const gone = await evictorFor(() => {})
    await gone.server.close()
    expect(await gone.evict('web-1')).toMatchObject({ kind: 'Throttled', message: expect.stringContaining('connection refused') })
  })

  it('is not sent by a process that may no longer act, asked at the last moment', async () => {
    let leader = true
    const { server, evict } = await evictorFor(
      (_, response) => {
        leader = false
        sendJson(response, 201, {})
      },
      { concurrency: 1, mayAct: () => leader },
    )

    const outcomes = await Promise.all([evict('first'), evict('second')])

    expect(outcomes).toMatchObject([{ kind: 'Accepted' }, { kind: 'Throttled', message: 'not sent: this process may no longer act' }])
    expect(asked(server)).toEqual(['first'])
  })
})

describe('many evictions', () => {
  it('go out by priority', async () => {
    const { server, evict } = await evictorFor((_, response) => sendJson(response, 201, {}), { concurrency: 1 })

    await Promise.all([evict('first', 0), evict('low', -2), evict('high', 5), evict('middle', -1)])

    expect(asked(server)).toEqual(['first', 'high', 'middle', 'low'])
  })

  it('wait for their answers no more at a time than allowed', async () => {
    const waiting: (() => void)[] = []
    const { server, evict } = await evictorFor((_, response) => void waiting.push(() => sendJson(response, 201, {})), { concurrency: 2 })

    const outcomes = Promise.all(['a', 'b', 'c', 'd', 'e'].map(pod => evict(pod)))
    for (let answered = 0; answered < 5; answered++) {
      await until(() => waiting.length > answered)
      expect(server.requests.length - answered).toBeLessThanOrEqual(2)
      waiting[answered]?.()
    }

    expect(new Set((await outcomes).map(({ kind }) => kind))).toEqual(new Set(['Accepted']))
  })

  it('start five in any second', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
    const starts: number[] = []
    const started = Date.now()
    const transport: Transport = {
      server: '',
      request: () => {
        starts.push(Date.now() - started)
        return Promise.resolve({ status: 201, headers: {}, body: '' })
      },
      download: () => Promise.reject(new Error('no downloads here')),
      stream: () => Promise.reject(new Error('no streams here')),
      close: () => Promise.resolve(),
    }
    const evictor = createEvictor(transport, { clock: createVirtualClock(0), mayAct: () => true })

    const all = Promise.all(
      Array.from({ length: 12 }, (_, at) => evictor.evict({ namespace: 'shop', pod: `p${at}`, uid: '', priority: 0 }, forever)),
    )
    await vi.advanceTimersByTimeAsync(5_000)
    await all

    expect(starts).toEqual([0, 0, 0, 0, 0, 1000, 1000, 1000, 1000, 1000, 2000, 2000])
  })

  it('that still wait are taken back by their signal; what is out is given up as lost', async () => {
    const { server, evict } = await evictorFor(() => {}, { concurrency: 1 })
    const stop = new AbortController()

    const outcomes = Promise.all([evict('out', 0, stop.signal), evict('waiting', 0, stop.signal)])
    await until(() => server.requests.length === 1)
    stop.abort()

    expect(await outcomes).toMatchObject([{ kind: 'Lost' }, { kind: 'Throttled', message: 'not sent: taken back before its turn' }])
    expect(asked(server)).toEqual(['out'])
  })

  it('that still wait are taken back by drain, which ends when what is out is answered', async () => {
    let answer: (() => void) | undefined
    const { server, evictor, evict } = await evictorFor((_, response) => void (answer = () => sendJson(response, 201, {})), {
      concurrency: 1,
    })

    const outcomes = Promise.all([evict('out'), evict('waiting')])
    await until(() => answer !== undefined)
    let drained = false
    const draining = evictor.drain().then(() => (drained = true))
    await until(() => true)
    expect(drained).toBe(false)
    answer?.()
    await draining

    expect(await outcomes).toMatchObject([{ kind: 'Accepted' }, { kind: 'Throttled', message: 'not sent: taken back before its turn' }])
    expect(asked(server)).toEqual(['out'])
  })
})
