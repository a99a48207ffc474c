import type { GroupPlan } from './plan-types.ts'

/** Whether a group has more skew than its constraint allows, and the policy does not leave that alone. */
export function isOverMaxSkew({ excess, status }: Pick<GroupPlan, 'excess' | 'status'>): boolean {
  return excess > 0 && status !== 'Balanced'
}
