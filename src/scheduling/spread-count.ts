import { countedConstraint, minimumOf } from './counted-spread.ts'
import type { DomainSet, NodeLayout } from './node-layout.ts'
import type { SpreadQuestion } from './pod-question.ts'
import type { DomainCount, SpreadCount } from './scheduler-model.ts'
import type { SpreadCounts } from './spread-counts.ts'

/** The advanced counts of one constraint, with the names that people and planners know. */
export function spreadCountOf(layout: NodeLayout, counts: SpreadCounts, namespace: string, question: SpreadQuestion): SpreadCount {
  const { constraint } = question
  const counted = countedConstraint(layout, counts, namespace, question)
  const byNumber = counted.selected.byDomain(counted.domains)
  return {
    constraint,
    over: counted.domains,
    byNumber,
    // Thousands of domains for the hostname key: named only for those who ask.
    domains: () => namedDomains(counted.domains, byNumber),
    globalMinimum: minimumOf(counted, constraint.minDomains),
  }
}

function namedDomains(over: DomainSet, byNumber: ReadonlyMap<number, number>): ReadonlyMap<string, DomainCount> {
  const domains = new Map<string, DomainCount>()
  for (const [number, name] of over.topology.names.entries()) {
    const nodes = over.nodesOf(number)
    if (nodes.length > 0) domains.set(name, { name, count: byNumber.get(number) ?? 0, nodes })
  }
  return domains
}
