import type { PodRecord } from '../cluster/pod.ts'
import type { ClusterViews } from './cluster-views.ts'
import { countedConstraint, type CountedConstraint } from './counted-spread.ts'
import { NO_DOMAIN } from './node-layout.ts'
import type { SpreadQuestion } from './pod-question.ts'
import { contribution, normalizeSpread, normalizingWeight } from './score-pod-topology-spread.ts'
import { isPerNode } from './spread-constraints.ts'

// PodTopologySpread's score from counts that were advanced instead of counted: says what score-pod-topology-spread.ts says.

/**
 * Adds the soft constraints' weighted scores to the totals of the feasible slots; both run in step. The scheduler scores `sample` of them; how
 * many those are weighs the hostname key.
 */
export function addSpreadScores(
  totals: Int32Array,
  feasible: Int32Array,
  sample: number,
  weight: number,
  { table: { layout }, spread, questions }: Pick<ClusterViews, 'table' | 'spread' | 'questions'>,
  pod: PodRecord,
): void {
  const { soft, needsAllSoftKeys } = questions.of(pod)
  if (soft.length === 0 || weight === 0) return
  const patchy = soft.map(({ constraint }) => layout.topology(constraint.topologyKey)).filter(({ isEverywhere }) => !isEverywhere)
  const hasIgnored = needsAllSoftKeys && patchy.length > 0
  const isIgnored = (slot: number): boolean => hasIgnored && patchy.some(({ domainOf }) => domainOf[slot] === NO_DOMAIN)
  const scored = hasIgnored ? feasible.filter(slot => !isIgnored(slot)) : feasible

  const raw = new Float64Array(feasible.length)
  for (const term of soft) {
    const { domainOf } = layout.topology(term.constraint.topologyKey)
    const adds = contributions(term, scored, sample, countedConstraint(layout, spread, pod.namespace, term))
    for (let i = 0; i < feasible.length; i += 1) {
      const slot = feasible[i] ?? 0
      const domain = domainOf[slot] ?? NO_DOMAIN
      if (domain !== NO_DOMAIN) raw[i] = (raw[i] ?? 0) + (adds[isPerNode(term.constraint) ? slot : domain] ?? 0)
    }
  }
  let highest = 0
  let lowest = Infinity
  for (let i = 0; i < feasible.length; i += 1) {
    const score = Math.round(raw[i] ?? 0)
    raw[i] = score
    if (hasIgnored && isIgnored(feasible[i] ?? 0)) continue
    if (score > highest) highest = score
    if (score < lowest) lowest = score
  }
  for (let i = 0; i < feasible.length; i += 1) {
    if (hasIgnored && isIgnored(feasible[i] ?? 0)) continue
    totals[i] = (totals[i] ?? 0) + weight * normalizeSpread(raw[i] ?? 0, lowest, highest)
  }
}

/** What a constraint adds to a raw score: by domain number, or by slot for the hostname key. */
function contributions(
  { constraint }: SpreadQuestion,
  scored: Int32Array,
  sample: number,
  { domains, selected }: CountedConstraint,
): Float64Array {
  const { domainOf, names } = domains.topology
  const perNode = isPerNode(constraint)
  const weight = normalizingWeight(perNode ? Math.min(scored.length, sample) : distinctDomains(domainOf, scored, names.length))
  const adds = new Float64Array(perNode ? domainOf.length : names.length).fill(contribution(0, weight, constraint.maxSkew))
  for (const [at, count] of perNode ? selected.bySlot : selected.byDomain(domains)) {
    adds[at] = contribution(count, weight, constraint.maxSkew)
  }
  return adds
}

/** Nodes without the key make one domain together; only the System defaults let them in here. */
function distinctDomains(domainOf: Int32Array, scored: Int32Array, domains: number): number {
  const seen = new Uint8Array(domains + 1)
  let distinct = 0
  for (const slot of scored) {
    const at = (domainOf[slot] ?? NO_DOMAIN) + 1
    if (seen[at] === 0) distinct += 1
    seen[at] = 1
  }
  return distinct
}
