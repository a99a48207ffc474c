import { afterEach, describe, expect, it } from 'vitest'
import { clusterOf, makeWorkload } from '../../test/support/builders.ts'
import { createMemoryRecorder, transportTo } from '../../test/support/api-transport.ts'
import { sendJson, startScriptedServer, until } from '../../test/support/scripted-server.ts'
import type { Occurrence } from '../rebalancing/ports.ts'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import { createEventRecorder } from './event-recorder.ts'
import { recordTo } from './record-to.ts'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const evicted: Occurrence = {
  reason: 'Evicted',
  level: 'info',
  message: 'evicted so that it lands in zone c',
  about: { kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'u1' },
}

async function recorderFor(answer: Parameters<typeof startScriptedServer>[0] = (_, response) => sendJson(response, 201, {})) {
  const bodies: Record<string, unknown>[] = []
  const server = await startScriptedServer((request, response) => {
    bodies.push(JSON.parse(request.body) as Record<string, unknown>)
    answer(request, response)
  })
  const clock = createVirtualClock(Date.parse('2026-11-21T10:00:00.5Z'))
  const transport = transportTo(server.url, clock)
  closing.push(
    () => server.close(),
    () => transport.close(),
  )
  const stop = new AbortController()
  const log = createMemoryRecorder()
  const recorder = createEventRecorder(transport, {
    clock,
    instance: 'respread-0',
    cluster: () => clusterOf([makeWorkload('Deployment', 'web', { uid: 'u-web' })]),
    recorder: log,
    signal: stop.signal,
  })
  return { server, clock, bodies, recorder, log, stop }
}

describe('createEventRecorder', () => {
  it('writes an Event on the object that an occurrence is about', async () => {
    const { server, bodies, recorder } = await recorderFor()

    recorder.record(evicted)
    await until(() => recorder.counters().sent === 1)

    expect(server.requests).toEqual(['POST /apis/events.k8s.io/v1/namespaces/shop/events'])
    expect(bodies).toEqual([
      {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { generateName: 'web-1-', namespace: 'shop' },
        eventTime: '2026-11-21T10:00:00.500000Z',
        reportingController: 'respread.io/respread',
        reportingInstance: 'respread-0',
        action: 'Evicted',
        reason: 'Evicted',
        type: 'Normal',
        note: 'evicted so that it lands in zone c',
        regarding: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'u1' },
      },
    ])
  })

  it('names a workload with its uid, for kubectl describes an object with the Events of that uid', async () => {
    const { bodies, recorder } = await recorderFor()

    recorder.record({ ...evicted, about: { kind: 'Deployment', namespace: 'shop', name: 'web' } })
    recorder.record({ ...evicted, about: { kind: 'Rollout', namespace: 'shop', name: 'unknown' } })
    await until(() => recorder.counters().sent === 2)

    expect(bodies.map(({ regarding }) => regarding)).toEqual([
      { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', uid: 'u-web' },
      { apiVersion: 'v1', kind: 'Rollout', namespace: 'shop', name: 'unknown' },
    ])
  })

  it('puts what is about an object without namespace into the default one, and says nothing of what is about none', async () => {
    const { server, bodies, recorder } = await recorderFor()

    recorder.record({ reason: 'TooManyMisses', level: 'warning', message: 'stopped' })
    recorder.record({ reason: 'ObjectUnreadable', level: 'warning', message: 'no labels', about: { kind: 'Node', name: 'n1' } })
    await until(() => recorder.counters().sent === 1)

    expect(server.requests).toEqual(['POST /apis/events.k8s.io/v1/namespaces/default/events'])
    expect(bodies[0]).toMatchObject({ type: 'Warning', regarding: { apiVersion: 'v1', kind: 'Node', name: 'n1' } })
  })

  it('does not repeat itself for ten minutes', async () => {
    const { clock, recorder } = await recorderFor()

    recorder.record(evicted)
    recorder.record(evicted)
    await until(() => recorder.counters().sent === 1)
    clock.advance(599_999)
    recorder.record(evicted)
    clock.advance(1)
    recorder.record(evicted)
    await until(() => recorder.counters().sent === 2)

    expect(recorder.counters()).toEqual({ sent: 2, repeated: 2, dropped: 0, failed: 0 })
  })

  it('drops what is over the rate', async () => {
    const { recorder } = await recorderFor()

    for (let at = 0; at < 60; at++) recorder.record({ ...evicted, about: { kind: 'Pod', namespace: 'shop', name: `web-${at}` } })
    await until(() => recorder.counters().sent === 50)

    expect(recorder.counters()).toEqual({ sent: 50, repeated: 0, dropped: 10, failed: 0 })
  })

  it('counts what fails and goes on', async () => {
    const { server, recorder } = await recorderFor((_, response) => sendJson(response, 403, {}))

    recorder.record(evicted)
    await until(() => recorder.counters().failed === 1)
    await server.close()
    recorder.record({ ...evicted, message: 'once more' })
    await until(() => recorder.counters().failed === 2)

    expect(recorder.counters()).toMatchObject({ sent: 0, failed: 2 })
  })

  it('says once in a while why the server refuses Events', async () => {
    const { clock, recorder, log } = await recorderFor((_, response) => sendJson(response, 422, { kind: 'Status', message: 'not so' }))
    const tell = async (message: string, times: number): Promise<void> => {
      recorder.record({ ...evicted, message })
      await until(() => recorder.counters().failed === times)
    }

    await tell('one', 1)
    await tell('two', 2)
    clock.advance(600_000)
    await tell('three', 3)

    const message =
      'an Event was refused, and the log alone tells it: cannot create events.events.k8s.io in namespace shop: the API server answered 422: not so'
    expect(log.told).toEqual([1, 2].map(() => ({ reason: 'EventRefused', level: 'warning', message })))
  })

  it.each([
    ['about to go', 403, { details: { causes: [{ reason: 'NamespaceTerminating', message: 'namespace shop is being terminated' }] } }],
    ['gone', 404, {}],
  ])('does not complain where the namespace is %s', async (_, code, status) => {
    const { recorder, log } = await recorderFor((_request, response) => sendJson(response, code, { kind: 'Status', ...status }))

    recorder.record(evicted)
    await until(() => recorder.counters().failed === 1)

    expect(log.told).toEqual([])
  })

  it('cuts a long note to what the server takes, between characters', async () => {
    const { bodies, recorder } = await recorderFor()

    recorder.record({ ...evicted, message: 'ü'.repeat(1_000) })
    await until(() => recorder.counters().sent === 1)

    expect(bodies[0]?.['note']).toBe(`${'ü'.repeat(510)}...`)
  })

  it('waits at its end for what is under way', async () => {
    let answer = (): void => undefined
    const { server, recorder } = await recorderFor((_, response) => {
      answer = () => sendJson(response, 201, {})
    })
    recorder.record(evicted)
    await until(() => server.requests.length === 1)

    const drained = recorder.drain()
    answer()
    await drained

    expect(recorder.counters()).toMatchObject({ sent: 1, failed: 0 })
  })

  it('sends nothing after its signal, and lets go of what is under way', async () => {
    const { server, recorder, stop } = await recorderFor(() => {})
    recorder.record(evicted)
    await until(() => server.requests.length === 1)

    stop.abort()
    recorder.record({ ...evicted, message: 'too late' })
    await until(() => recorder.counters().failed === 1)

    expect(server.requests).toHaveLength(1)
  })
})

describe('recordTo', () => {
  it('tells everything to each', () => {
    const [one, two] = [createMemoryRecorder(), createMemoryRecorder()]

    recordTo(one, two).record(evicted)

    expect([one.told, two.told]).toEqual([[evicted], [evicted]])
  })
})
