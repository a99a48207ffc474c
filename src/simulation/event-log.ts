import type { StoreEvent } from './object-store.ts'

/** The latest events of one resource: what a watch resumes from and what an older list is rebuilt from. */
export interface EventLog {
  append(event: StoreEvent): void
  /** The events after a resourceVersion, in order; undefined when some of them are forgotten. */
  since(resourceVersion: number): readonly StoreEvent[] | undefined
  /** Everything after this resourceVersion is remembered. */
  readonly horizon: number
  /** Forgets every event up to and including this resourceVersion. */
  forget(resourceVersion: number): void
}

/** @param capacity events kept at least; up to twice as many are, so that forgetting costs nothing per event */
export function createEventLog(capacity: number): EventLog {
  let events: StoreEvent[] = []
  let horizon = 0

  function firstAfter(resourceVersion: number): number {
    let low = 0
    let high = events.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((events[middle]?.resourceVersion ?? 0) <= resourceVersion) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    get horizon() {
      return horizon
    },
    append(event) {
      events.push(event)
      if (events.length <= 2 * capacity) return
      horizon = events[events.length - capacity - 1]?.resourceVersion ?? horizon
      events = events.slice(-capacity)
    },
    since: resourceVersion => (resourceVersion < horizon ? undefined : events.slice(firstAfter(resourceVersion))),
    forget(resourceVersion) {
      events = events.slice(firstAfter(resourceVersion))
      horizon = Math.max(horizon, resourceVersion)
    },
  }
}
