import { afterEach, describe, expect, it } from 'vitest'
import { createEventRecorder } from '../../src/kubernetes/event-recorder.ts'
import { createEvictor } from '../../src/kubernetes/evictor.ts'
import { createHistoryStore } from '../../src/kubernetes/history-store.ts'
import { createLeaderElection } from '../../src/kubernetes/lease.ts'
import { describeMissing, missingPermissions, permissionsToRun } from '../../src/kubernetes/permissions.ts'
import type { EvictionOutcome } from '../../src/rebalancing/ports.ts'
import type { Fault } from '../../src/simulation/api-server/faults.ts'
import { webhookDenial } from '../../src/simulation/api-server/faults.ts'
import { startApiServer } from '../../src/simulation/api-server/server.ts'
import { budgetManifest, deploymentManifest, namespaceManifest } from '../../src/simulation/manifests.ts'
import { createMemoryRecorder, transportTo } from '../support/api-transport.ts'
import { until } from '../support/scripted-server.ts'
import { openShop } from '../support/shop.ts'

const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const signal = new AbortController().signal

async function openCluster() {
  const app = (name: string, replicas: number) => deploymentManifest({ namespace: 'shop', name, replicas })
  const second = { ...budgetManifest('shop', 'twice', { maxUnavailable: 1 }), metadata: { namespace: 'shop', name: 'twice-again' } }
  const shop = openShop([
    namespaceManifest('shop'),
    namespaceManifest('respread'),
    app('web', 4),
    app('frozen', 2),
    app('twice', 2),
    budgetManifest('shop', 'web', { maxUnavailable: 1 }),
    budgetManifest('shop', 'frozen', { maxUnavailable: 0 }),
    budgetManifest('shop', 'twice', { maxUnavailable: 1 }),
    second,
  ])
  const server = await startApiServer(shop.store, { now: () => shop.clock.now(), user: 'eve' })
  const transport = transportTo(server.url, shop.clock)
  closing.push(
    () => shop.stop(),
    () => server.close(),
    () => transport.close(),
  )
  return { shop, server, transport, clock: shop.clock }
}

describe('evictions, as the API server answers them', () => {
  async function openEvictor() {
    const cluster = await openCluster()
    const evictor = createEvictor(cluster.transport, { clock: cluster.clock, mayAct: () => true, perSecond: 1_000 })
    const evict = (app: string, uid?: string): Promise<EvictionOutcome> => {
      const { name, uid: actual } = cluster.shop.podsOf(app)[0]!.metadata
      return evictor.evict({ namespace: 'shop', pod: name, uid: uid ?? actual ?? '', priority: 0 }, signal)
    }
    return { ...cluster, evictor, evict }
  }

  it('are accepted, refused by a used-up budget, by a frozen one and by two', async () => {
    const { shop, evict } = await openEvictor()

    expect(await evict('web')).toEqual({ kind: 'Accepted' })
    expect(shop.objects.list('pods').filter(pod => pod.metadata.deletionTimestamp !== undefined)).toHaveLength(1)
    expect(await evict('web')).toMatchObject({ kind: 'BudgetExhausted' })
    expect(await evict('frozen')).toEqual({
      kind: 'BudgetExhausted',
      message: 'The disruption budget frozen needs 2 healthy pods and has 2 currently',
    })
    expect(await evict('twice')).toMatchObject({ kind: 'SeveralBudgets' })
  })

  it('never touch another pod of the same name', async () => {
    const { shop, evictor, evict } = await openEvictor()

    expect(await evict('web', 'uid-of-its-predecessor')).toMatchObject({ kind: 'Replaced' })
    expect(await evictor.evict({ namespace: 'shop', pod: 'gone', uid: 'u', priority: 0 }, signal)).toEqual({ kind: 'Gone' })
    expect(shop.objects.list('pods').filter(pod => pod.metadata.deletionTimestamp !== undefined)).toEqual([])
  })

  it('are known to be refused for want of permission', async () => {
    const { server, evict } = await openEvictor()
    server.access.deny({ resource: 'pods', subresource: 'eviction' })

    expect(await evict('web')).toMatchObject({
      kind: 'Forbidden',
      message: expect.stringContaining('User "eve" cannot create resource "pods/eviction"'),
    })
  })

  it.each<[what: string, fault: Fault, expected: object]>([
    ['by a webhook', webhookDenial('guard', 'not on Fridays'), { kind: 'RefusedByWebhook' }],
    ['by a busy server', { kind: 'throttle', retryAfterSeconds: 4 }, { kind: 'Throttled', retryAfterMs: 4_000 }],
    ['and the answer lost', { kind: 'loseAnswer' }, { kind: 'Lost' }],
    ['and the answer cut', { kind: 'cutAnswer' }, { kind: 'Lost' }],
  ])('may be stopped on the way: %s', async (_, fault, expected) => {
    const { server, evict } = await openEvictor()
    server.faults.next({ subresource: 'eviction' }, fault)

    expect(await evict('web')).toMatchObject(expected)
  })
})

describe('the objects of respread itself', () => {
  it('are a lease that one holds at a time', async () => {
    const { shop, transport, clock } = await openCluster()
    const candidate = (identity: string) =>
      createLeaderElection({
        transport,
        namespace: 'respread',
        name: 'respread',
        identity,
        clock,
        random: () => 0,
        recorder: createMemoryRecorder(),
      })
    const [one, two] = [candidate('one'), candidate('two')]
    const stop = new AbortController()

    expect(await one.acquireOnce(signal)).toEqual({ held: true })
    expect(await two.acquireOnce(signal)).toEqual({ held: false, holder: 'one' })
    stop.abort()
    await one.run(stop.signal)
    expect(shop.store.get('leases', 'respread', 'respread')?.['spec']).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 })
    expect(await two.acquireOnce(signal)).toEqual({ held: true })
    expect(shop.store.get('leases', 'respread', 'respread')?.['spec']).toMatchObject({ holderIdentity: 'two', leaseTransitions: 1 })
  })

  it('are a history in a ConfigMap', async () => {
    const { transport, clock } = await openCluster()
    const open = () => createHistoryStore(transport, { clock, namespace: 'respread', name: 'respread-history' })
    const [one, two] = [open(), open()]

    expect(await one.load()).toBeUndefined()
    await one.save('first')
    await one.save('second')
    expect(await two.load()).toBe('second')
    await two.save('third')
    await expect(one.save('late')).rejects.toThrow('changed by somebody else')
  })

  it('are Events', async () => {
    const { shop, transport, clock } = await openCluster()
    const recorder = createEventRecorder(transport, { clock, instance: 'respread-0', signal })
    const { name, uid } = shop.podsOf('web')[0]!.metadata

    recorder.record({
      reason: 'Evicted',
      level: 'info',
      message: 'moved',
      about: { kind: 'Pod', namespace: 'shop', name, ...(uid !== undefined && { uid }) },
    })
    await until(() => recorder.counters().sent + recorder.counters().failed === 1)

    expect(recorder.counters()).toMatchObject({ sent: 1, failed: 0 })
    expect(shop.store.list('events', 'shop')).toContainEqual(
      expect.objectContaining({ reason: 'Evicted', note: 'moved', action: 'Evicted' }),
    )
  })

  it('need permissions, all of which are asked for at once', async () => {
    const { server, transport, clock } = await openCluster()
    const wanted = permissionsToRun({ namespace: 'respread', leaseName: 'respread', historyName: 'respread-history', dryRun: false })
    expect(await missingPermissions(transport, wanted, { clock, signal })).toEqual([])

    server.access.deny({ verb: 'watch', resource: 'poddisruptionbudgets' })
    server.access.deny({ subresource: 'eviction' })

    expect(describeMissing(await missingPermissions(transport, wanted, { clock, signal }))).toBe(
      'not allowed to watch poddisruptionbudgets.policy, create pods/eviction',
    )
  })
})
