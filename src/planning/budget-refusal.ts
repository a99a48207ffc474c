import type { BudgetRecord } from '../cluster/budget.ts'
import type { EvictionAllowance } from '../scheduling/budget-arithmetic.ts'
import type { Veto } from './reasons.ts'

/** Why the Eviction API would refuse a pod at this moment as far as budgets go; undefined where it would not. */
export function budgetRefusal(allowance: EvictionAllowance): Veto | undefined {
  switch (allowance.kind) {
    case 'bypass':
    case 'allowed':
      return undefined
    case 'severalBudgets':
      return severalBudgets(allowance.budgets)
    case 'lagging':
      return { reason: 'BudgetLagging', message: `the controller of budget ${allowance.budget.name} has not seen its newest spec` }
    case 'exhausted':
      return { reason: 'BudgetExhausted', message: `budget ${allowance.budget.name} allows no disruption now` }
    case 'forbidden':
      return { reason: 'BudgetForbids', message: allowance.message }
  }
}

/** Whether the plan finds them or a request is about to go out: the same is true. */
export function severalBudgets(budgets: readonly BudgetRecord[]): Veto {
  return { reason: 'SeveralBudgets', message: `${budgets.length} budgets cover it: ${budgets.map(({ name }) => name).join(', ')}` }
}
