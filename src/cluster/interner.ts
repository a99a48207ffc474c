import { hash } from 'node:crypto'

/** Gives equal things one object: whoever holds it shares it, and it goes when nobody does. */
export type Interner<V> = (key: string, make: () => V) => V

/**
 * An interner by content key. It holds its values weakly, so that it can serve a watch for months, and yet two live values of one key are
 * always the same object.
 */
export function createInterner<V extends object>(): Interner<V> {
  const held = new Map<string, WeakRef<V>>()
  const cleanup = new FinalizationRegistry<string>(key => {
    // Another value may have taken the key in the meantime.
    if (held.get(key)?.deref() === undefined) held.delete(key)
  })
  return (key, make) => {
    const found = held.get(key)?.deref()
    if (found !== undefined) return found
    const value = make()
    held.set(key, new WeakRef(value))
    cleanup.register(value, key)
    return value
  }
}

/** A key in place of a text that would take more memory than what is held by it: equal for equal texts alone, in every process. */
export function digestOf(text: string): string {
  return hash('sha256', text, 'base64')
}

/** A cache of at most `limit` answers, emptied when full: a lost answer only costs computing it again. */
export function createCache<V>(limit: number): Interner<V> {
  const answers = new Map<string, { readonly value: V }>()
  return (key, make) => {
    const found = answers.get(key)
    if (found !== undefined) return found.value
    const value = make()
    if (answers.size >= limit) answers.clear()
    answers.set(key, { value })
    return value
  }
}
