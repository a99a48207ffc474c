import type { PodRecord } from '../cluster/pod.ts'
import type { SlotFilter } from './counted-spread.ts'
import {
  AFFINITY,
  ANTI_AFFINITY,
  EXISTING_ANTI_AFFINITY,
  normalizePreference,
  preferredPairs,
  requiredPairs,
} from './inter-pod-affinity.ts'
import { NO_DOMAIN, type NodeLayout } from './node-layout.ts'
import type { PluginContext } from './plugin.ts'
import { addByDomain, addNormalized } from './slot-scores.ts'
import type { TopologyPairs } from './topology-pairs.ts'

// InterPodAffinity asked of slots instead of nodes: the same domains as inter-pod-affinity.ts, looked up by number.

/** Required terms as a filter; undefined when none has anything to do with the pod. */
export function affinityFilter(context: PluginContext, layout: NodeLayout, pod: PodRecord): SlotFilter | undefined {
  const pairs = requiredPairs(context, pod)
  if (pairs === undefined) return undefined
  const joined = pod.spec.podAffinity.required.map(({ topologyKey }) => {
    const amounts = pairs.isFirst ? undefined : (pairs.attracting.get(topologyKey) ?? new Map<string, number>())
    return amountsOf(layout, topologyKey, amounts)
  })
  const avoided = amountsByKey(layout, pairs.avoided)
  const repelling = amountsByKey(layout, pairs.repelling)
  return slot => {
    for (const amounts of joined) if (amountAt(amounts, slot) === 0) return AFFINITY
    for (const amounts of avoided) if (amountAt(amounts, slot) > 0) return ANTI_AFFINITY
    for (const amounts of repelling) if (amountAt(amounts, slot) > 0) return EXISTING_ANTI_AFFINITY
    return undefined
  }
}

/** Adds the weighted scores to the totals of the feasible slots; all run in step. `scores` come as zeros. */
export function addAffinityScores(
  totals: Int32Array,
  scores: Float64Array,
  feasible: Int32Array,
  weight: number,
  context: PluginContext,
  layout: NodeLayout,
  pod: PodRecord,
): void {
  if (weight === 0) return
  const amounts = amountsByKey(layout, preferredPairs(context, pod))
  if (amounts.length === 0) return
  for (const { domainOf, byDomain } of amounts) addByDomain(scores, feasible, domainOf, byDomain)
  addNormalized(totals, scores, weight, normalizePreference)
}

interface Amounts {
  readonly domainOf: Int32Array
  readonly byDomain: Float64Array
}

function amountsByKey(layout: NodeLayout, pairs: TopologyPairs): readonly Amounts[] {
  return Array.from(pairs, ([key, amounts]) => amountsOf(layout, key, amounts))
}

/** Undefined amounts: 1 in every domain. */
function amountsOf(layout: NodeLayout, key: string, amounts: ReadonlyMap<string, number> | undefined): Amounts {
  const { domainOf, names, numberOf } = layout.topology(key)
  const byDomain = new Float64Array(names.length).fill(amounts === undefined ? 1 : 0)
  for (const [name, amount] of amounts ?? []) {
    const domain = numberOf.get(name)
    if (domain !== undefined) byDomain[domain] = amount
  }
  return { domainOf, byDomain }
}

/** 0 where the node lacks the key. */
function amountAt({ domainOf, byDomain }: Amounts, slot: number): number {
  const domain = domainOf[slot] ?? NO_DOMAIN
  return domain === NO_DOMAIN ? 0 : (byDomain[domain] ?? 0)
}
