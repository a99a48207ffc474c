import { ANNOTATIONS } from './annotations.ts'
import type { Labels } from './labels.ts'

/**
 * Whose deletion cost a pod carries. respread writes down beside a cost that it has set which one that was: as long as both agree, the cost is
 * its own. Any other cost, one changed or taken away by somebody since included, is foreign and never touched.
 */
export type DeletionCost =
  { readonly kind: 'none' } | { readonly kind: 'own'; readonly value: number } | { readonly kind: 'foreign'; readonly value: number }

/** What bringing a pod's cost to the wanted one takes: values to write, null to remove; or why nothing is to be written. */
export type CostChange =
  | { readonly kind: 'write'; readonly annotations: Readonly<Record<string, string | null>> }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'foreign' }

const NONE: DeletionCost = { kind: 'none' }

export function deletionCostOf(annotations: Labels): DeletionCost {
  const text = annotations.get(ANNOTATIONS.podDeletionCost)
  const written = annotations.get(ANNOTATIONS.deletionCostSet)
  if (text === undefined && written === undefined) return NONE
  const value = parseDeletionCost(text ?? '0') ?? 0
  return { kind: text !== undefined && text === written ? 'own' : 'foreign', value }
}

/** Whether respread has left a trace on the pod, be it beside a cost that is not its own any more. */
export function hasOwnTrace(annotations: Labels): boolean {
  return annotations.has(ANNOTATIONS.deletionCostSet)
}

/** @param cost undefined: none of ours */
export function costChange(annotations: Labels, cost: number | undefined): CostChange {
  const current = deletionCostOf(annotations)
  if (cost !== undefined) {
    if (current.kind === 'foreign') return { kind: 'foreign' }
    if (current.kind === 'own' && current.value === cost) return { kind: 'unchanged' }
    const text = String(cost)
    return { kind: 'write', annotations: { [ANNOTATIONS.podDeletionCost]: text, [ANNOTATIONS.deletionCostSet]: text } }
  }
  if (!hasOwnTrace(annotations)) return { kind: 'unchanged' }
  const own = current.kind === 'own' ? { [ANNOTATIONS.podDeletionCost]: null } : {}
  return { kind: 'write', annotations: { ...own, [ANNOTATIONS.deletionCostSet]: null } }
}

/** As the ReplicaSet controller and the API server read it (core/helper/helpers.go GetDeletionCostFromPodAnnotations, 1.36); undefined: invalid. */
export function parseDeletionCost(text: string): number | undefined {
  const value = /^(?:0|-\d+|[1-9]\d*)$/.test(text) ? Number(text) : Number.NaN
  return value >= -2_147_483_648 && value <= 2_147_483_647 ? value : undefined
}
