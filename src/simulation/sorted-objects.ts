import type { RawObject } from './object-store.ts'

/**
 * The objects of one resource in key order, as etcd keeps them. Lists that were handed out never change: the array is copied before the
 * first write after it has been shared.
 */
export interface SortedObjects {
  get(key: string): RawObject | undefined
  all(): readonly RawObject[]
  inNamespace(namespace: string): readonly RawObject[]
  put(object: RawObject): void
  remove(key: string): void
}

/** `namespace/name`, or `name` for a cluster-wide object. */
export function objectKey(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`
}

export function keyOf(object: RawObject): string {
  return objectKey(object.metadata.namespace, object.metadata.name)
}

/** The first position whose key is not below `key`. */
export function lowerBound(objects: readonly RawObject[], key: string): number {
  let low = 0
  let high = objects.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const object = objects[middle]
    if (object !== undefined && keyOf(object) < key) low = middle + 1
    else high = middle
  }
  return low
}

/** The objects of one namespace out of a list in key order. `0` follows `/` in ASCII, so it closes the range of the namespace's keys. */
export function namespaceRange(objects: readonly RawObject[], namespace: string): readonly RawObject[] {
  return objects.slice(lowerBound(objects, `${namespace}/`), lowerBound(objects, `${namespace}0`))
}

export function createSortedObjects(): SortedObjects {
  const byKey = new Map<string, RawObject>()
  let sorted: RawObject[] = []
  let shared = false

  function own(): RawObject[] {
    if (shared) sorted = sorted.slice()
    shared = false
    return sorted
  }

  return {
    get: key => byKey.get(key),
    all() {
      shared = true
      return sorted
    },
    inNamespace: namespace => namespaceRange(sorted, namespace),
    put(object) {
      const key = keyOf(object)
      own().splice(lowerBound(sorted, key), byKey.has(key) ? 1 : 0, object)
      byKey.set(key, object)
    },
    remove(key) {
      if (!byKey.delete(key)) return
      own().splice(lowerBound(sorted, key), 1)
    },
  }
}
