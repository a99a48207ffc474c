import type { RawObject, StoreEvent } from './object-store.ts'
import { keyOf, lowerBound } from './sorted-objects.ts'

/** Lists of one resource as they were, so that the pages of a list show one moment. */
export interface PastLists {
  /** The list at a resourceVersion, from the list of now and everything that has happened since. */
  listAt(resourceVersion: number, now: readonly RawObject[], since: readonly StoreEvent[]): readonly RawObject[]
}

/** How many lists in pages may be under way at once before one of them has to be put together again for each page. */
const KEPT = 8

export function createPastLists(): PastLists {
  const lists = new Map<number, readonly RawObject[]>()
  return {
    listAt(resourceVersion, now, since) {
      const list = lists.get(resourceVersion) ?? (since.length === 0 ? now : beforeEvents(now, since))
      // The least recently asked for is forgotten first.
      lists.delete(resourceVersion)
      lists.set(resourceVersion, list)
      for (const oldest of lists.keys()) if (lists.size > KEPT) lists.delete(oldest)
      return list
    },
  }
}

/** The list as it was before the events, which are undone from the newest on. */
function beforeEvents(objects: readonly RawObject[], events: readonly StoreEvent[]): readonly RawObject[] {
  const past = objects.slice()
  for (const { type, object, previous } of events.toReversed()) {
    const position = lowerBound(past, keyOf(object))
    if (type === 'ADDED') past.splice(position, 1)
    else if (previous !== undefined) past.splice(position, type === 'DELETED' ? 0 : 1, previous)
  }
  return past
}
