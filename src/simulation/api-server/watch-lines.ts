import type { RawObject, StoreEvent } from '../object-store.ts'
import type { ApiRequest } from './api-request.ts'
import { bookmarkObject } from './bookmark.ts'
import { objectText } from './object-text.ts'
import type { Selection } from './selection.ts'
import type { StatusError } from './status.ts'
import { tableText } from './table.ts'

/** The lines of one watch, in its words and as its selection sees things. */
export interface WatchLines {
  added(object: RawObject): string
  /** The line of an event, if there is anything to see. @param text makes the event's object as it is sent on its own */
  of(event: StoreEvent, text: () => string): string | undefined
  /** @param initialEnd marks the end of the initial events of a streaming list */
  bookmark(resourceVersion: number, initialEnd: boolean): string
  error(error: StatusError): string
}

type EventType = StoreEvent['type'] | 'BOOKMARK' | 'ERROR'

export function createWatchLines(request: ApiRequest, selection: Selection, now: () => number): WatchLines {
  const { media, type, namespace } = request
  let isFirstTable = true

  function lineOf(eventType: EventType, object: RawObject, text: () => string): string {
    if (media.as === 'objects') return line(eventType, text())
    const table = tableText(request, media, object, now(), isFirstTable)
    isFirstTable = false
    return line(eventType, table)
  }

  return {
    added: object => lineOf('ADDED', object, () => objectText(type, object)),
    of(event, text) {
      if (namespace !== undefined && event.object.metadata.namespace !== namespace) return undefined
      const seen = seenAs(event, selection)
      if (seen === undefined) return undefined
      return lineOf(seen.type, seen.object, seen.object === event.object ? text : () => objectText(type, seen.object))
    },
    bookmark(resourceVersion, initialEnd) {
      const object = bookmarkObject(type, resourceVersion, initialEnd)
      return lineOf('BOOKMARK', object, () => JSON.stringify(object))
    },
    error: ({ status }) => line('ERROR', JSON.stringify(status)),
  }
}

/** What enters the selection is ADDED, what leaves it is DELETED (cacher/cache_watcher.go convertToWatchEvent). */
function seenAs(event: StoreEvent, selection: Selection): Pick<StoreEvent, 'type' | 'object'> | undefined {
  const { type, object, previous, resourceVersion } = event
  const matchesNow = type !== 'DELETED' && selection.matches(object)
  const matchedBefore = previous !== undefined && selection.matches(previous)
  if (matchesNow) return { type: matchedBefore ? 'MODIFIED' : 'ADDED', object }
  if (!matchedBefore) return undefined
  if (type === 'DELETED') return { type, object }
  // What leaves is shown as it last was in the selection, at the version that took it out.
  return { type: 'DELETED', object: { ...previous, metadata: { ...previous.metadata, resourceVersion: String(resourceVersion) } } }
}

function line(type: EventType, text: string): string {
  return `{"type":"${type}","object":${text}}\n`
}
