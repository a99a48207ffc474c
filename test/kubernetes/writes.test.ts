import { afterEach, describe, expect, it } from 'vitest'
import { createClusterState } from '../../src/cluster/cluster-state.ts'
import { createAnnotator } from '../../src/kubernetes/annotator.ts'
import { createEventRecorder } from '../../src/kubernetes/event-recorder.ts'
import { createEvictor } from '../../src/kubernetes/evictor.ts'
import { createHistoryStore } from '../../src/kubernetes/history-store.ts'
import { createLeaderElection } from '../../src/kubernetes/lease.ts'
import { createOwnConfigMap } from '../../src/kubernetes/own-config-map.ts'
import { describeMissing, missingPermissions, permissionsToRun } from '../../src/kubernetes/permissions.ts'
import type { Transport } from '../../src/kubernetes/transport.ts'
import type { AnnotationOutcome, EvictionOutcome } from '../../src/rebalancing/ports.ts'
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

  it('wait for a budget whose count is out of order, which is no missing permission', async () => {
    const { shop, evict } = await openEvictor()
    shop.objects.update('poddisruptionbudgets', { namespace: 'shop', name: 'web' }, budget => ({
      ...budget,
      status: { ...budget.status, disruptionsAllowed: -1 },
    }))

    expect(await evict('web')).toMatchObject({
      kind: 'BudgetLagging',
      message: expect.stringContaining('poddisruptionbudget.policy "web" is forbidden'),
    })
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

describe('deletion costs, as the API server takes them', () => {
  const COST = 'controller.kubernetes.io/pod-deletion-cost'
  const SET = 'respread.io/deletion-cost-set'

  async function openAnnotator(between: (annotate: (annotations: Readonly<Record<string, string>>) => void) => void = () => {}) {
    const cluster = await openCluster()
    const { name, uid = '' } = cluster.shop.podsOf('web')[0]!.metadata
    const annotations = () => cluster.shop.objects.get('pods', 'shop', name)?.metadata.annotations
    const annotate = (added: Readonly<Record<string, string>>): void => {
      cluster.shop.objects.update('pods', { namespace: 'shop', name }, pod => ({
        ...pod,
        metadata: { ...pod.metadata, annotations: { ...pod.metadata.annotations, ...added } },
      }))
    }
    const transport: Transport = {
      ...cluster.transport,
      request: async (method, path, options) => {
        const answer = await cluster.transport.request(method, path, options)
        if (method === 'GET') between(annotate)
        return answer
      },
    }
    const annotator = createAnnotator(transport, { clock: cluster.clock, mayAct: () => true, perSecond: 1_000 })
    const set = (cost: number | undefined, of = uid): Promise<AnnotationOutcome> =>
      annotator.setDeletionCost({ namespace: 'shop', pod: name, uid: of, cost }, signal)
    return { ...cluster, annotator, set, annotate, annotations, name }
  }

  it('are written beside a note of what was written, changed, and taken back, and nothing else is touched', async () => {
    const { set, annotate, annotations } = await openAnnotator()
    annotate({ note: 'of somebody else' })

    expect(await set(-4)).toEqual({ kind: 'Written' })
    expect(annotations()).toEqual({ note: 'of somebody else', [COST]: '-4', [SET]: '-4' })
    expect(await set(-4)).toEqual({ kind: 'Unchanged' })
    expect(await set(-3)).toEqual({ kind: 'Written' })
    expect(annotations()).toEqual({ note: 'of somebody else', [COST]: '-3', [SET]: '-3' })
    expect(await set(undefined)).toEqual({ kind: 'Written' })
    expect(annotations()).toEqual({ note: 'of somebody else' })
    expect(await set(undefined)).toEqual({ kind: 'Unchanged' })
  })

  it.each<[string, Readonly<Record<string, string>>]>([
    ['somebody else has set', { [COST]: '100' }],
    ['somebody else has changed', { [COST]: '100', [SET]: '-4' }],
  ])('that %s stay as they are', async (_, found) => {
    const { set, annotate, annotations } = await openAnnotator()
    annotate(found)

    expect(await set(-4)).toEqual({ kind: 'Foreign' })
    expect(annotations()).toEqual(found)
    await set(undefined)
    expect(annotations()).toEqual({ [COST]: '100' })
  })

  it('that somebody else sets between look and write win', async () => {
    const { set, annotations } = await openAnnotator(annotate => annotate({ [COST]: '100' }))

    expect(await set(-4)).toMatchObject({ kind: 'Conflict' })
    expect(annotations()).toEqual({ [COST]: '100' })
  })

  it('never reach another pod of the same name, nor one on its way out', async () => {
    const { shop, annotator, set, name, annotations } = await openAnnotator()

    expect(await set(-4, 'uid-of-its-predecessor')).toEqual({ kind: 'Gone' })
    expect(await annotator.setDeletionCost({ namespace: 'shop', pod: 'gone', uid: 'u', cost: -4 }, signal)).toEqual({ kind: 'Gone' })
    shop.deletePod('shop', name)
    expect(await set(-4)).toEqual({ kind: 'Gone' })
    expect(annotations()).toBeUndefined()
  })

  it('are known to be refused for want of permission', async () => {
    const { server, set } = await openAnnotator()
    server.access.deny({ verb: 'patch', resource: 'pods' })

    expect(await set(-4)).toMatchObject({ kind: 'Forbidden', message: expect.stringContaining('User "eve" cannot patch resource "pods"') })
  })

  it.each<[what: string, fault: Fault, expected: object]>([
    ['by a webhook', webhookDenial('guard', 'not on Fridays'), { kind: 'RefusedByWebhook' }],
    ['by a busy server', { kind: 'throttle', retryAfterSeconds: 4 }, { kind: 'Throttled', retryAfterMs: 4_000 }],
    ['and the answer lost', { kind: 'loseAnswer' }, { kind: 'Lost' }],
  ])('may be stopped on the way: %s', async (_, fault, expected) => {
    const { server, set } = await openAnnotator()
    server.faults.next({ verb: 'patch', resource: 'pods' }, fault)

    expect(await set(-4)).toMatchObject(expected)
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
    const open = () => createHistoryStore(createOwnConfigMap(transport, { clock, namespace: 'respread', name: 'respread-history' }))
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
    const recorder = createEventRecorder(transport, {
      clock,
      instance: 'respread-0',
      cluster: () => createClusterState(),
      recorder: createMemoryRecorder(),
      signal,
    })
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
    const wanted = permissionsToRun({
      namespace: 'respread',
      leaseName: 'respread',
      historyName: 'respread-history',
      dryRun: false,
      deletionCosts: true,
    })
    expect(await missingPermissions(transport, wanted, { clock, random: () => 0, signal })).toEqual([])

    server.access.deny({ verb: 'watch', resource: 'poddisruptionbudgets' })
    server.access.deny({ subresource: 'eviction' })
    server.access.deny({ verb: 'patch', resource: 'pods' })

    expect(describeMissing(await missingPermissions(transport, wanted, { clock, random: () => 0, signal }))).toBe(
      'not allowed to watch poddisruptionbudgets.policy, create pods/eviction, patch pods',
    )
  })
})
