/** Things in order, of which no two compare equal by their keys. */
export interface SortedList<T extends K, K = T> {
  readonly items: readonly T[]
  /** Each takes the place of what compares equal to it, or comes between its neighbours. */
  put(added: readonly T[]): void
  /** Takes out what compares equal. */
  delete(key: K): void
}

/** From so many changes at once on, going through everything is cheaper than finding each its place. */
const MANY = 100

export function createSortedList<T extends K, K = T>(compare: (one: K, other: K) => number): SortedList<T, K> {
  /** Where the item is or belongs. */
  function placeOf(key: K): number {
    const { items } = list
    let low = 0
    let high = items.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const found = items[middle]
      if (found !== undefined && compare(found, key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
  const holds = (place: number, key: K): boolean => {
    const found = list.items[place]
    return found !== undefined && compare(found, key) === 0
  }

  function merge(added: readonly T[]): void {
    const merged: T[] = []
    let next = 0
    for (const item of list.items) {
      for (let come = added[next]; come !== undefined && compare(come, item) < 0; come = added[next]) {
        merged.push(come)
        next += 1
      }
      const come = added[next]
      if (come === undefined || compare(come, item) !== 0) merged.push(item)
    }
    list.items = merged.concat(added.slice(next))
  }

  const list = {
    items: [] as T[],
    put(added: readonly T[]) {
      if (added.length >= MANY) return merge(added.toSorted(compare))
      for (const item of added) {
        const place = placeOf(item)
        list.items.splice(place, holds(place, item) ? 1 : 0, item)
      }
    },
    delete(key: K) {
      const place = placeOf(key)
      if (holds(place, key)) list.items.splice(place, 1)
    },
  }
  return list
}
