import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { TermPods } from './affinity-index.ts'
import { attractingPods, avoidedPods, repellingPods, weighedPods } from './affinity-pods.ts'
import { selectsItself } from './affinity-terms.ts'
import type { SlotFilter } from './counted-spread.ts'
import { AFFINITY, ANTI_AFFINITY, EXISTING_ANTI_AFFINITY, normalizePreference } from './inter-pod-affinity.ts'
import { NO_DOMAIN, type NodeLayout, type Topology } from './node-layout.ts'
import type { PluginContext } from './plugin.ts'
import { addByDomain, addNormalized, clearScores, type ScoreSheet } from './score-sheet.ts'
import { addTo } from './tallies.ts'

// InterPodAffinity asked of slots instead of nodes: says what inter-pod-affinity.ts says, with domains looked up by number.

/** What one kind of affinity amounts to in the domains of a key. */
export interface DomainAmounts {
  readonly topology: Topology
  /** Domains that no pod is in are not there: of a key with a domain for each node these are nearly all. */
  readonly byDomain: ReadonlyMap<number, number>
}

/** Required terms by domain; each list is empty where the pod has nothing to do with it. */
interface RequiredAmounts {
  /** One for each term of the pod's required affinity. */
  readonly joined: readonly DomainAmounts[]
  /** There are no pods worth joining, and the pod matches its own terms: it may go wherever the keys are. */
  readonly isFirst: boolean
  readonly avoided: readonly DomainAmounts[]
  readonly repelling: readonly DomainAmounts[]
}

/** Undefined when no required term has anything to do with the pod. */
export function requiredAmounts(context: PluginContext, layout: NodeLayout, pod: PodRecord): RequiredAmounts | undefined {
  const affinity = pod.spec.podAffinity.required
  const antiAffinity = pod.spec.podAntiAffinity.required
  if (affinity.length === 0 && antiAffinity.length === 0 && context.affinity.isEmpty()) return undefined
  const repelling = amountsOf(layout, repellingPods(context, pod))
  if (affinity.length === 0 && antiAffinity.length === 0 && repelling.length === 0) return undefined
  const attracting = amountsOf(layout, attractingPods(context, pod))
  const joined = affinity.map(({ topologyKey }) => {
    const topology = layout.topology(topologyKey)
    return attracting.find(amounts => amounts.topology === topology) ?? { topology, byDomain: new Map<number, number>() }
  })
  const isFirst = attracting.length === 0 && affinity.every(term => selectsItself(context.cluster, term, pod))
  return { joined, isFirst, avoided: amountsOf(layout, avoidedPods(context, pod)), repelling }
}

/** Required terms as a filter. */
export function affinityFilter({ joined, isFirst, avoided, repelling }: RequiredAmounts): SlotFilter {
  return slot => {
    for (const amounts of joined) {
      const isJoined = isFirst ? amounts.topology.domainOf[slot] !== NO_DOMAIN : amountAt(amounts, slot) > 0
      if (!isJoined) return AFFINITY
    }
    for (const amounts of avoided) if (amountAt(amounts, slot) > 0) return ANTI_AFFINITY
    for (const amounts of repelling) if (amountAt(amounts, slot) > 0) return EXISTING_ANTI_AFFINITY
    return undefined
  }
}

export function preferredAmounts(context: PluginContext, layout: NodeLayout, pod: PodRecord): readonly DomainAmounts[] {
  const { podAffinity, podAntiAffinity } = pod.spec
  const isNobodyPicky = podAffinity.preferred.length + podAntiAffinity.preferred.length === 0 && context.affinity.isEmpty()
  if (isNobodyPicky || context.profile.weights.InterPodAffinity === 0) return []
  return amountsOf(layout, weighedPods(context, pod))
}

/** Adds the weighted scores. */
export function addAffinityScores(sheet: ScoreSheet, weight: number, amounts: readonly DomainAmounts[]): void {
  if (amounts.length === 0) return
  clearScores(sheet)
  for (const { topology, byDomain } of amounts) addByDomain(sheet, topology.domainOf, byDomain)
  addNormalized(sheet, weight, normalizePreference)
}

/** By key; none for a key that no pod's node has. */
function amountsOf(layout: NodeLayout, terms: readonly TermPods[]): readonly DomainAmounts[] {
  if (terms.length === 0) return []
  const byTopology = new Map<Topology, Map<number, number>>()
  for (const { topologyKey, pods, weight } of terms) {
    const topology = layout.topology(topologyKey)
    const byDomain = memo(byTopology, topology, () => new Map<number, number>())
    for (const [slot, count] of pods) {
      const domain = topology.domainOf[slot] ?? NO_DOMAIN
      if (domain !== NO_DOMAIN) addTo(byDomain, domain, weight * count)
    }
  }
  return Array.from(byTopology, ([topology, byDomain]) => ({ topology, byDomain })).filter(({ byDomain }) => byDomain.size > 0)
}

/** 0 where the node lacks the key. */
function amountAt({ topology, byDomain }: DomainAmounts, slot: number): number {
  const domain = topology.domainOf[slot] ?? NO_DOMAIN
  return domain === NO_DOMAIN ? 0 : (byDomain.get(domain) ?? 0)
}
