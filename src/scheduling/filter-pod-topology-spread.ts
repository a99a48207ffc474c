import { matchesLabels } from '../cluster/label-selector.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { eligibilityFor } from './eligibility.ts'
import type { NodeInfo } from './node-info.ts'
import type { Filter, PluginContext, Refused } from './plugin.ts'
import type { EffectiveConstraint } from './scheduler-model.ts'
import { effectiveConstraints } from './spread-constraints.ts'

export const SPREAD: Refused = { status: 'Unschedulable', message: "node(s) didn't match pod topology spread constraints" }
export const SPREAD_KEY_MISSING: Refused = {
  status: 'UnschedulableAndUnresolvable',
  message: "node(s) didn't match pod topology spread constraints (missing required label)",
}

/**
 * The pod's hard constraints (podtopologyspread/filtering.go, 1.36). Counted from scratch: the readable truth that the advanced counts of
 * spread-counts.ts are tested against.
 */
export const podTopologySpreadFilter: Filter = (context, pod) => {
  const all = effectiveConstraints(context.cluster, context.profile, pod)
  const hard = all.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule')
  if (hard.length === 0) return undefined
  const counted = hard.map(constraint => {
    const counts = countDomains(context, pod, all, constraint)
    return { constraint, counts, minimum: globalMinimum(constraint, counts) }
  })
  return ({ node }) => {
    for (const { constraint, counts, minimum } of counted) {
      const domain = node.labels.get(constraint.topologyKey)
      if (domain === undefined) return SPREAD_KEY_MISSING
      // A domain without eligible nodes counts 0 and passes: other plugins are left to reject its nodes.
      if ((counts.get(domain) ?? 0) + Number(constraint.selfMatch) - minimum > constraint.maxSkew) return SPREAD
    }
    return undefined
  }
}

/**
 * Matching pods by domain over the nodes that count for the constraint; an eligible domain without pods is there with 0.
 *
 * @param missing the domain of nodes without the key; undefined when they do not count
 */
export function countDomains(
  context: PluginContext,
  pod: PodRecord,
  all: readonly EffectiveConstraint[],
  constraint: EffectiveConstraint,
  missing?: string,
): ReadonlyMap<string, number> {
  const eligibility = eligibilityFor(context.profile, pod, all, constraint)
  const counts = new Map<string, number>()
  for (const info of context.infos) {
    const domain = info.node.labels.get(constraint.topologyKey) ?? missing
    if (domain === undefined || !eligibility.admits(info.node)) continue
    counts.set(domain, (counts.get(domain) ?? 0) + countMatching(info, pod.namespace, constraint))
  }
  return counts
}

/** Terminating pods do not count, nor does anything when the selector is match-everything (countPodsMatchSelector, 1.36). */
export function countMatching({ pods }: NodeInfo, namespace: string, { selector }: EffectiveConstraint): number {
  if (selector.kind === 'everything') return 0
  let count = 0
  for (const pod of pods) {
    if (pod.namespace === namespace && pod.deletedAt === undefined && matchesLabels(selector, pod.labels)) count += 1
  }
  return count
}

function globalMinimum({ minDomains = 1 }: EffectiveConstraint, counts: ReadonlyMap<string, number>): number {
  return counts.size < minDomains ? 0 : Math.min(...counts.values())
}
