import { describe, expect, it } from 'vitest'
import { START } from '../../test/support/controller-world.ts'
import { openShop } from '../../test/support/shop.ts'
import { transcriptOf } from '../../test/support/transcript.ts'
import { createEmbeddedCluster, type EmbeddedClusterOptions } from './embedded-cluster.ts'
import { deploymentManifest, nodeManifest } from './manifests.ts'
import { isReady } from './pod-facts.ts'
import { createRandom } from './random.ts'
import { threeZones } from './scenarios/three-zones.ts'
import { createVirtualClock } from './virtual-clock.ts'

const MINUTE = 60_000

/** Plays the outage of a zone to its end and returns what happened. */
function outage(options: Partial<EmbeddedClusterOptions> & { readonly shuffle?: number } = {}): {
  readonly lines: readonly string[]
  readonly spread: (app: string) => Readonly<Record<string, number>>
  readonly allReady: boolean
} {
  const clock = createVirtualClock(START, options.shuffle === undefined ? undefined : createRandom(options.shuffle))
  const cluster = createEmbeddedCluster({ seed: 1, ...options, clock })
  const lines = transcriptOf(cluster.store, clock)
  cluster.apply(...threeZones())
  cluster.start()
  clock.advance(2 * MINUTE)
  cluster.failZone('zone-c')
  clock.advance(10 * MINUTE)
  cluster.recoverZone('zone-c')
  clock.advance(10 * MINUTE)
  const pods = cluster.objects.list('pods')
  return {
    lines,
    allReady: pods.every(isReady),
    spread: app => {
      const counts: Record<string, number> = {}
      for (const pod of pods.filter(({ metadata }) => metadata.labels?.['app'] === app)) {
        const zone = pod.spec?.nodeName?.charAt('node-'.length) ?? 'pending'
        counts[zone] = (counts[zone] ?? 0) + 1
      }
      return counts
    },
  }
}

describe('the outage of a zone', () => {
  const story = outage()

  it('leaves soft and taint-honouring workloads bunched up in the zones that stayed', () => {
    expect(story.spread('web')).toEqual({ a: 6, b: 6 })
    expect(story.spread('cart')).toEqual({ a: 3, b: 3 })
    expect(story.spread('checkout')).toEqual({ a: 3, b: 3 })
  })

  it('leaves workloads spread whose hard constraint or volumes made them wait', () => {
    expect(story.spread('search')).toEqual({ a: 1, b: 1, c: 1 })
    expect(story.spread('db')).toEqual({ a: 1, b: 1, c: 1 })
  })

  it('is over with every pod Ready', () => {
    expect(story.allReady).toBe(true)
  })

  it('goes as it goes in a cluster: silence, taints, eviction after the toleration, replacements, recovery', () => {
    const first = (pattern: RegExp): number => story.lines.findIndex(line => pattern.test(line))
    const last = (pattern: RegExp): number => story.lines.findLastIndex(line => pattern.test(line))
    const order = [
      first(/node node-c1 Ready=Unknown/),
      first(/budget shop\/web allows 0/),
      first(/web-\S+ is terminating on node-c\d \(DeletionByTaintManager\)/),
      first(/search-\S+ does not fit: 0\/9 nodes are available: 3 .*6 .*topology spread/),
      first(/web-\S+ is gone from node-c\d/),
      first(/node node-c1 Ready=True/),
      last(/search-\S+ is bound to node-c\d/),
    ]

    expect(order.filter(at => at >= 0)).toHaveLength(order.length)
    const [unknown = 0, , terminating = 0, , gone = 0, back = 0, placed = 0] = order
    expect([terminating > unknown, gone > terminating, back > terminating, placed > back]).toEqual([true, true, true, true])
    expect(story.lines[unknown]).toMatch(/^02:5/)
    expect(story.lines[terminating]).toMatch(/^07:5/)
  })
})

describe('determinism', () => {
  const quirks = { choice: 'anyFeasible', lag: 300, hiddenImages: true } as const

  it('tells the same story from the same seed, to the millisecond', () => {
    expect(outage({ seed: 7 }).lines).toEqual(outage({ seed: 7 }).lines)
    expect(outage({ seed: 7, quirks, shuffle: 3 }).lines).toEqual(outage({ seed: 7, quirks, shuffle: 3 }).lines)
  })

  it('tells different stories from different seeds', () => {
    expect(outage({ seed: 7 }).lines).not.toEqual(outage({ seed: 8 }).lines)
  })

  it('comes to the same end from any seed, whatever the interleaving', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { spread, allReady } = outage({ seed, shuffle: seed })
      expect([seed, allReady, spread('web'), spread('checkout'), spread('db')]).toEqual([
        seed,
        true,
        { a: 6, b: 6 },
        { a: 3, b: 3 },
        { a: 1, b: 1, c: 1 },
      ])
    }
  })
})

describe('what people and clouds do', () => {
  const web = deploymentManifest({ namespace: 'default', name: 'web', replicas: 6, spread: [{ over: 'zone' }] })

  it('removing a node: its pods are collected and replaced elsewhere', () => {
    const shop = openShop([web], { nodesPerZone: 1 })

    shop.removeNode('c1')
    shop.clock.advance(3 * MINUTE)

    expect(shop.spread('web')).toEqual({ a: 3, b: 3 })
  })

  it('adding a node: it takes no pods before it is Ready, and moves none', () => {
    const shop = openShop([web], { nodesPerZone: 1 })
    shop.removeNode('c1')
    shop.clock.advance(3 * MINUTE)
    shop.apply(nodeManifest({ name: 'c2', zone: 'c' }))

    shop.clock.advance(MINUTE)
    expect(shop.spread('web')).toEqual({ a: 3, b: 3 })
    shop.scale('deployments', 'default', 'web', 8)
    shop.clock.advance(MINUTE)

    expect(shop.spread('web')).toEqual({ a: 3, b: 3, c: 2 })
  })

  it('cordoning keeps pods that are there and lets no new ones come', () => {
    const shop = openShop([web], { nodesPerZone: 1 })
    shop.cordon('c1')
    shop.clock.advance(5_000)

    shop.scale('deployments', 'default', 'web', 9)
    shop.clock.advance(MINUTE)
    expect(shop.spread('web')['c']).toBe(2)
    shop.uncordon('c1')
    shop.scale('deployments', 'default', 'web', 10)
    shop.clock.advance(MINUTE)

    expect(shop.spread('web')['c']).toBe(3)
  })

  it('a short failure of a node costs no pod', () => {
    const shop = openShop([web])
    const before = shop.podsOf('web').map(pod => pod.metadata.uid)
    shop.failNode('a1')
    shop.clock.advance(2 * MINUTE)
    shop.recoverNode('a1')

    shop.clock.advance(10 * MINUTE)

    expect(shop.podsOf('web').map(pod => pod.metadata.uid)).toEqual(before)
    expect(shop.podsOf('web').every(isReady)).toBe(true)
  })

  it('a restart replaces every pod, within the bounds of the roll-out', () => {
    const shop = openShop([web])
    const before = new Set(shop.podsOf('web').map(pod => pod.metadata.uid))

    shop.restart('deployments', 'default', 'web')
    shop.clock.advance(5 * MINUTE)

    expect(shop.podsOf('web')).toHaveLength(6)
    expect(shop.podsOf('web').some(pod => before.has(pod.metadata.uid))).toBe(false)
  })

  it('applying a manifest again changes the object in place', () => {
    const shop = openShop([web])

    shop.apply(deploymentManifest({ namespace: 'default', name: 'web', replicas: 2, spread: [{ over: 'zone' }] }))
    shop.clock.advance(MINUTE)

    expect(shop.podsOf('web')).toHaveLength(2)
  })

  it('mistakes are told', () => {
    const shop = openShop([])

    expect(() => shop.deletePod('default', 'nobody')).toThrow('pods "nobody" not found')
    expect(() => shop.failZone('z')).toThrow('no node has the label topology.kubernetes.io/zone=z')
    expect(() => shop.apply({ apiVersion: 'v9', kind: 'Nonsense', metadata: { name: 'x' } })).toThrow(
      'the embedded cluster has no v9 Nonsense',
    )
  })

  it('after stop nothing happens any more', () => {
    const shop = openShop([web])
    shop.stop()
    const version = shop.store.resourceVersion

    shop.clock.advance(10 * MINUTE)

    expect(shop.store.resourceVersion).toBe(version)
  })
})
