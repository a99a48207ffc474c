import { compareText } from '../cluster/compare-text.ts'
import { deletionCostOf } from '../cluster/deletion-cost.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { Policy } from './policy.ts'

/**
 * Whose eviction does least harm comes first: lower priority, then not Ready, lower pod-deletion-cost, younger, then by name. respread's own
 * pods come last, so that it finishes what it began.
 */
export function leastHarmFirst(policy: Policy): (a: PodRecord, b: PodRecord) => number {
  const isOwn = (pod: PodRecord): boolean => isOwnPod(pod, policy)
  return (a, b) =>
    Number(isOwn(a)) - Number(isOwn(b)) ||
    a.spec.priority - b.spec.priority ||
    Number(a.ready) - Number(b.ready) ||
    (a.annotations === b.annotations ? 0 : deletionCost(a) - deletionCost(b)) ||
    b.createdAt - a.createdAt ||
    compareText(a.name, b.name)
}

function isOwnPod(pod: PodRecord, { self }: Policy): boolean {
  return self !== undefined && pod.namespace === self.namespace && [...self.labels].every(([key, value]) => pod.labels.get(key) === value)
}

// A cost of respread's own counts as none: which pods carry one follows from the plan, and must not decide the next.
function deletionCost(pod: PodRecord): number {
  const cost = deletionCostOf(pod.annotations)
  return cost.kind === 'foreign' ? cost.value : 0
}
