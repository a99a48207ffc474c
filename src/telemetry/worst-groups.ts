import { isOverMaxSkew } from '../planning/over-max-skew.ts'
import type { GroupPlan } from '../planning/plan-types.ts'

/** The groups over their maxSkew, those with the most excess first, at most so many; and how many there are beyond. */
export function worstGroups(groups: readonly GroupPlan[], most: number): { readonly shown: readonly GroupPlan[]; readonly beyond: number } {
  const violated = groups.filter(isOverMaxSkew)
  const shown = violated
    .toSorted((one, other) => other.excess - one.excess || (one.id < other.id ? -1 : Number(one.id > other.id)))
    .slice(0, most)
  return { shown, beyond: violated.length - shown.length }
}
