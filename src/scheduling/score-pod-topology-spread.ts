import type { NodeInfo } from './node-info.ts'
import { countDomains, countMatching } from './filter-pod-topology-spread.ts'
import type { Score } from './plugin.ts'
import { effectiveConstraints, isScoredByNode, needsAllSoftKeys } from './spread-constraints.ts'

/**
 * The pod's soft constraints (podtopologyspread/scoring.go, 1.36). Only domains of feasible nodes matter; a node that is ignored, for want
 * of a key, scores 0.
 */
export const podTopologySpreadScore: Score = (context, pod, feasible) => {
  const all = effectiveConstraints(context.cluster, context.profile, pod)
  const soft = all.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'ScheduleAnyway')
  if (soft.length === 0) return feasible.map(() => 0)
  const needsAll = needsAllSoftKeys(context.profile, pod)
  const isIgnored = ({ node }: NodeInfo): boolean => needsAll && !soft.every(({ topologyKey }) => node.labels.has(topologyKey))
  const scored = feasible.filter(info => !isIgnored(info))

  const missing = needsAll ? undefined : DOMAIN_OF_NODES_WITHOUT_KEY
  const terms = soft.map(constraint => {
    const counts = isScoredByNode(constraint) ? undefined : countDomains(context, pod, all, constraint, missing)
    const domains = isScoredByNode(constraint)
      ? scored.length
      : new Set(scored.map(({ node }) => node.labels.get(constraint.topologyKey) ?? missing)).size
    return { constraint, counts, weight: normalizingWeight(domains) }
  })
  const raw = (info: NodeInfo): number => {
    let score = 0
    for (const { constraint, counts, weight } of terms) {
      const domain = info.node.labels.get(constraint.topologyKey)
      if (domain === undefined) continue
      const count = counts === undefined ? countMatching(info, pod.namespace, constraint) : (counts.get(domain) ?? 0)
      score += contribution(count, weight, constraint.maxSkew)
    }
    return Math.round(score)
  }
  const scores = scored.map(raw)
  const highest = Math.max(0, ...scores)
  const lowest = Math.min(...scores)
  return feasible.map(info => (isIgnored(info) ? 0 : normalizeSpread(raw(info), lowest, highest)))
}

/**
 * Under the System defaults, a node without the key is taken for one whose label is empty when domains and pods are counted, though it scores
 * nothing for them (podtopologyspread/scoring.go, 1.36).
 */
export const DOMAIN_OF_NODES_WITHOUT_KEY = ''

/** Domains that are many would otherwise drown those that are few. */
export function normalizingWeight(domains: number): number {
  return Math.log(domains + 2)
}

/** What one constraint adds to a node's raw score: fewer matching pods are better, so lower is better. */
export function contribution(count: number, weight: number, maxSkew: number): number {
  return count * weight + (maxSkew - 1)
}

/** 0..100, higher is better. */
export function normalizeSpread(raw: number, lowest: number, highest: number): number {
  return highest === 0 ? 100 : Math.trunc((100 * (highest + lowest - raw)) / highest)
}
