import type { LabelRequirement, LabelSelector } from './labels.ts'
import { memo } from './memo.ts'

/** Things by label key and value; what nothing stands under is not there. */
export interface LabelTable<T> {
  add(key: string, value: string, thing: T): void
  delete(key: string, value: string, thing: T): void
  at(key: string, value: string): ReadonlySet<T>
  /** Of the labels that a selector asks for, the one that the fewest stand under; undefined where it asks for none. */
  leastCrowded(selector: LabelSelector): LabelRequirement | undefined
}

export function createLabelTable<T>(): LabelTable<T> {
  const byKey = new Map<string, Map<string, Set<T>>>()
  const nothing: ReadonlySet<T> = new Set()
  const at = (key: string, value: string): ReadonlySet<T> => byKey.get(key)?.get(value) ?? nothing
  return {
    at,
    add(key, value, thing) {
      const byValue = memo(byKey, key, () => new Map<string, Set<T>>())
      memo(byValue, value, () => new Set<T>()).add(thing)
    },
    delete(key, value, thing) {
      const byValue = byKey.get(key)
      const things = byValue?.get(value)
      things?.delete(thing)
      if (things?.size === 0) byValue?.delete(value)
      if (byValue?.size === 0) byKey.delete(key)
    },
    leastCrowded(selector) {
      let best: { readonly requirement: LabelRequirement; readonly crowd: number } | undefined
      for (const requirement of labelsAskedFor(selector)) {
        const crowd = requirement.values.reduce((sum, value) => sum + at(requirement.key, value).size, 0)
        if (best === undefined || crowd < best.crowd) best = { requirement, crowd }
      }
      return best?.requirement
    },
  }
}

/** The requirements that only pods with certain values of a label meet. */
export function labelsAskedFor(selector: LabelSelector): readonly LabelRequirement[] {
  return selector.kind === 'requirements' ? selector.requirements.filter(({ operator }) => operator === 'In') : []
}
