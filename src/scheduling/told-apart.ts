import type { PodRecord } from '../cluster/pod.ts'
import type { ClusterViews } from './cluster-views.ts'
import type { DomainAmounts } from './counted-affinity.ts'
import type { CountedConstraint } from './counted-spread.ts'
import type { Feasibility } from './feasibility.ts'
import type { Distinction, ToldApart } from './distinction.ts'
import type { Places } from './places.ts'

interface Asked {
  readonly views: ClusterViews
  readonly places: Places
  readonly feasibility: Feasibility
}

/**
 * Tells nodes apart by every domain that a filter or a score reads, by what sampling and the caller read, and sets apart those of which something is read
 * that is their own.
 */
export function tellApart(
  { views, places, feasibility }: Asked,
  pod: PodRecord,
  preferred: readonly DomainAmounts[],
  distinction: Distinction | undefined,
): ToldApart {
  if (feasibility.readsEachNode) {
    for (const slot of views.table.layout().byName) places.setApart(slot)
    return BY_NOTHING
  }
  const { hard, soft, marks } = views.constraintsOf(pod)
  for (const counted of hard) setNodesWithPodsApart(places, counted)
  for (const counted of soft) setNodesWithPodsApart(places, counted)
  for (const slot of distinction?.apart ?? []) places.setApart(slot)
  const { required } = feasibility
  const asked = distinction?.marks ?? BY_NOTHING.further
  if (required.length + preferred.length === 0) return { own: marks, further: asked }
  const amounts = [...required, ...preferred]
  for (const each of amounts) setNodesWithAmountsApart(places, each)
  return { own: marks, further: [...asked, ...amounts.map(({ topology }) => topology.mark)] }
}

const BY_NOTHING: ToldApart = { own: [], further: [] }

function setNodesWithPodsApart(places: Places, { domains, selected }: CountedConstraint): void {
  if (domains.topology.isPerNode) for (const slot of selected.bySlot.keys()) places.setApart(slot)
}

function setNodesWithAmountsApart(places: Places, { topology, byDomain }: DomainAmounts): void {
  if (topology.isPerNode) for (const domain of byDomain.keys()) places.setApart(topology.slotOf[domain] ?? 0)
}
