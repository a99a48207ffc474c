import { compareText } from '../cluster/compare-text.ts'
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

/** How many new objects are worth a place of their own before it is cheaper to put the whole list together again. */
const FEW = 16

export function createSortedObjects(): SortedObjects {
  const byKey = new Map<string, RawObject>()
  /** New objects that have no place in `sorted` yet: nobody has asked for a list since they came. */
  const added = new Map<string, RawObject>()
  let sorted: RawObject[] = []
  let shared = false

  function own(): RawObject[] {
    if (shared) sorted = sorted.slice()
    shared = false
    return sorted
  }

  function settled(): RawObject[] {
    if (added.size > FEW) {
      sorted = merged(sorted, added)
      shared = false
    } else {
      for (const [key, object] of added) own().splice(lowerBound(sorted, key), 0, object)
    }
    added.clear()
    return sorted
  }

  return {
    get: key => byKey.get(key),
    all() {
      const list = settled()
      shared = true
      return list
    },
    inNamespace: namespace => namespaceRange(settled(), namespace),
    put(object) {
      const key = keyOf(object)
      if (!byKey.has(key) || added.has(key)) added.set(key, object)
      else own()[lowerBound(sorted, key)] = object
      byKey.set(key, object)
    },
    remove(key) {
      if (byKey.delete(key) && !added.delete(key)) own().splice(lowerBound(sorted, key), 1)
    },
  }
}

function merged(sorted: readonly RawObject[], added: ReadonlyMap<string, RawObject>): RawObject[] {
  const news = [...added].sort(([left], [right]) => compareText(left, right))
  const all: RawObject[] = []
  let at = 0
  for (const object of sorted) {
    const key = keyOf(object)
    for (let next = news[at]; next !== undefined && next[0] < key; next = news[at]) {
      all.push(next[1])
      at += 1
    }
    all.push(object)
  }
  for (const [, object] of news.slice(at)) all.push(object)
  return all
}
