import type { PodRecord } from '../cluster/pod.ts'
import { budgetsOf } from '../scheduling/budget-arithmetic.ts'
import type { Veto } from './reasons.ts'
import type { VetoContext } from './veto-context.ts'

export function budgetsAreUnknown(_pod: PodRecord, { cluster }: VetoContext): Veto | undefined {
  if (cluster.knows('PodDisruptionBudget')) return undefined
  return { reason: 'BudgetsUnknown', message: 'PodDisruptionBudgets are not in the data' }
}

export function severalBudgetsCoverIt(pod: PodRecord, { cluster }: VetoContext): Veto | undefined {
  const budgets = budgetsOf(cluster, pod)
  if (budgets.length < 2) return undefined
  return { reason: 'SeveralBudgets', message: `${budgets.length} budgets cover it: ${budgets.map(budget => budget.name).join(', ')}` }
}

export function budgetNeverAllows(pod: PodRecord, { cluster, neverAllows }: VetoContext): Veto | undefined {
  const budget = budgetsOf(cluster, pod)[0]
  const why = budget === undefined ? undefined : neverAllows(budget)
  return why === undefined ? undefined : { reason: 'BudgetNeverAllows', message: why }
}
