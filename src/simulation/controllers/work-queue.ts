import type { Clock } from '../../rebalancing/ports.ts'

/** Keys that wait for their reconcile, each once, on the injected clock: the embedded counterpart of client-go's delaying workqueue. */
export interface WorkQueue {
  /** Reconciles the key after the controller's usual delay; earlier if that was planned already. */
  add(key: string): void
  /** Reconciles the key in `ms` milliseconds, or earlier if that was planned already. */
  addAfter(key: string, ms: number): void
  stop(): void
}

/**
 * @param delay draws how long a key waits, in milliseconds: what stands in for informer lag and the work of other keys
 * @param reconcile looks at the newest objects and mends one thing or many; returns in how many milliseconds it wants to look again, if at all
 */
export function createWorkQueue(clock: Clock, delay: () => number, reconcile: (key: string) => number | undefined): WorkQueue {
  const waiting = new Map<string, { readonly due: number; readonly cancel: () => void }>()
  let stopped = false

  const addAfter = (key: string, ms: number): void => {
    if (stopped) return
    const due = clock.monotonic() + ms
    const planned = waiting.get(key)
    if (planned !== undefined && planned.due <= due) return
    planned?.cancel()
    const cancel = clock.after(ms, () => {
      // Taken out first: what the reconcile itself changes may put its key back.
      waiting.delete(key)
      const again = reconcile(key)
      if (again !== undefined) addAfter(key, again)
    })
    waiting.set(key, { due, cancel })
  }

  return {
    add: key => addAfter(key, delay()),
    addAfter,
    stop: () => {
      stopped = true
      for (const { cancel } of waiting.values()) cancel()
      waiting.clear()
    },
  }
}
