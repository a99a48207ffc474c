import type { RawObject, StoreEvent } from './object-store.ts'
import { keyOf, lowerBound } from './sorted-objects.ts'

/** The list as it was before the events, which are undone from the newest on. */
export function beforeEvents(objects: readonly RawObject[], events: readonly StoreEvent[]): readonly RawObject[] {
  const past = objects.slice()
  for (const event of events.toReversed()) {
    const key = keyOf(event.object)
    const position = lowerBound(past, key)
    switch (event.type) {
      case 'ADDED':
        past.splice(position, 1)
        break
      case 'MODIFIED':
        if (event.previous !== undefined) past[position] = event.previous
        break
      case 'DELETED':
        if (event.previous !== undefined) past.splice(position, 0, event.previous)
        break
    }
  }
  return past
}
