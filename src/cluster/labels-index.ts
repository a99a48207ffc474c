import { matchesLabels } from './label-selector.ts'
import { createLabelTable, labelsAskedFor } from './label-table.ts'
import type { Labels, LabelSelector } from './labels.ts'

/** Sets of labels found by the selectors that match them, without a look at each: a namespace can have as many as it has pods. */
export interface LabelsIndex {
  add(labels: Labels): void
  delete(labels: Labels): void
  /** In no order. */
  matching(selector: LabelSelector): readonly Labels[]
}

/** Only the keys that some selector has asked for are kept: pods have many labels that nobody asks for. */
export function createLabelsIndex(): LabelsIndex {
  const all = new Set<Labels>()
  const keys = new Set<string>()
  const table = createLabelTable<Labels>()

  function enter(labels: Labels, key: string): void {
    const value = labels.get(key)
    if (value !== undefined) table.add(key, value, labels)
  }

  /** The fewest that the selector leaves to look at. */
  function candidates(selector: LabelSelector): Iterable<Labels> {
    for (const { key } of labelsAskedFor(selector)) {
      if (!keys.has(key)) for (const labels of all) enter(labels, key)
      keys.add(key)
    }
    const least = table.leastCrowded(selector)
    return least === undefined ? all : least.values.flatMap(value => [...table.at(least.key, value)])
  }

  return {
    add(labels) {
      all.add(labels)
      for (const key of keys) enter(labels, key)
    },
    delete(labels) {
      all.delete(labels)
      for (const key of keys) {
        const value = labels.get(key)
        if (value !== undefined) table.delete(key, value, labels)
      }
    },
    matching: selector => Array.from(candidates(selector)).filter(labels => matchesLabels(selector, labels)),
  }
}
