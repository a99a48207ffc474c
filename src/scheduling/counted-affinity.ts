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
import { NO_DOMAIN, type NodeLayout, type Topology } from './node-layout.ts'
import type { PluginContext } from './plugin.ts'
import { addByDomain, addNormalized, clearScores, type ScoreSheet } from './score-sheet.ts'
import type { TopologyPairs } from './topology-pairs.ts'

// InterPodAffinity asked of slots instead of nodes: the same domains as inter-pod-affinity.ts, looked up by number.

/** What one kind of affinity amounts to in each domain of a key. */
export interface DomainAmounts {
  readonly topology: Topology
  readonly byDomain: Float64Array
}

/** Required terms by domain; each list is empty where the pod has nothing to do with it. */
interface RequiredAmounts {
  /** One for each term of the pod's required affinity. */
  readonly joined: readonly DomainAmounts[]
  readonly avoided: readonly DomainAmounts[]
  readonly repelling: readonly DomainAmounts[]
}

/** Undefined when no required term has anything to do with the pod. */
export function requiredAmounts(context: PluginContext, layout: NodeLayout, pod: PodRecord): RequiredAmounts | undefined {
  const pairs = requiredPairs(context, pod)
  if (pairs === undefined) return undefined
  return {
    joined: pod.spec.podAffinity.required.map(({ topologyKey }) => {
      const amounts = pairs.isFirst ? undefined : (pairs.attracting.get(topologyKey) ?? new Map<string, number>())
      return amountsOf(layout, topologyKey, amounts)
    }),
    avoided: amountsByKey(layout, pairs.avoided),
    repelling: amountsByKey(layout, pairs.repelling),
  }
}

/** Required terms as a filter. */
export function affinityFilter({ joined, avoided, repelling }: RequiredAmounts): SlotFilter {
  return slot => {
    for (const amounts of joined) if (amountAt(amounts, slot) === 0) return AFFINITY
    for (const amounts of avoided) if (amountAt(amounts, slot) > 0) return ANTI_AFFINITY
    for (const amounts of repelling) if (amountAt(amounts, slot) > 0) return EXISTING_ANTI_AFFINITY
    return undefined
  }
}

export function preferredAmounts(context: PluginContext, layout: NodeLayout, pod: PodRecord): readonly DomainAmounts[] {
  const { podAffinity, podAntiAffinity } = pod.spec
  const isNobodyPicky = podAffinity.preferred.length + podAntiAffinity.preferred.length + context.affinity.byTerms.size === 0
  if (isNobodyPicky || context.profile.weights.InterPodAffinity === 0) return []
  return amountsByKey(layout, preferredPairs(context, pod))
}

/** Adds the weighted scores to the totals. */
export function addAffinityScores(sheet: ScoreSheet, weight: number, amounts: readonly DomainAmounts[]): void {
  if (amounts.length === 0) return
  clearScores(sheet)
  for (const { topology, byDomain } of amounts) addByDomain(sheet, topology.domainOf, byDomain)
  addNormalized(sheet, weight, normalizePreference)
}

function amountsByKey(layout: NodeLayout, pairs: TopologyPairs): readonly DomainAmounts[] {
  return Array.from(pairs, ([key, amounts]) => amountsOf(layout, key, amounts))
}

/** Undefined amounts: 1 in every domain. */
function amountsOf(layout: NodeLayout, key: string, amounts: ReadonlyMap<string, number> | undefined): DomainAmounts {
  const topology = layout.topology(key)
  const byDomain = new Float64Array(topology.names.length).fill(amounts === undefined ? 1 : 0)
  for (const [name, amount] of amounts ?? []) {
    const domain = topology.numberOf.get(name)
    if (domain !== undefined) byDomain[domain] = amount
  }
  return { topology, byDomain }
}

/** 0 where the node lacks the key. */
function amountAt({ topology, byDomain }: DomainAmounts, slot: number): number {
  const domain = topology.domainOf[slot] ?? NO_DOMAIN
  return domain === NO_DOMAIN ? 0 : (byDomain[domain] ?? 0)
}
