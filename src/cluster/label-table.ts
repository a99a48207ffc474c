import { memo } from './memo.ts'

/** Things by label key and value; what nothing stands under is not there. */
export interface LabelTable<T> {
  add(key: string, value: string, thing: T): void
  delete(key: string, value: string, thing: T): void
  at(key: string, value: string): ReadonlySet<T>
  /** How many stand under any of the values. */
  count(key: string, values: readonly string[]): number
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
    count: (key, values) => values.reduce((sum, value) => sum + at(key, value).size, 0),
  }
}
