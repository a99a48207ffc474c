import { NO_DOMAIN, type Topology } from './node-layout.ts'
import type { CountedConstraint } from './counted-spread.ts'
import { contribution, normalizeSpread, normalizingWeight } from './score-pod-topology-spread.ts'
import { IGNORED, addNormalized, ignoreWithoutDomain, round } from './slot-scores.ts'
import { isPerNode } from './spread-constraints.ts'

// PodTopologySpread's score from counts that were advanced instead of counted: says what score-pod-topology-spread.ts says.

/** What is scored: places in step, each one node or one that stands for several that are alike. */
export interface ScoredPlaces {
  readonly slots: Int32Array
  /** How many nodes each stands for. */
  readonly nodes: Int32Array
  /** The scheduler scores so many of them all, which weighs the keys that have a domain for each node. */
  readonly sample: number
}

/** Adds the soft constraints' weighted scores to the totals of the places; all run in step. `scores` come as zeros. */
export function addSpreadScores(
  totals: Int32Array,
  scores: Float64Array,
  places: ScoredPlaces,
  weight: number,
  soft: readonly CountedConstraint[],
  needsAllSoftKeys: boolean,
): void {
  if (soft.length === 0 || weight === 0) return
  const { slots, sample } = places
  for (const { domains } of needsAllSoftKeys ? soft : []) {
    if (!domains.topology.isEverywhere) ignoreWithoutDomain(scores, slots, domains.topology.domainOf)
  }
  for (const { question, domains, selected } of soft) {
    const { constraint } = question
    const { domainOf } = domains.topology
    const size = isPerNode(constraint) ? Math.min(scoredNodes(scores, places), sample) : distinctDomains(domains.topology, scores, places)
    const perPod = normalizingWeight(size)
    const counts = isPerNode(constraint) ? undefined : selected.byDomain(domains)
    for (let i = 0; i < slots.length; i += 1) {
      const slot = slots[i] ?? 0
      const domain = domainOf[slot] ?? NO_DOMAIN
      if (domain === NO_DOMAIN) continue
      const count = counts === undefined ? selected.bySlot.get(slot) : counts.get(domain)
      scores[i] = (scores[i] ?? 0) + contribution(count ?? 0, perPod, constraint.maxSkew)
    }
  }
  round(scores)
  addNormalized(totals, scores, weight, normalizeSpread)
}

/** Nodes that take part. */
function scoredNodes(scores: Float64Array, { nodes }: ScoredPlaces): number {
  let sum = 0
  for (let i = 0; i < nodes.length; i += 1) if (!Number.isNaN(scores[i] ?? IGNORED)) sum += nodes[i] ?? 0
  return sum
}

/** Nodes without the key make one domain together; only the System defaults let them in here. */
function distinctDomains(topology: Topology, scores: Float64Array, { slots, nodes }: ScoredPlaces): number {
  const seen = new Set<number>()
  let alone = 0
  for (let i = 0; i < slots.length; i += 1) {
    if (Number.isNaN(scores[i] ?? IGNORED)) continue
    const domain = topology.domainOf[slots[i] ?? 0] ?? NO_DOMAIN
    // The nodes that one place stands for are each a domain of its own then.
    if (topology.isPerNode && domain !== NO_DOMAIN) alone += nodes[i] ?? 0
    else seen.add(domain)
  }
  return alone + seen.size
}
