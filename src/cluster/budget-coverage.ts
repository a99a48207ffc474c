import type { BudgetRecord } from './budget.ts'
import { matchesLabels } from './label-selector.ts'
import type { Labels } from './labels.ts'

/** Which budgets cover pods with certain labels, worked out once for the labels that replicas share. */
export interface Coverage {
  /** By name. */
  readonly of: (namespace: string, labels: Labels) => readonly BudgetRecord[]
  /** A budget of the namespace has changed. */
  forget(namespace: string): void
  forgetAll(): void
}

export function createCoverage(budgetsIn: (namespace: string) => Iterable<BudgetRecord>): Coverage {
  // Weak: labels that no pod has any more take their answer along.
  const byNamespace = new Map<string, WeakMap<Labels, readonly BudgetRecord[]>>()
  return {
    of(namespace, labels) {
      let byLabels = byNamespace.get(namespace)
      if (byLabels === undefined) byNamespace.set(namespace, (byLabels = new WeakMap()))
      let covering = byLabels.get(labels)
      if (covering === undefined) {
        covering = Array.from(budgetsIn(namespace))
          .filter(budget => matchesLabels(budget.selector, labels))
          .sort((one, other) => (one.name < other.name ? -1 : 1))
        byLabels.set(labels, covering)
      }
      return covering
    },
    forget: namespace => void byNamespace.delete(namespace),
    forgetAll: () => byNamespace.clear(),
  }
}
