import type { ObjectStore, StoreEvent } from '../object-store.ts'
import { matches, type Attributes, type RequestMatch } from './access-rules.ts'
import { objectText } from './object-text.ts'
import type { ServedType } from './served-types.ts'
import type { WatchStream } from './watch-stream.ts'

/** A watch that is open. */
interface LiveWatch {
  readonly attributes: Attributes
  readonly storedAs: string
  readonly stream: WatchStream
  /** @param textOf the event's object as text, made once for everyone who watches it in the same words */
  deliver(event: StoreEvent, textOf: (type: ServedType) => string): void
  /** Ends it as one that has fallen too far behind. */
  expire(): void
}

/** Every open watch, fed by one subscription to the store. */
export interface WatchHub {
  /** Returns how to take it out again. */
  add(watch: LiveWatch): () => void
  matching(match: RequestMatch): readonly LiveWatch[]
  /** Delivers nothing any more. */
  close(): void
}

export function createWatchHub(store: ObjectStore): WatchHub {
  const watches = new Set<LiveWatch>()
  const unsubscribe = store.subscribe(event => {
    const texts = new Map<ServedType, string>()
    const textOf = (type: ServedType): string => {
      const text = texts.get(type) ?? objectText(type, event.object)
      texts.set(type, text)
      return text
    }
    for (const watch of watches) if (watch.storedAs === event.resource) watch.deliver(event, textOf)
  })
  return {
    add(watch) {
      watches.add(watch)
      return () => watches.delete(watch)
    },
    matching: match => Array.from(watches).filter(watch => matches(match, watch.attributes)),
    close: unsubscribe,
  }
}
