import type { PodRecord } from '../cluster/pod.ts'
import { budgetsOf } from '../scheduling/budget-arithmetic.ts'
import { severalBudgets } from './budget-refusal.ts'
import type { Veto } from './reasons.ts'
import type { VetoContext } from './veto-context.ts'

export function budgetsAreUnknown(pod: PodRecord, context: VetoContext): Veto | undefined {
  if (!context.cluster.knows('PodDisruptionBudget'))
    return { reason: 'BudgetsUnknown', message: 'PodDisruptionBudgets are not in the data' }
  // A budget that cannot be read may cover any pod of its namespace.
  const unread = context.unreadBudgetIn(pod.namespace)
  return unread && { reason: 'BudgetsUnknown', message: `budget ${unread.name} cannot be read: ${unread.problems[0] ?? ''}` }
}

export function severalBudgetsCoverIt(pod: PodRecord, { cluster }: VetoContext): Veto | undefined {
  const budgets = budgetsOf(cluster, pod)
  return budgets.length < 2 ? undefined : severalBudgets(budgets)
}

export function budgetNeverAllows(pod: PodRecord, context: VetoContext): Veto | undefined {
  const budget = budgetsOf(context.cluster, pod)[0]
  const why = budget === undefined ? undefined : context.neverAllows(budget)
  return why === undefined ? undefined : { reason: 'BudgetNeverAllows', message: why }
}
