import { afterEach, describe, expect, it } from 'vitest'
import { createMemoryRecorder, transportTo } from '../../test/support/api-transport.ts'
import { sendJson, startScriptedServer, until } from '../../test/support/scripted-server.ts'
import type { Clock } from '../rebalancing/ports.ts'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import type { VirtualClock } from '../simulation/virtual-clock.ts'
import { createLeaderElection } from './lease.ts'
import type { Transport } from './transport.ts'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

interface Lease {
  readonly metadata: { readonly resourceVersion?: string; readonly labels?: object }
  readonly spec: Record<string, unknown>
}

const MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/

/** An API server with one lease, which it guards by its version as the real one does. */
async function leaseServer(clock: VirtualClock) {
  const world = { lease: undefined as Lease | undefined, version: 0, beforeWrite: () => {} }
  let underWay = 0
  const server = await startScriptedServer(({ method, path, body }, response) => {
    if (method === 'GET')
      return world.lease === undefined ? sendJson(response, 404, { kind: 'Status', code: 404 }) : sendJson(response, 200, world.lease)
    const wanted = JSON.parse(body) as Lease
    world.beforeWrite()
    for (const time of ['acquireTime', 'renewTime']) {
      if (!MICRO_TIME.test(String(wanted.spec[time])))
        return sendJson(response, 400, { kind: 'Status', code: 400, message: `${time} is no MicroTime` })
    }
    const overtaken =
      method === 'POST' ? world.lease !== undefined : wanted.metadata.resourceVersion !== world.lease?.metadata.resourceVersion
    if (overtaken) return sendJson(response, 409, { kind: 'Status', code: 409, reason: 'Conflict' })
    expect(path).toBe(`/apis/coordination.k8s.io/v1/namespaces/respread/leases${method === 'POST' ? '' : '/respread'}`)
    world.version += 1
    world.lease = { ...wanted, metadata: { ...wanted.metadata, resourceVersion: String(world.version) } }
    sendJson(response, method === 'POST' ? 201 : 200, world.lease)
  })
  closing.push(() => server.close())

  /** A process that wants the lease; `skewMs` is how far its wall clock is off. */
  const candidate = (identity: string, skewMs = 0) => {
    const own: Clock = { ...clock, now: () => clock.now() + skewMs }
    const transport = transportTo(server.url, own)
    const counted: Transport = {
      ...transport,
      async request(...call) {
        underWay += 1
        try {
          return await transport.request(...call)
        } finally {
          underWay -= 1
        }
      },
    }
    const recorder = createMemoryRecorder()
    const election = createLeaderElection({
      transport: counted,
      namespace: 'respread',
      name: 'respread',
      identity,
      clock: own,
      random: () => 0,
      recorder,
    })
    const stop = new AbortController()
    const changes: boolean[] = []
    election.subscribe(() => changes.push(election.mayAct()))
    let running = Promise.resolve()
    closing.push(async () => {
      stop.abort()
      await running
      await transport.close()
    })
    return {
      ...election,
      recorder,
      changes,
      start: () => void (running = election.run(stop.signal)),
      stop: async () => {
        stop.abort()
        await running
      },
      /** Breaks off everything that this process asks. */
      cutOff: () => void transport.close(),
    }
  }

  /** Lets time pass in small steps, each only when no request is under way, and has `watch` look at each. */
  const pass = async (ms: number, watch: () => void = () => {}): Promise<void> => {
    for (const end = clock.monotonic() + ms; clock.monotonic() < end;) {
      await clock.advanceAsync(500)
      await until(() => underWay === 0)
      watch()
    }
  }
  return { server, world, candidate, pass }
}

const START = Date.parse('2026-11-21T10:00:00.123Z')

describe('leader election', { timeout: 60_000 }, () => {
  it('takes a lease that nobody has, in the form that the server wants, and renews it', async () => {
    const clock = createVirtualClock(START)
    const { world, candidate, pass } = await leaseServer(clock)
    const one = candidate('one')
    expect(one.mayAct()).toBe(false)

    one.start()
    await until(() => one.mayAct())

    expect(world.lease?.spec).toEqual({
      holderIdentity: 'one',
      leaseDurationSeconds: 60,
      acquireTime: '2026-11-21T10:00:00.123000Z',
      renewTime: '2026-11-21T10:00:00.123000Z',
      leaseTransitions: 0,
    })
    await pass(30_000)
    expect(one.mayAct()).toBe(true)
    expect(world.lease?.spec).toMatchObject({ acquireTime: '2026-11-21T10:00:00.123000Z', leaseTransitions: 0 })
    expect(world.lease?.spec['renewTime']).not.toBe('2026-11-21T10:00:00.123000Z')
    expect(one.changes).toEqual([true])
  })

  it('hands the lease over when its holder stops: no waiting for it to expire', async () => {
    const clock = createVirtualClock(START)
    const { world, candidate, pass } = await leaseServer(clock)
    const [one, two] = [candidate('one'), candidate('two')]
    one.start()
    await until(() => one.mayAct())
    two.start()
    await pass(10_000)
    expect(two.mayAct()).toBe(false)

    await one.stop()
    expect(one.mayAct()).toBe(false)
    expect(world.lease?.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 })
    await pass(6_000)

    expect(two.mayAct()).toBe(true)
    expect(world.lease?.spec).toMatchObject({ holderIdentity: 'two', leaseTransitions: 1 })
    expect(one.changes).toEqual([true, false])
  })

  it.each([
    ['clocks agree', 0],
    ['the clock of the other is an hour ahead', 3_600_000],
    ['the clock of the other is an hour behind', -3_600_000],
  ])(
    'never lets two act, nor one begin while an eviction of the other may be under way, when the holder is cut off and %s',
    async (_, skewMs) => {
      const clock = createVirtualClock(START)
      const { candidate, pass } = await leaseServer(clock)
      const [one, two] = [candidate('one'), candidate('two', skewMs)]
      one.start()
      await until(() => one.mayAct())
      two.start()
      await pass(12_000)

      one.cutOff()
      let lastActed = clock.monotonic()
      let firstActed = Infinity
      await pass(90_000, () => {
        if (one.mayAct()) lastActed = clock.monotonic()
        if (two.mayAct()) firstActed = Math.min(firstActed, clock.monotonic())
      })

      expect(two.mayAct()).toBe(true)
      expect(firstActed - lastActed).toBeGreaterThan(30_000)
      expect(one.recorder.reasons()).toEqual(expect.arrayContaining(['LeaseUnreachable', 'LeaseNotRenewed']))
    },
  )

  it('stops acting on the spot when it sees that another has the lease, and waits for it again', async () => {
    const clock = createVirtualClock(START)
    const { world, candidate, pass } = await leaseServer(clock)
    const one = candidate('one')
    one.start()
    await until(() => one.mayAct())
    const { lease } = world
    world.lease = { metadata: { resourceVersion: 'x' }, spec: { ...lease?.spec, holderIdentity: 'intruder', leaseDurationSeconds: 60 } }

    await pass(6_000)
    expect(one.mayAct()).toBe(false)
    expect(one.recorder.told.at(-1)).toMatchObject({
      reason: 'LeaseLost',
      message: expect.stringContaining('intruder has taken the lease respread/respread'),
    })
    await pass(66_000)

    expect(one.mayAct()).toBe(true)
    expect(one.changes).toEqual([true, false, true])
  })

  it('respects a lease that something else holds without saying for how long', async () => {
    const clock = createVirtualClock(START)
    const { world, candidate, pass } = await leaseServer(clock)
    world.lease = { metadata: { resourceVersion: '0' }, spec: { holderIdentity: 'something-else' } }
    const one = candidate('one')
    one.start()
    await pass(50_000)

    expect(one.mayAct()).toBe(false)
    expect(world.lease.spec).toEqual({ holderIdentity: 'something-else' })
  })

  it('is not put off by somebody who changes the object but not the holder', async () => {
    const clock = createVirtualClock(START)
    const { world, candidate, pass } = await leaseServer(clock)
    const one = candidate('one')
    one.start()
    await until(() => one.mayAct())

    let labelled = false
    world.beforeWrite = () => {
      if (labelled || world.lease === undefined) return
      labelled = true
      world.lease = { ...world.lease, metadata: { ...world.lease.metadata, labels: { team: 'a' }, resourceVersion: 'labelled' } }
    }
    await pass(6_000)

    expect(labelled).toBe(true)
    expect(world.lease?.metadata.labels).toEqual({ team: 'a' })
    await pass(14_000)
    expect(one.changes).toEqual([true])
  })

  it('lets only one of two that try at the same moment have it', async () => {
    const clock = createVirtualClock(START)
    const { candidate, pass } = await leaseServer(clock)
    const [one, two] = [candidate('one'), candidate('two')]

    one.start()
    two.start()
    await pass(10_000)

    expect([one.mayAct(), two.mayAct()].filter(Boolean)).toHaveLength(1)
  })

  it('tells a server that it cannot reach once, not at every try', async () => {
    const clock = createVirtualClock(START)
    const { server, candidate, pass } = await leaseServer(clock)
    const one = candidate('one')
    await server.close()

    one.start()
    await pass(30_000)

    expect(one.recorder.reasons()).toEqual(['LeaseUnreachable'])
  })
})

describe('acquireOnce', { timeout: 60_000 }, () => {
  it('takes a free lease, which run then keeps', async () => {
    const clock = createVirtualClock(START)
    const { candidate, pass } = await leaseServer(clock)
    const one = candidate('one')

    expect(await one.acquireOnce(new AbortController().signal)).toEqual({ held: true })
    one.start()
    await pass(30_000)

    expect(one.mayAct()).toBe(true)
    expect(one.changes).toEqual([true])
  })

  it('says who holds it, at once', async () => {
    const clock = createVirtualClock(START)
    const { candidate } = await leaseServer(clock)
    await candidate('one').acquireOnce(new AbortController().signal)

    expect(await candidate('two').acquireOnce(new AbortController().signal)).toEqual({ held: false, holder: 'one' })
  })

  it('watches a lease that looks abandoned for as long as it lasts, and then takes it', async () => {
    const clock = createVirtualClock(START)
    const { candidate, pass } = await leaseServer(clock)
    await candidate('crashed').acquireOnce(new AbortController().signal)
    await clock.advanceAsync(600_000)
    const began = clock.monotonic()
    let took = Infinity

    const acquired = candidate('two').acquireOnce(new AbortController().signal)
    void acquired.then(() => (took = clock.monotonic()))
    await pass(70_000)

    expect(await acquired).toEqual({ held: true })
    expect(took - began).toBeGreaterThanOrEqual(60_000)
  })

  it('gives up when the lease that looked abandoned is renewed after all', async () => {
    const clock = createVirtualClock(START)
    const { candidate, pass } = await leaseServer(clock)
    const slow = candidate('slow', -3_600_000)
    slow.start()
    await until(() => slow.mayAct())

    const acquired = candidate('two').acquireOnce(new AbortController().signal)
    await pass(12_000)

    expect(await acquired).toEqual({ held: false, holder: 'slow' })
  })

  it('fails with a sentence when it may not', async () => {
    const server = await startScriptedServer((_, response) =>
      sendJson(response, 403, { kind: 'Status', code: 403, reason: 'Forbidden', message: 'User "eve" cannot get resource "leases"' }),
    )
    const clock = createVirtualClock(START)
    const transport = transportTo(server.url, clock)
    closing.push(
      () => server.close(),
      () => transport.close(),
    )
    const options = {
      transport,
      namespace: 'respread',
      name: 'respread',
      identity: 'one',
      clock,
      random: () => 0,
      recorder: createMemoryRecorder(),
    }

    await expect(createLeaderElection(options).acquireOnce(new AbortController().signal)).rejects.toThrow(
      'cannot get leases.coordination.k8s.io in namespace respread: not allowed (403 Forbidden): User "eve" cannot get resource "leases"',
    )
  })
})
