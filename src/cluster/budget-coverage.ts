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

  function coveringIn(namespace: string): Covering {
    const budgets = createSelectorIndex<BudgetRecord>()
    for (const budget of budgetsIn(namespace)) budgets.add(budget.selector, budget)
    return { budgets, known: new WeakMap() }
  }

  function change({ namespace }: BudgetRecord, how: (budgets: SelectorIndex<BudgetRecord>) => void): void {
    const covering = namespaces.get(namespace)
    if (covering === undefined) return
    how(covering.budgets)
    covering.known = new WeakMap()
  }

  return {
    of(namespace, labels) {
      const { budgets, known } = memo(namespaces, namespace, () => coveringIn(namespace))
      return memo(known, labels, () => budgets.matching(labels).toSorted((one, other) => compareText(one.name, other.name)))
    },
    add: budget => change(budget, budgets => budgets.add(budget.selector, budget)),
    remove: budget => change(budget, budgets => budgets.delete(budget)),
    forgetAll: () => namespaces.clear(),
  }
}
