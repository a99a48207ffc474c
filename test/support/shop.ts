import { createEmbeddedCluster, type EmbeddedCluster, type EmbeddedClusterOptions } from '../../src/simulation/embedded-cluster.ts'
import { nodeManifest } from '../../src/simulation/manifests.ts'
import type { RawObject } from '../../src/simulation/object-store.ts'
import { isTerminating } from '../../src/simulation/pod-facts.ts'
import { createVirtualClock, type VirtualClock } from '../../src/simulation/virtual-clock.ts'
import type { PodObject } from '../../src/simulation/wire-objects.ts'
import { START } from './controller-world.ts'

/** An embedded cluster in virtual time with three zones of Ready nodes. */
export interface Shop extends EmbeddedCluster {
  readonly clock: VirtualClock
  /** Pods of the app that are there and not terminating, by zone letter; those without a node under `pending`. */
  spread(app: string): Readonly<Record<string, number>>
  podsOf(app: string): readonly PodObject[]
}

/** Starts the cluster with `nodesPerZone` nodes named a1, a2... in zones a, b and c, applies the objects and lets them settle. */
export function openShop(
  objects: readonly RawObject[],
  options: Partial<EmbeddedClusterOptions> & { readonly nodesPerZone?: number } = {},
): Shop {
  const { nodesPerZone = 3, ...rest } = options
  const clock = createVirtualClock(START)
  const cluster = createEmbeddedCluster({ seed: 1, ...rest, clock })
  for (const zone of ['a', 'b', 'c']) {
    for (let index = 1; index <= nodesPerZone; index++) cluster.apply(nodeManifest({ name: `${zone}${index}`, zone, ready: true }))
  }
  cluster.apply(...objects)
  cluster.start()
  clock.advance(60_000)
  const podsOf = (app: string): readonly PodObject[] =>
    cluster.objects.list('pods').filter(pod => pod.metadata.labels?.['app'] === app && !isTerminating(pod))
  return {
    ...cluster,
    clock,
    podsOf,
    spread: app => {
      const counts: Record<string, number> = {}
      for (const pod of podsOf(app)) {
        const zone = pod.spec?.nodeName?.charAt(0) ?? 'pending'
        counts[zone] = (counts[zone] ?? 0) + 1
      }
      return counts
    },
  }
}
