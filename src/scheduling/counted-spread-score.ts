import { NO_DOMAIN, type Topology } from './node-layout.ts'
import type { CountedConstraint } from './counted-spread.ts'
import { contribution, DOMAIN_OF_NODES_WITHOUT_KEY, normalizeSpread, normalizingWeight } from './score-pod-topology-spread.ts'
import { addNormalized, clearScores, IGNORED, ignoreWithoutDomain, round, type ScoreSheet } from './score-sheet.ts'
import { isScoredByNode } from './spread-constraints.ts'

// PodTopologySpread's score from counts that were advanced instead of counted: says what score-pod-topology-spread.ts says.

/**
 * Adds the soft constraints' weighted scores.
 *
 * @param sample so many nodes are scored at most
 */
export function addSpreadScores(
  sheet: ScoreSheet,
  weight: number,
  soft: readonly CountedConstraint[],
  needsAllSoftKeys: boolean,
  sample: number,
): void {
  if (soft.length === 0 || weight === 0) return
  const { slots, scores, lines } = sheet
  clearScores(sheet)
  for (const { domains } of needsAllSoftKeys ? soft : []) {
    if (!domains.topology.isEverywhere) ignoreWithoutDomain(sheet, domains.topology.domainOf)
  }
  for (const { question, domains, selected } of soft) {
    const { constraint } = question
    const { domainOf } = domains.topology
    const nameless = needsAllSoftKeys ? undefined : domains.topology.numberOf.get(DOMAIN_OF_NODES_WITHOUT_KEY)
    const size = isScoredByNode(constraint) ? Math.min(scoredNodes(sheet), sample) : distinctDomains(domains.topology, nameless, sheet)
    const perPod = normalizingWeight(size)
    const counts = isScoredByNode(constraint) ? undefined : selected.byDomain(domains)
    const joining = counts === undefined || nameless === undefined ? 0 : podsWithoutDomain({ question, domains, selected })
    for (let i = 0; i < lines; i += 1) {
      const slot = slots[i] ?? 0
      const domain = domainOf[slot] ?? NO_DOMAIN
      if (domain === NO_DOMAIN) continue
      const count = (counts === undefined ? selected.bySlot.get(slot) : counts.get(domain)) ?? 0
      scores[i] = (scores[i] ?? 0) + contribution(domain === nameless ? count + joining : count, perPod, constraint.maxSkew)
    }
  }
  round(sheet)
  addNormalized(sheet, weight, normalizeSpread)
}

/** Nodes that take part. */
function scoredNodes({ scores, nodes, lines }: ScoreSheet): number {
  let sum = 0
  for (let i = 0; i < lines; i += 1) if (!Number.isNaN(scores[i] ?? IGNORED)) sum += nodes[i] ?? 0
  return sum
}

/** On nodes that count but for the key that they lack. */
function podsWithoutDomain({ question, domains, selected }: CountedConstraint): number {
  const { layout, topology } = domains
  let pods = 0
  for (const [slot, count] of selected.bySlot) {
    const node = layout.nodes[slot]
    if (topology.domainOf[slot] === NO_DOMAIN && node !== undefined && question.eligibility.admits(node)) pods += count
  }
  return pods
}

/**
 * Nodes without the key make one domain together; only the System defaults let them in here.
 *
 * @param nameless the domain that those nodes join
 */
function distinctDomains(topology: Topology, nameless: number | undefined, { scores, slots, nodes, lines }: ScoreSheet): number {
  const seen = new Set<number>()
  let alone = 0
  for (let i = 0; i < lines; i += 1) {
    if (Number.isNaN(scores[i] ?? IGNORED)) continue
    const domain = topology.domainOf[slots[i] ?? 0] ?? NO_DOMAIN
    // The nodes that one place stands for are each a domain of its own then.
    if (topology.isPerNode && domain !== NO_DOMAIN && domain !== nameless) alone += nodes[i] ?? 0
    else seen.add(domain === NO_DOMAIN ? (nameless ?? NO_DOMAIN) : domain)
  }
  return alone + seen.size
}
