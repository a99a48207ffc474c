import type { PodRecord } from '../cluster/pod.ts'
import type { ClusterViews } from './cluster-views.ts'
import { countedConstraint } from './counted-spread.ts'
import { NO_DOMAIN } from './node-layout.ts'
import type { EffectiveConstraint } from './scheduler-model.ts'
import { contribution, normalizeSpread, normalizingWeight } from './score-pod-topology-spread.ts'
import { IGNORED, addByDomain, addBySlot, addNormalized, ignoreWithoutDomain, round } from './slot-scores.ts'
import { isPerNode } from './spread-constraints.ts'

// PodTopologySpread's score from counts that were advanced instead of counted: says what score-pod-topology-spread.ts says.

/**
 * Adds the soft constraints' weighted scores to the totals of the feasible slots; all run in step. `scores` come as zeros. The scheduler scores `sample` of them; how
 * many those are weighs the hostname key.
 */
export function addSpreadScores(
  totals: Int32Array,
  scores: Float64Array,
  feasible: Int32Array,
  sample: number,
  weight: number,
  { table: { layout }, spread, questions }: Pick<ClusterViews, 'table' | 'spread' | 'questions'>,
  pod: PodRecord,
): void {
  const { soft, needsAllSoftKeys } = questions.of(pod)
  if (soft.length === 0 || weight === 0) return
  const topologies = soft.map(({ constraint }) => layout.topology(constraint.topologyKey))
  for (const { domainOf, isEverywhere } of needsAllSoftKeys ? topologies : []) {
    if (!isEverywhere) ignoreWithoutDomain(scores, feasible, domainOf)
  }
  const scored = scores.includes(IGNORED) ? feasible.filter((_slot, i) => !Number.isNaN(scores[i])) : feasible
  for (const question of soft) {
    const { constraint } = question
    const { domains, selected } = countedConstraint(layout, spread, pod.namespace, question)
    const { domainOf, names } = domains.topology
    if (isPerNode(constraint)) {
      const weighed = contributions(constraint, Math.min(scored.length, sample), domainOf.length, selected.bySlot)
      addBySlot(scores, feasible, domainOf, weighed)
    } else {
      const size = distinctDomains(domainOf, scored, names.length)
      addByDomain(scores, feasible, domainOf, contributions(constraint, size, names.length, selected.byDomain(domains)))
    }
  }
  round(scores)
  addNormalized(totals, scores, weight, normalizeSpread)
}

/** What a constraint adds to the raw score of each place (a domain, or a node for the hostname key), of which `size` are scored. */
function contributions({ maxSkew }: EffectiveConstraint, size: number, places: number, counts: ReadonlyMap<number, number>): Float64Array {
  const weight = normalizingWeight(size)
  const adds = new Float64Array(places).fill(contribution(0, weight, maxSkew))
  for (const [place, count] of counts) adds[place] = contribution(count, weight, maxSkew)
  return adds
}

/** Nodes without the key make one domain together; only the System defaults let them in here. */
function distinctDomains(domainOf: Int32Array, scored: Int32Array, domains: number): number {
  const seen = new Uint8Array(domains + 1)
  let distinct = 0
  for (let i = 0; i < scored.length; i += 1) {
    const place = (domainOf[scored[i] ?? 0] ?? NO_DOMAIN) + 1
    if (seen[place] === 0) distinct += 1
    seen[place] = 1
  }
  return distinct
}
