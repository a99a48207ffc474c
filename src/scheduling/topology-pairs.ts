import { memo } from '../cluster/memo.ts'
import type { NodeRecord } from '../cluster/node.ts'
import type { TermPods } from './affinity-index.ts'
import type { PluginContext } from './plugin.ts'

/** What InterPodAffinity adds up: an amount for each topology key and value that came up. */
export type TopologyPairs = Map<string, Map<string, number>>

/** Adds each pod's weight to the domain of its node. A node without the key makes no domain. */
export function addUp(context: PluginContext, terms: readonly TermPods[]): TopologyPairs {
  const pairs: TopologyPairs = new Map()
  for (const { topologyKey, pods, weight } of terms) {
    for (const [slot, count] of pods) {
      const value = context.infoAt(slot)?.node.labels.get(topologyKey)
      if (value === undefined) continue
      const values = memo(pairs, topologyKey, () => new Map<string, number>())
      values.set(value, (values.get(value) ?? 0) + weight * count)
    }
  }
  return pairs
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
