import { memo } from './memo.ts'

/**
 * Values by namespace and name, in two levels: the names are those that the values hold anyway, where one joined text for each of a hundred
 * thousand pods would take ten megabytes. What is not in a namespace is under undefined.
 */
export interface NameTable<V> {
  size(): number
  get(namespace: string | undefined, name: string): V | undefined
  set(namespace: string | undefined, name: string, value: V): void
  delete(namespace: string | undefined, name: string): void
  /** Live, here and below, and can be gone through any number of times. */
  readonly values: Iterable<V>
  in(namespace: string): Iterable<V>
}

const NOTHING: readonly never[] = []

export function createNameTable<V>(): NameTable<V> {
  const namespaces = new Map<string | undefined, Map<string, V>>()
  let size = 0
  return {
    size: () => size,
    get: (namespace, name) => namespaces.get(namespace)?.get(name),
    set(namespace, name, value) {
      const names = memo(namespaces, namespace, () => new Map<string, V>())
      size -= names.size
      names.set(name, value)
      size += names.size
    },
    delete(namespace, name) {
      const names = namespaces.get(namespace)
      if (names?.delete(name) !== true) return
      size -= 1
      if (names.size === 0) namespaces.delete(namespace)
    },
    values: {
      *[Symbol.iterator]() {
        for (const names of namespaces.values()) yield* names.values()
      },
    },
    in: namespace => ({ [Symbol.iterator]: () => (namespaces.get(namespace) ?? NOTHING).values() }),
  }
}
