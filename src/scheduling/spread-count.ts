import { countedConstraint, minimumOf } from './counted-spread.ts'
import type { NodeLayout } from './node-layout.ts'
import type { SpreadQuestion } from './pod-question.ts'
import type { DomainCount, SpreadCount } from './scheduler-model.ts'
import type { SpreadCounts } from './spread-counts.ts'

/** The advanced counts of one constraint, with the names that people and planners know. */
export function spreadCountOf(layout: NodeLayout, counts: SpreadCounts, namespace: string, question: SpreadQuestion): SpreadCount {
  const { constraint } = question
  const counted = countedConstraint(layout, counts, namespace, question)
  const byDomain = counted.selected.byDomain(counted.domains)
  const domains = new Map<string, DomainCount>()
  for (const [number, name] of counted.domains.topology.names.entries()) {
    const nodes = counted.domains.nodesOf(number)
    if (nodes.length > 0) domains.set(name, { name, count: byDomain.get(number) ?? 0, nodes })
  }
  return { constraint, domains, globalMinimum: minimumOf(counted, constraint.minDomains) }
}
