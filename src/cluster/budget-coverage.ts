import { compareText } from './compare-text.ts'
import type { BudgetRecord } from './budget.ts'
import type { Labels } from './labels.ts'
import { memo } from './memo.ts'
import { createSelectorIndex, type SelectorIndex } from './selector-index.ts'

/** Which budgets cover pods with certain labels, worked out once for the labels that replicas share. */
export interface Coverage {
  /** By name. */
  readonly of: (namespace: string, labels: Labels) => readonly BudgetRecord[]
  /** A budget has come or gone. */
  add(budget: BudgetRecord): void
  remove(budget: BudgetRecord): void
  forgetAll(): void
}

interface Covering {
  readonly budgets: SelectorIndex<BudgetRecord>
  /** Weak: labels that no pod has any more take their answer along. */
  known: WeakMap<Labels, readonly BudgetRecord[]>
}

export function createCoverage(budgetsIn: (namespace: string) => Iterable<BudgetRecord>): Coverage {
  const namespaces = new Map<string, Covering>()
  /** Whoever goes through the pods of a workload asks the same again and again. */
  let latest: { readonly namespace: string; readonly labels: Labels; readonly found: readonly BudgetRecord[] } | undefined

  function coveringIn(namespace: string): Covering {
    const budgets = createSelectorIndex<BudgetRecord>()
    for (const budget of budgetsIn(namespace)) budgets.add(budget.selector, budget)
    return { budgets, known: new WeakMap() }
  }

  function change({ namespace }: BudgetRecord, how: (budgets: SelectorIndex<BudgetRecord>) => void): void {
    const covering = namespaces.get(namespace)
    latest = undefined
    if (covering === undefined) return
    how(covering.budgets)
    covering.known = new WeakMap()
  }

  return {
    of(namespace, labels) {
      if (latest?.labels === labels && latest.namespace === namespace) return latest.found
      const { budgets, known } = memo(namespaces, namespace, () => coveringIn(namespace))
      const found = memo(known, labels, () => budgets.matching(labels).toSorted((one, other) => compareText(one.name, other.name)))
      latest = { namespace, labels, found }
      return found
    },
    add: budget => change(budget, budgets => budgets.add(budget.selector, budget)),
    remove: budget => change(budget, budgets => budgets.delete(budget)),
    forgetAll() {
      namespaces.clear()
      latest = undefined
    },
  }
}
