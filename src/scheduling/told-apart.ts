import type { PodRecord } from '../cluster/pod.ts'
import type { ClusterViews } from './cluster-views.ts'
import type { DomainAmounts } from './counted-affinity.ts'
import type { CountedConstraint } from './counted-spread.ts'
import type { Feasibility } from './feasibility.ts'
import type { Mark } from './node-partition.ts'
import type { Distinction } from './places.ts'

interface Asked {
  readonly views: ClusterViews
  readonly feasibility: Feasibility
}

/**
 * Which nodes must be told apart: by every domain that a filter or a score reads, by what sampling and the caller read, and one by one where
 * what is read is the node's own.
 *
 * @param apart slots of nodes that stand by themselves whatever is read; the others that do are added
 */
export function toldApart(
  { views, feasibility }: Asked,
  pod: PodRecord,
  preferred: readonly DomainAmounts[],
  apart: number[],
  distinction: Distinction | undefined,
): Distinction {
  if (feasibility.readsEachNode) return { marks: [], apart: views.table.layout().byName }
  const { hard, soft, marks: own } = views.constraintsOf(pod)
  for (const counted of hard) addNodesWithPods(apart, counted)
  for (const counted of soft) addNodesWithPods(apart, counted)
  for (const slot of distinction?.apart ?? []) apart.push(slot)
  let marks = own
  for (const mark of distinction?.marks ?? []) marks = withMark(marks, mark)
  for (const { topology } of feasibility.required) marks = withMark(marks, topology.mark)
  for (const { topology } of preferred) marks = withMark(marks, topology.mark)
  for (const amounts of feasibility.required) addNodesWithAmounts(apart, amounts)
  for (const amounts of preferred) addNodesWithAmounts(apart, amounts)
  return { marks, apart }
}

function withMark(marks: readonly Mark[], mark: Mark): readonly Mark[] {
  return marks.includes(mark) ? marks : [...marks, mark]
}

function addNodesWithPods(apart: number[], { domains, selected }: CountedConstraint): void {
  if (domains.topology.isPerNode) for (const slot of selected.bySlot.keys()) apart.push(slot)
}

function addNodesWithAmounts(apart: number[], { topology, byDomain }: DomainAmounts): void {
  if (!topology.isPerNode) return
  for (const domain of byDomain.keys()) apart.push(topology.slotOf[domain] ?? 0)
}
