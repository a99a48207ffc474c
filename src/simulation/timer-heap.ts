interface Timer {
  readonly due: number
  /** Orders timers of the same instant. */
  readonly rank: number
  callback: (() => void) | undefined
}

/** Timers ordered by (due, rank): a binary heap, from which a cancelled timer falls out when it comes to the top. */
export interface TimerHeap {
  /** Returns how to cancel. */
  add(due: number, rank: number, callback: () => void): () => void
  /** When the first live timer is due. */
  nextDue(): number | undefined
  /** Removes the first live timer and returns its callback. */
  take(): (() => void) | undefined
}

export function createTimerHeap(): TimerHeap {
  const heap: Timer[] = []
  const before = (a: Timer, b: Timer): boolean => a.due < b.due || (a.due === b.due && a.rank < b.rank)

  const siftUp = (timer: Timer): void => {
    let at = heap.length
    heap.push(timer)
    while (at > 0) {
      const up = (at - 1) >> 1
      const parent = heap[up]
      if (parent === undefined || !before(timer, parent)) break
      heap[at] = parent
      at = up
    }
    heap[at] = timer
  }

  const removeTop = (): void => {
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (;;) {
      const left = heap[2 * at + 1]
      const right = heap[2 * at + 2]
      if (left === undefined) break
      const rightFirst = right !== undefined && before(right, left)
      const child = rightFirst ? right : left
      if (!before(child, last)) break
      heap[at] = child
      at = 2 * at + (rightFirst ? 2 : 1)
    }
    heap[at] = last
  }

  const dropCancelled = (): void => {
    while (heap[0] !== undefined && heap[0].callback === undefined) removeTop()
  }

  return {
    add: (due, rank, callback) => {
      const timer: Timer = { due, rank, callback }
      siftUp(timer)
      return () => {
        timer.callback = undefined
      }
    },
    nextDue: () => {
      dropCancelled()
      return heap[0]?.due
    },
    take: () => {
      dropCancelled()
      const callback = heap[0]?.callback
      if (callback !== undefined) removeTop()
      return callback
    },
  }
}
