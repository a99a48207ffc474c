import type { GroupPlan } from './plan-types.ts'

/** Whether a group has more skew than its constraint allows. Balanced is in any case what no move could change, and what is no constraint of its pods. */
export function isOverMaxSkew({ excess, status }: Pick<GroupPlan, 'excess' | 'status'>): boolean {
  return excess > 0 && status !== 'Balanced'
}
