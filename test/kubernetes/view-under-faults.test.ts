import { afterEach, describe, expect, it } from 'vitest'
import type { ClusterReader } from '../../src/cluster/cluster-state.ts'
import { isFinished } from '../../src/cluster/pod.ts'
import { recordKey } from '../../src/cluster/records.ts'
import { openClusterView } from '../../src/kubernetes/cluster-view.ts'
import { loadCluster } from '../../src/kubernetes/load-cluster.ts'
import { CLUSTER_RESOURCES } from '../../src/kubernetes/resources.ts'
import { startApiServer } from '../../src/simulation/api-server/server.ts'
import { budgetManifest, deploymentManifest, namespaceManifest } from '../../src/simulation/manifests.ts'
import { createRandom } from '../../src/simulation/random.ts'
import { createVirtualClock } from '../../src/simulation/virtual-clock.ts'
import { createMemoryRecorder, transportTo } from '../support/api-transport.ts'
import { until } from '../support/scripted-server.ts'
import { openShop } from '../support/shop.ts'

const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function openCluster(watchList: boolean) {
  const web = { namespace: 'shop', name: 'web', replicas: 12, annotations: { note: 'café' }, spread: [{ over: 'zone' as const }] }
  const shop = openShop([namespaceManifest('shop'), deploymentManifest(web), budgetManifest('shop', 'web', { maxUnavailable: 2 })])
  const server = await startApiServer(shop.store, { now: () => shop.clock.now(), watchList })
  const clock = createVirtualClock(shop.clock.now())
  const transport = transportTo(server.url, clock)
  const recorder = createMemoryRecorder()
  const stop = new AbortController()
  closing.push(
    () => shop.stop(),
    () => server.close(),
    () => transport.close(),
    () => stop.abort(),
  )
  return { shop, server, clock, transport, recorder, stop, options: { clock, random: () => 0, signal: stop.signal, recorder, gatherMs: 0 } }
}

/** Everything that a view is to show of a cluster: finished pods are no part of it. */
function contents(state: ClusterReader): readonly unknown[] {
  return CLUSTER_RESOURCES.map(({ kind }) => {
    const records = [...state.all(kind)].filter(record => record.kind !== 'Pod' || !isFinished(record))
    return records.sort((one, other) => (recordKey(one) < recordKey(other) ? -1 : 1))
  })
}

function same(one: ClusterReader, other: ClusterReader): boolean {
  return JSON.stringify(contents(one)) === JSON.stringify(contents(other))
}

describe.each([
  ['that streams lists', true],
  ['that does not', false],
])('a view of a server %s', { timeout: 60_000 }, (_, watchList) => {
  it('shows what is in the cluster, and follows it', async () => {
    const { shop, transport, options } = await openCluster(watchList)

    const view = openClusterView(transport, options)
    await view.synced
    expect(contents(view.state)).toEqual(contents(shop.state))

    shop.cordon('a1')
    shop.deletePod('shop', shop.podsOf('web')[0]!.metadata.name)
    shop.scale('deployments', 'shop', 'web', 15)
    shop.clock.advance(120_000)
    await until(() => same(view.state, shop.state))

    expect(contents(view.state)).toEqual(contents(shop.state))
    expect(view.state.count('Pod')).toBe(15)
  })

  it.each([1, 2, 3])('is right again after whatever went wrong (%i)', async seed => {
    const { shop, server, clock, transport, options } = await openCluster(watchList)
    const random = createRandom(seed)
    const view = openClusterView(transport, options)
    await view.synced
    const mishaps = [
      () =>
        server.faults.damageWatches(
          {},
          random.pick(['stall', 'reset', 'end', 'garbageLine', 'halfLine', 'halfCharacter', 'splitCharacters']),
        ),
      () => server.faults.next({ verb: 'watch', resource: 'pods' }, { kind: random.pick(['reset', 'cutAnswer', 'stall']) }),
      () => server.faults.next({ verb: 'list' }, { kind: random.pick(['reset', 'cutAnswer', 'stall']) }, 2),
      () => server.faults.next({}, { kind: 'throttle', retryAfterSeconds: 1 }, 3),
      () => server.faults.expireEverything(),
    ]
    const deeds = [
      () => shop.scale('deployments', 'shop', 'web', random.between(3, 18)),
      () => shop.cordon(random.pick(['a1', 'b1', 'c1'])),
      () => shop.uncordon(random.pick(['a1', 'b1', 'c1'])),
      () => shop.podsOf('web').length > 0 && shop.deletePod('shop', random.pick(shop.podsOf('web')).metadata.name),
      () => shop.restart('deployments', 'shop', 'web'),
    ]

    for (let round = 0; round < 15; round++) {
      random.pick(mishaps)()
      random.pick(deeds)()
      shop.clock.advance(random.between(1_000, 30_000))
      await clock.advanceAsync(random.between(0, 5_000))
      await until(() => true)
    }
    shop.clock.advance(120_000)
    // The client's time goes on until every wait and every watchdog is over.
    while (!same(view.state, shop.state)) {
      await clock.advanceAsync(100)
      await until(() => true)
    }

    expect(contents(view.state)).toEqual(contents(shop.state))
    expect(view.state.knows('Pod')).toBe(true)
  })
})

describe('a cluster listed once', () => {
  it('is what is there', async () => {
    const { shop, server, transport, options } = await openCluster(true)
    server.access.deny({ resource: 'services' })

    const { state } = await loadCluster(transport, options)

    expect(same(state, shop.state)).toBe(true)
    expect(state.knows('Service')).toBe(false)
  })
})
