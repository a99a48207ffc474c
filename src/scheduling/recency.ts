import type { Writable } from '../cluster/writable.ts'

/** Slots by their latest change, so that whoever looks again pays for what has changed since, not for what there is. */
export interface Recency {
  /** Goes up with every change. */
  readonly clock: number
  touch(slot: number): void
  /** Calls back once for each slot that has changed after that clock, latest first. */
  forEachSince(clock: number, visit: (slot: number) => void): void
}

const NONE = -1

/** A doubly linked list in arrays: what changes moves to its front. */
export function createRecency(): Recency {
  const changedAt: number[] = []
  const older: number[] = []
  const newer: number[] = []
  let latest = NONE

  function takeOut(slot: number): void {
    const before = older[slot] ?? NONE
    const after = newer[slot] ?? NONE
    if (before !== NONE) newer[before] = after
    if (after !== NONE) older[after] = before
  }

  const recency: Writable<Recency> = {
    clock: 0,
    touch(slot) {
      recency.clock += 1
      if (slot !== latest) {
        while (changedAt.length <= slot) {
          changedAt.push(0)
          older.push(NONE)
          newer.push(NONE)
        }
        takeOut(slot)
        older[slot] = latest
        newer[slot] = NONE
        if (latest !== NONE) newer[latest] = slot
        latest = slot
      }
      changedAt[slot] = recency.clock
    },
    forEachSince(since, visit) {
      for (let slot = latest; slot !== NONE && (changedAt[slot] ?? 0) > since; slot = older[slot] ?? NONE) visit(slot)
    },
  }
  return recency
}
