import type { Refused } from './plugin.ts'
import { SPREAD, SPREAD_KEY_MISSING } from './filter-pod-topology-spread.ts'
import { NO_DOMAIN, type DomainSet, type NodeLayout } from './node-layout.ts'
import type { SpreadQuestion } from './pod-question.ts'
import type { SelectedPods, SpreadCounts } from './spread-counts.ts'

// PodTopologySpread's filter from counts that were advanced instead of counted: says what filter-pod-topology-spread.ts says, at the price of
// one look per node.

/** A filter that knows a node by its slot. */
export type SlotFilter = (slot: number) => Refused | undefined

/** Where a constraint's pods are, among the domains that count for it. */
export interface CountedConstraint {
  readonly question: SpreadQuestion
  readonly domains: DomainSet
  readonly selected: SelectedPods
}

export function countedConstraint(
  layout: NodeLayout,
  counts: SpreadCounts,
  namespace: string,
  question: SpreadQuestion,
): CountedConstraint {
  const { constraint, eligibility, selectorKey } = question
  return {
    question,
    domains: layout.domains(eligibility, constraint.topologyKey),
    selected: counts.selected(namespace, constraint.selector, selectorKey),
  }
}

/** The smallest count over all domains that count; 0 with fewer than minDomains of them. */
export function minimumOf({ domains, selected }: CountedConstraint, minDomains = 1): number {
  const byDomain = selected.byDomain(domains)
  if (domains.size < minDomains || byDomain.size < domains.size) return 0
  let minimum = Infinity
  for (const count of byDomain.values()) minimum = Math.min(minimum, count)
  return minimum === Infinity ? 0 : minimum
}

/** The hard constraints as a filter; undefined when there are none. */
export function spreadFilter(hard: readonly CountedConstraint[]): SlotFilter | undefined {
  if (hard.length === 0) return undefined
  const verdicts = hard.map(counted => {
    const { constraint } = counted.question
    const { domains, selected } = counted
    return {
      domainOf: domains.topology.domainOf,
      counts: selected.byDomain(domains),
      limit: constraint.maxSkew + minimumOf(counted, constraint.minDomains) - Number(constraint.selfMatch),
    }
  })
  return slot => {
    for (const { domainOf, counts, limit } of verdicts) {
      const domain = domainOf[slot] ?? NO_DOMAIN
      if (domain === NO_DOMAIN) return SPREAD_KEY_MISSING
      if ((counts.get(domain) ?? 0) > limit) return SPREAD
    }
    return undefined
  }
}
