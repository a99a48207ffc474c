import { describe, expect, it } from 'vitest'
import { openShop, type Shop } from '../../../test/support/shop.ts'
import { findCondition } from '../conditions.ts'
import { deploymentManifest, nodeManifest, statefulSetManifest, zonalStorageClass, type WorkloadManifest } from '../manifests.ts'
import type { RawObject } from '../object-store.ts'
import { isReady } from '../pod-facts.ts'

const web = (changes: Partial<WorkloadManifest> = {}): ReturnType<typeof deploymentManifest> =>
  deploymentManifest({ namespace: 'default', name: 'web', replicas: 6, spread: [{ over: 'zone', hard: true }], ...changes })

const barePod = (name: string, asks: { readonly cpu: string; readonly class?: string }): RawObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'default', name },
  spec: {
    containers: [{ name, resources: { requests: { cpu: asks.cpu } } }],
    ...(asks.class !== undefined && { priorityClassName: asks.class }),
  },
})

const nodesOf = (shop: Shop): readonly (string | undefined)[] => shop.podsOf('web').map(pod => pod.spec?.nodeName)
const refusalOf = (shop: Shop): string | undefined => {
  const pending = shop.podsOf('web').find(pod => pod.spec?.nodeName === undefined)
  return findCondition(pending?.status?.conditions, 'PodScheduled')?.message
}

describe('the embedded scheduler', () => {
  it('spreads as the constraints say', () => {
    expect(openShop([web()]).spread('web')).toEqual({ a: 2, b: 2, c: 2 })
  })

  it('labels each pod with the zone that it lands in', () => {
    const shop = openShop([web()])
    const zones = shop.podsOf('web').map(pod => [pod.metadata.labels?.['topology.kubernetes.io/zone'], pod.spec?.nodeName?.charAt(0)])

    expect(zones).toHaveLength(6)
    for (const [label, zone] of zones) expect(label).toBe(zone)
  })

  it('says why a pod does not fit, in the words of kube-scheduler', () => {
    const shop = openShop([web({ replicas: 1, cpu: '64' })])

    expect(refusalOf(shop)).toBe('0/9 nodes are available: 9 Insufficient cpu.')
    expect(findCondition(shop.podsOf('web')[0]?.status?.conditions, 'PodScheduled')).toMatchObject({
      status: 'False',
      reason: 'Unschedulable',
    })
  })

  it('tries again when a node appears that has room', () => {
    const shop = openShop([web({ replicas: 1, cpu: '8', spread: [] })])
    shop.apply(nodeManifest({ name: 'b9', zone: 'b', cpu: '16', ready: true }))

    shop.clock.advance(30_000)

    expect(nodesOf(shop)).toEqual(['b9'])
  })

  it('tries again when a pod goes and leaves room', () => {
    const filler = deploymentManifest({
      namespace: 'default',
      name: 'filler',
      replicas: 3,
      cpu: '3',
      spread: [{ over: 'zone', hard: true }],
    })
    const shop = openShop([filler], { nodesPerZone: 1 })
    shop.apply(web({ replicas: 1, cpu: '2', spread: [] }))
    shop.clock.advance(60_000)
    expect(nodesOf(shop)).toEqual([undefined])

    shop.scale('deployments', 'default', 'filler', 2)
    shop.clock.advance(30_000)

    expect(nodesOf(shop)[0]).toBeDefined()
  })

  it('takes the pod of the highest priority first when room is scarce', () => {
    const high = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 1_000 }
    const pods = ['low-1', 'low-2', 'low-3', 'high-1', 'high-2', 'high-3'].map(name =>
      barePod(name, { cpu: '3', class: name.slice(0, -2) }),
    )

    const shop = openShop([high, { ...high, metadata: { name: 'low' }, value: 1 }, ...pods], { nodesPerZone: 1 })

    const placed = shop.objects.list('pods').filter(pod => pod.spec?.nodeName !== undefined)
    expect(placed.map(pod => pod.metadata.name)).toEqual(['high-1', 'high-2', 'high-3'])
  })

  it('leaves pods alone that name another scheduler or are gated', () => {
    const shop = openShop([
      web({ replicas: 1, podSpec: { schedulerName: 'somebody-else' } }),
      deploymentManifest({ namespace: 'default', name: 'gated', replicas: 1, podSpec: { schedulingGates: [{ name: 'wait' }] } }),
    ])

    expect([shop.spread('web'), shop.spread('gated')]).toEqual([{ pending: 1 }, { pending: 1 }])
  })

  it('binds a pod only after the volumes of its zone are there, and brings it back to them', () => {
    const db = statefulSetManifest({ namespace: 'default', name: 'db', replicas: 3, spread: [{ over: 'zone', hard: true }] }, 'zonal')
    const shop = openShop([zonalStorageClass('zonal'), db])
    const zoneOf = (name: string): string | undefined => shop.objects.get('pods', 'default', name)?.spec?.nodeName?.charAt(0)
    const before = zoneOf('db-1')

    shop.deletePod('default', 'db-1')
    shop.clock.advance(60_000)

    expect(shop.spread('db')).toEqual({ a: 1, b: 1, c: 1 })
    expect(zoneOf('db-1')).toBe(before)
    expect(shop.podsOf('db').every(isReady)).toBe(true)
  })

  it('of quirk anyFeasible, keeps hard constraints but not the best totals', () => {
    const soft = (seed: number, choice: 'best' | 'anyFeasible'): Readonly<Record<string, number>> =>
      openShop([web({ spread: [{ over: 'zone' }] })], { seed, quirks: { choice } }).spread('web')
    const seeds = [1, 2, 3, 4, 5]

    expect(seeds.map(seed => openShop([web()], { seed, quirks: { choice: 'anyFeasible' } }).spread('web'))).toEqual(
      seeds.map(() => ({ a: 2, b: 2, c: 2 })),
    )
    expect(seeds.map(seed => soft(seed, 'best'))).toEqual(seeds.map(() => ({ a: 2, b: 2, c: 2 })))
    expect(seeds.map(seed => soft(seed, 'anyFeasible'))).not.toEqual(seeds.map(() => ({ a: 2, b: 2, c: 2 })))
  })

  it('of quirk lag, still places every pod within the hard constraints, thanks to what it assumes', () => {
    const shop = openShop([web({ replicas: 12 })], { quirks: { lag: 2_000 } })

    expect(shop.spread('web')).toEqual({ a: 4, b: 4, c: 4 })
  })

  it('of quirk lag, puts a pod on a node that it does not know to be cordoned yet', () => {
    const shop = openShop([], { quirks: { lag: 5_000 }, nodesPerZone: 1 })
    shop.apply(barePod('late', { cpu: '1' }))
    shop.clock.advance(3_000)
    for (const node of ['a1', 'b1', 'c1']) shop.cordon(node)

    shop.clock.advance(10_000)

    expect(shop.objects.get('pods', 'default', 'late')?.spec?.nodeName).toBeDefined()
  })

  it('of quirk hiddenImages, prefers nodes for reasons that no node object shows', () => {
    const landings = (hiddenImages: boolean): readonly (string | undefined)[] =>
      nodesOf(openShop([web({ replicas: 3, spread: [] })], { quirks: { hiddenImages } }))

    expect(landings(true)).not.toEqual(landings(false))
  })
})
