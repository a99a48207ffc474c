import { countedConstraint, minimumOf } from './counted-spread.ts'
import type { DomainSet, NodeLayout } from './node-layout.ts'
import type { SpreadQuestion } from './pod-question.ts'
import type { SpreadCount } from './scheduler-model.ts'
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

function namedDomains(over: DomainSet, byNumber: ReadonlyMap<number, number>): ReadonlyMap<string, number> {
  const counts = over.topology.names.flatMap((name, number) =>
    over.nodesOf(number).length > 0 ? [[name, byNumber.get(number) ?? 0] as const] : [],
  )
  return new Map(counts)
}
