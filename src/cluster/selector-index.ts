import { matchesLabels } from './label-selector.ts'
import type { LabelRequirement, Labels, LabelSelector } from './labels.ts'
import { createLabelTable } from './label-table.ts'

/** Values found by the labels that their selectors match, without a look at each: a namespace can have thousands of selectors. */
export interface SelectorIndex<T> {
  add(selector: LabelSelector, value: T): void
  delete(value: T): void
  /** In no order. */
  matching(labels: Labels): readonly T[]
  isEmpty(): boolean
}

interface Entry<T> {
  readonly selector: LabelSelector
  readonly value: T
  /** What it waits under; undefined: it is looked at every time. */
  readonly under: LabelRequirement | undefined
}

/** Each selector waits under a label that it asks for: of several the one that the fewest others wait under. */
export function createSelectorIndex<T>(): SelectorIndex<T> {
  const entries = new Map<T, Entry<T>>()
  const waiting = createLabelTable<Entry<T>>()
  const others = new Set<Entry<T>>()

  return {
    add(selector, value) {
      const entry = { selector, value, under: waiting.leastCrowded(selector) }
      entries.set(value, entry)
      if (entry.under === undefined) others.add(entry)
      else for (const each of entry.under.values) waiting.add(entry.under.key, each, entry)
    },
    delete(value) {
      const entry = entries.get(value)
      if (entry === undefined) return
      entries.delete(value)
      if (entry.under === undefined) others.delete(entry)
      else for (const each of entry.under.values) waiting.delete(entry.under.key, each, entry)
    },
    matching(labels) {
      const found: T[] = []
      const addFrom = (candidates: Iterable<Entry<T>>): void => {
        for (const { selector, value } of candidates) if (matchesLabels(selector, labels)) found.push(value)
      }
      for (const [key, value] of labels) addFrom(waiting.at(key, value))
      addFrom(others)
      return found
    },
    isEmpty: () => entries.size === 0,
  }
}
