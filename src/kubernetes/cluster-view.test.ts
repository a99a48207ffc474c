import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { createMemoryRecorder, transportTo } from '../../test/support/api-transport.ts'
import { failureOf, sendJson, startScriptedServer, until } from '../../test/support/scripted-server.ts'
import type { Delta } from '../cluster/cluster-state.ts'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import { openClusterView } from './cluster-view.ts'
import { loadCluster } from './load-cluster.ts'
import { CLUSTER_RESOURCES } from './resources.ts'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

function pod(name: string, more: object = {}): object {
  const metadata = { name, namespace: 'shop', uid: `uid-of-${name}`, resourceVersion: '5', creationTimestamp: '2026-11-21T09:00:00Z' }
  return { metadata, spec: { nodeName: 'n1', containers: [{ name: 'main', image: 'app' }] }, status: { phase: 'Running' }, ...more }
}

function node(name: string): object {
  return { metadata: { name, uid: `uid-of-${name}`, resourceVersion: '4', creationTimestamp: '2026-11-21T09:00:00Z' }, status: {} }
}

const OBJECTS: Readonly<Record<string, readonly object[]>> = { pods: [pod('web-1'), pod('web-2')], nodes: [node('n1')] }

type Answer = (response: ServerResponse) => void

/** An API server without streaming lists, and with an answer of its own for some kinds, by plural name. */
async function cluster(answers: Readonly<Record<string, Answer>> = {}) {
  const watches = new Map<string, ServerResponse>()
  const server = await startScriptedServer(({ path, query }, response) => {
    const plural = path.split('/').at(-1) ?? ''
    const answer = answers[plural]
    if (query.get('sendInitialEvents') === 'true' && answer === undefined) return sendJson(response, 422, { kind: 'Status', code: 422 })
    if (answer !== undefined) return answer(response)
    if (query.get('watch') === null) return sendJson(response, 200, { metadata: { resourceVersion: '7' }, items: OBJECTS[plural] ?? [] })
    watches.set(plural, response)
    response.writeHead(200).flushHeaders()
  })
  const clock = createVirtualClock(0)
  const transport = transportTo(server.url, clock)
  const recorder = createMemoryRecorder()
  const stop = new AbortController()
  closing.push(
    () => server.close(),
    () => transport.close(),
    () => Promise.resolve(stop.abort()),
  )
  const say = (plural: string, type: string, object: object): void =>
    void watches.get(plural)?.write(`${JSON.stringify({ type, object })}\n`)
  return {
    server,
    clock,
    transport,
    recorder,
    stop,
    watches,
    say,
    options: { clock, random: () => 0, signal: stop.signal, recorder, gatherMs: 0 },
  }
}

const refusal =
  (code: number, message: string): Answer =>
  response =>
    sendJson(response, code, { kind: 'Status', code, message })

describe('openClusterView', () => {
  it('tells once that the server is away, and not for every kind', async () => {
    const { server, transport, recorder, watches, options } = await cluster()
    const view = openClusterView(transport, options)
    await view.synced
    await until(() => watches.size === CLUSTER_RESOURCES.length)

    await server.close()
    await until(() => view.counters().every(({ counters }) => counters.failures === 1))

    expect(recorder.reasons()).toEqual(['RequestFailed'])
  })

  it('lists and watches every kind into one state', async () => {
    const { server, transport, options } = await cluster()

    const view = openClusterView(transport, options)
    await view.synced

    expect([...view.state.pods()].map(({ name }) => name)).toEqual(['web-1', 'web-2'])
    expect(CLUSTER_RESOURCES.filter(({ kind }) => !view.state.knows(kind))).toEqual([])
    expect(view.freshness()).toEqual(CLUSTER_RESOURCES.map(({ kind }) => ({ kind, required: true, synced: true, ageMs: 0 })))
    expect(view.counters().find(({ kind }) => kind === 'Pod')?.counters).toMatchObject({ lists: 1 })
    expect(server.requests).toContain('GET /api/v1/pods?fieldSelector=status.phase%21%3DSucceeded%2Cstatus.phase%21%3DFailed&limit=500')
    expect(server.requests).toContain('GET /apis/resource.k8s.io/v1/resourceclaims?limit=500')
  })

  it('tells who subscribes at once of every record as it comes, and is not synced before all have come', async () => {
    const { transport, options } = await cluster()
    const view = openClusterView(transport, options)
    const told: string[] = []
    view.subscribe(({ kind, key, before, after }) => {
      const isSynced = view.freshness().every(({ synced }) => synced)
      told.push(`${kind} ${key} ${before === undefined && after !== undefined ? 'is new' : ''}${isSynced ? ' too late' : ''}`)
    })

    await view.synced

    expect(told.toSorted()).toEqual(['Node n1 is new', 'Pod shop/web-1 is new', 'Pod shop/web-2 is new'])
  })

  it('tells every change in order, whatever one of the listeners does', async () => {
    const { transport, options, watches, say, recorder } = await cluster()
    const view = openClusterView(transport, options)
    await view.synced
    await until(() => watches.has('pods'))
    const told: string[] = []
    const name = ({ kind, key, before, after }: Delta): string =>
      `${before === undefined ? 'new' : after === undefined ? 'gone' : 'changed'} ${kind} ${key}`
    view.subscribe(() => {
      throw new Error('a mistake')
    })
    const unsubscribe = view.subscribe(delta => told.push(name(delta)))

    say('pods', 'ADDED', pod('web-3'))
    say('pods', 'MODIFIED', pod('web-1', { status: { phase: 'Pending' } }))
    say('pods', 'MODIFIED', pod('web-2'))
    say('pods', 'DELETED', pod('web-2'))
    await until(() => told.length === 3)
    unsubscribe()
    say('pods', 'DELETED', pod('web-1'))
    await until(() => view.state.count('Pod') === 1)

    expect(told).toEqual(['new Pod shop/web-3', 'changed Pod shop/web-1', 'gone Pod shop/web-2'])
    expect(recorder.told[0]).toMatchObject({ reason: 'ListenerFailed', message: 'a listener failed on Pod shop/web-3: a mistake' })
  })

  it('tells once what is odd about an object, however often that changes', async () => {
    const { transport, options, watches, say, recorder } = await cluster()
    const view = openClusterView(transport, options)
    await view.synced
    await until(() => watches.has('pods'))

    for (const phase of ['Running', 'Pending', 'Running'])
      say('pods', 'MODIFIED', pod('web-1', { spec: { nodeName: 7 }, status: { phase } }))
    say('pods', 'DELETED', pod('web-2'))
    await until(() => view.state.count('Pod') === 1)

    expect(recorder.reasons()).toEqual(['ObjectUnreadable'])
    expect(recorder.told[0]?.message).toContain('Pod shop/web-1: spec.nodeName')
  })

  it('takes in objects as large as etcd stores them, and what comes after them', async () => {
    const { transport, options, watches, say } = await cluster()
    const view = openClusterView(transport, options)
    await view.synced
    await until(() => watches.has('pods'))
    const like = (name: string, more: object): object => {
      const raw = pod(name) as { readonly metadata: object }
      return { ...raw, metadata: { ...raw.metadata, ...more } }
    }

    say('pods', 'ADDED', like('noted', { annotations: { note: 'é'.repeat(750_000) } }))
    say('pods', 'ADDED', like('labelled', { labels: Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`label-${n}`, 'x'])) }))
    say('pods', 'ADDED', like('usual', {}))
    await until(() => view.state.count('Pod') === 5)

    expect(view.state.pod('shop', 'noted')?.annotations.size).toBe(0)
    expect(view.state.pod('shop', 'labelled')?.labels.size).toBe(10_000)
    expect(view.counters().find(({ kind }) => kind === 'Pod')?.counters).toMatchObject({ garbageLines: 0, failures: 0, events: 3 })
  })

  it('carries on without an optional kind, which is then unknown and not empty', async () => {
    const { transport, options, recorder } = await cluster({
      resourceclaims: refusal(404, 'the server could not find the requested resource'),
      services: refusal(403, 'User "eve" cannot list resource "services"'),
    })

    const view = openClusterView(transport, options)
    await view.synced

    expect(view.state.knows('ResourceClaim')).toBe(false)
    expect(view.freshness().filter(({ required }) => !required)).toMatchObject([{ kind: 'Service' }, { kind: 'ResourceClaim' }])
    expect(recorder.reasons()).toEqual(['KindUnavailable', 'KindUnavailable'])
  })

  it('ends with verb and resource when a required kind is refused, and leaves nothing behind', async () => {
    const { server, clock, transport, options } = await cluster({ poddisruptionbudgets: refusal(403, 'User "eve" cannot') })

    await expect(openClusterView(transport, options).synced).rejects.toThrow(
      'cannot watch poddisruptionbudgets.policy: not allowed (403): User "eve" cannot',
    )

    const asked = server.requests.length
    await clock.advanceAsync(3_600_000)
    expect(server.requests).toHaveLength(asked)
  })

  it('waits for a server that is not there yet, saying so', async () => {
    let away = true
    const later: Answer = response => {
      if (away) sendJson(response, 503, { kind: 'Status', code: 503, message: 'starting' })
      else
        response
          .writeHead(200)
          .write(
            `${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } } } })}\n`,
          )
    }
    const { clock, transport, options, recorder } = await cluster({ nodes: later })

    const view = openClusterView(transport, options)
    await until(() => recorder.told.length === 1)
    expect(recorder.told[0]?.message).toBe('cannot watch nodes: the API server answered 503: starting')
    away = false
    await clock.advanceAsync(800)

    await view.synced
    expect(view.state.count('Node')).toBe(0)
  })

  it('ends with its signal, before it is connected and after', async () => {
    const before = await cluster({ nodes: () => {} })
    const { synced } = openClusterView(before.transport, before.options)
    await until(() => before.server.requests.some(request => request.includes('/nodes')))
    before.stop.abort(new Error('enough'))
    expect(await failureOf(synced)).toMatchObject({ message: 'enough' })

    const after = await cluster()
    const view = openClusterView(after.transport, after.options)
    await view.synced
    after.stop.abort()
    await view.stopped
    await after.transport.close()
    await until(() => after.server.open() === 0)
  })
})

describe('loadCluster', () => {
  it('lists every kind once and watches none', async () => {
    const { server, transport, options } = await cluster()

    const { state } = await loadCluster(transport, options)

    expect([...state.pods()].map(({ name }) => name)).toEqual(['web-1', 'web-2'])
    expect(state.knows('PodDisruptionBudget')).toBe(true)
    // One more request asks whether the server is there at all.
    expect(server.requests).toHaveLength(CLUSTER_RESOURCES.length + 1)
    expect(server.requests.filter(request => request.includes('watch='))).toEqual([])
  })

  it('gives what cannot be read of its objects along, so that whoever shows it says of replicas once what they share', async () => {
    const odd = pod('web-1', { spec: { nodeName: 7 } })
    const { transport, options, recorder } = await cluster({
      pods: response => sendJson(response, 200, { metadata: { resourceVersion: '7' }, items: [odd] }),
    })

    const { warnings } = await loadCluster(transport, options)

    expect(warnings).toEqual([{ kind: 'Pod', key: 'shop/web-1', problem: expect.stringContaining('spec.nodeName') }])
    expect(recorder.told).toEqual([])
  })

  it('carries on without an optional kind and ends with a sentence without a required one', async () => {
    const optional = await cluster({ csinodes: refusal(403, 'no') })
    expect((await loadCluster(optional.transport, optional.options)).state.knows('CSINode')).toBe(false)
    expect(optional.recorder.told).toMatchObject([
      { reason: 'KindUnavailable', message: expect.stringContaining('carrying on without csinodes') },
    ])

    const required = await cluster({ pods: refusal(403, 'no') })
    await expect(loadCluster(required.transport, required.options)).rejects.toThrow('cannot list pods: not allowed (403): no')
  })

  it('tries a few times before it gives up on a server that fails', async () => {
    const { clock, transport, options, recorder } = await cluster({ pods: refusal(500, 'broken') })

    const loading = failureOf(loadCluster(transport, options))
    for (const waitMs of [800, 1_600, 3_200, 6_400]) {
      await until(() => recorder.told.length === 1)
      expect(recorder.told[0]?.message).toBe('cannot list pods: the API server answered 500: broken; trying again')
      recorder.told.length = 0
      await clock.advanceAsync(waitMs)
    }

    expect(await loading).toMatchObject({ message: 'cannot list pods: the API server answered 500: broken' })
  })
})
