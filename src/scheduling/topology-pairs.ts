import type { NodeRecord } from '../cluster/node.ts'
import type { PodsByNode } from './affinity-index.ts'
import type { PluginContext } from './plugin.ts'

/** What InterPodAffinity adds up: an amount for each topology key and value that came up. */
export type TopologyPairs = Map<string, Map<string, number>>

/** Adds `weight` for each pod to the domain of its node. A node without the key makes no domain. */
export function addPods(pairs: TopologyPairs, context: PluginContext, key: string, pods: PodsByNode, weight: number): void {
  for (const [nodeName, count] of pods) {
    const value = context.info(nodeName)?.node.labels.get(key)
    if (value === undefined) continue
    const values = pairs.get(key) ?? new Map<string, number>()
    values.set(value, (values.get(value) ?? 0) + weight * count)
    pairs.set(key, values)
  }
}

/** The amount of the node's domain under one key; 0 where it has none. */
export function amountOn(pairs: TopologyPairs, node: NodeRecord, key: string): number {
  const value = node.labels.get(key)
  return value === undefined ? 0 : (pairs.get(key)?.get(value) ?? 0)
}

/** The amounts of the node's domains under every key together. */
export function totalOn(pairs: TopologyPairs, node: NodeRecord): number {
  let total = 0
  for (const key of pairs.keys()) total += amountOn(pairs, node, key)
  return total
}
