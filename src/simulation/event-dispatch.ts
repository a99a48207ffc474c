import type { StoreEvent } from './object-store.ts'

export interface EventDispatch {
  /** Delivers the events of one write; a listener hears of none of them before all of them are in the store. */
  emit(events: readonly StoreEvent[]): void
  subscribe(listener: (event: StoreEvent) => void): () => void
}

/**
 * Delivers events in the order they were emitted, each to every listener before the next. What a listener writes is delivered after the
 * event it is handling, as a watch would, so that no listener sees the world change under it. A listener that throws does not keep the
 * rest from being delivered; what it threw reaches the outermost writer.
 */
export function createEventDispatch(): EventDispatch {
  const listeners = new Set<(event: StoreEvent) => void>()
  const queue: StoreEvent[] = []
  let delivering = false

  function drain(): void {
    delivering = true
    const failures: unknown[] = []
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      for (const listener of Array.from(listeners)) {
        try {
          if (listeners.has(listener)) listener(event)
        } catch (failure) {
          failures.push(failure)
        }
      }
    }
    delivering = false
    if (failures.length > 0) throw new AggregateError(failures, 'a listener of the object store failed')
  }

  return {
    emit(events) {
      queue.push(...events)
      if (!delivering) drain()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
