import type { BudgetRecord } from '../cluster/budget.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import { matchesLabels } from '../cluster/label-selector.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { recordKey } from '../cluster/records.ts'
import { budgetsOf } from './budget-arithmetic.ts'
import type { Difference } from './difference.ts'

/** Compares the budgets that are held to cover a pod, and what they allow, with those whose selector matches it. */
export function budgetDifferences(cluster: ClusterReader, pod: PodRecord): readonly Difference[] {
  const held = byName(budgetsOf(cluster, pod))
  const counted = byName(Array.from(cluster.budgetsIn(pod.namespace)).filter(({ selector }) => matchesLabels(selector, pod.labels)))
  return [...new Set([...held.keys(), ...counted.keys()])].flatMap((key): readonly Difference[] => {
    const [have, is] = [held.get(key), counted.get(key)]
    return have === is ? [] : [{ view: 'budgets', about: key, held: coverage(have, pod), counted: coverage(is, pod) }]
  })
}

function byName(budgets: readonly BudgetRecord[]): ReadonlyMap<string, BudgetRecord> {
  return new Map(budgets.map(budget => [recordKey(budget), budget]))
}

function coverage(budget: BudgetRecord | undefined, pod: PodRecord): string {
  if (budget === undefined) return `not to cover pod ${pod.name}`
  const { generation, status } = budget
  return `to cover pod ${pod.name} (${budget.uid}, generation ${generation}) and to allow ${status.disruptionsAllowed}`
}
