import { describe, expect, it } from 'vitest'
import { START } from '../../test/support/controller-world.ts'
import type { NodeRecord } from '../cluster/node.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { recordKey } from '../cluster/records.ts'
import { computeBudgetStatus } from '../scheduling/budget-arithmetic.ts'
import { createEmbeddedCluster, type EmbeddedCluster } from './embedded-cluster.ts'
import { nodeManifest } from './manifests.ts'
import { isReady, isTerminating } from './pod-facts.ts'
import { createRandom, type Random } from './random.ts'
import { threeZones, ZONES } from './scenarios/three-zones.ts'
import { createStoreMirror } from './store-mirror.ts'
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts'

const NODES = ZONES.flatMap(zone => [1, 2, 3].map(index => ({ name: `node-${zone.slice(-1)}${index}`, zone })))
const REPLICAS = { web: 12, cart: 6, checkout: 6, search: 3, ledger: 3 }
const SHOP = 'shop'

interface Chaos {
  readonly clock: VirtualClock
  readonly cluster: EmbeddedCluster
}

/** Half an hour in which anything may befall the shop, then peace. */
function chaos(seed: number): Chaos {
  const random = createRandom(seed)
  const clock = createVirtualClock(START, random.fork('interleaving'))
  const quirks = {
    choice: random.pick(['best', 'anyFeasible'] as const),
    lag: random.pick([0, 200, 3_000]),
    hiddenImages: random.chance(0.5),
  }
  const cluster = createEmbeddedCluster({ clock, seed, quirks, timings: { defaultToleration: 60_000 } })
  cluster.apply(...threeZones())
  cluster.start()
  for (let step = 0; step < 40; step++) {
    clock.advance(random.between(0, 90_000))
    mishap(cluster, random)
  }
  for (const { name, zone } of NODES) {
    if (cluster.objects.get('nodes', undefined, name) === undefined) cluster.apply(nodeManifest({ name, zone }))
    cluster.recoverNode(name)
    cluster.uncordon(name)
  }
  for (const [name, replicas] of Object.entries(REPLICAS)) cluster.scale('deployments', SHOP, name, replicas)
  clock.advance(20 * 60_000)
  return { clock, cluster }
}

function mishap(cluster: EmbeddedCluster, random: Random): void {
  const node = random.pick(NODES)
  const app = random.pick(Object.keys(REPLICAS))
  const exists = cluster.objects.get('nodes', undefined, node.name) !== undefined
  const mishaps: readonly (() => void)[] = [
    () => cluster.failNode(node.name),
    () => cluster.recoverNode(node.name),
    () => exists && cluster.cordon(node.name),
    () => exists && cluster.uncordon(node.name),
    () => exists && random.chance(0.3) && cluster.removeNode(node.name),
    () => !exists && cluster.apply(nodeManifest(node)),
    () => cluster.scale('deployments', SHOP, app, random.between(0, 12)),
    () => cluster.restart('deployments', SHOP, app),
    () => cluster.restart('statefulsets', SHOP, 'db'),
    () => {
      const pods = cluster.objects.list('pods')
      if (pods.length > 0) cluster.deletePod(SHOP, random.pick(pods).metadata.name)
    },
  ]
  random.pick(mishaps)()
}

const byKey = (records: Iterable<PodRecord | NodeRecord>): ReadonlyMap<string, PodRecord | NodeRecord> =>
  new Map(Array.from(records, record => [recordKey(record), record]))

describe('after any half hour of mishaps and twenty minutes of peace', () => {
  it.each(Array.from({ length: 12 }, (_, index) => index + 1))('all is as it should be (seed %i)', seed => {
    const { clock, cluster } = chaos(seed)
    const pods = cluster.objects.list('pods')
    const count = (app: string): number => pods.filter(pod => pod.metadata.labels?.['app'] === app).length

    // Every workload has its replicas, all of them Ready, none left behind, each on a node that exists.
    expect(Object.fromEntries(Object.keys(REPLICAS).map(app => [app, count(app)]))).toEqual(REPLICAS)
    expect(count('db')).toBe(3)
    expect(pods.filter(pod => !isReady(pod) || isTerminating(pod)).map(pod => pod.metadata.name)).toEqual([])
    expect(pods.filter(pod => cluster.objects.get('nodes', undefined, pod.spec?.nodeName ?? '') === undefined)).toEqual([])

    // Every node is Ready and free of taints.
    expect(cluster.objects.list('nodes').flatMap(node => node.spec?.taints ?? [])).toEqual([])

    // Each volume is used by one claim, and each database pod is in the zone of its volume.
    const volumes = cluster.objects.list('persistentvolumes')
    expect(volumes.map(volume => volume.spec?.claimRef?.name)).toHaveLength(3)

    // Budgets say what the arithmetic says now: their controller has caught up.
    for (const budget of cluster.state.all('PodDisruptionBudget')) {
      expect(computeBudgetStatus(cluster.state, budget, clock.now())).toEqual({ kind: 'synced', status: budget.status })
    }

    // The projected state followed every event: one that is built now is the same.
    const fresh = createStoreMirror(cluster.store, { clock }).state
    expect(byKey(cluster.state.pods())).toEqual(byKey(fresh.pods()))
    expect(byKey(cluster.state.nodes())).toEqual(byKey(fresh.nodes()))
  })
})
