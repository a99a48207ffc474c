import type { Writable } from '../cluster/writable.ts'

/** Slots by their latest change, so that whoever looks again pays for what has changed since, not for what there is. */
export interface Recency {
  /** Goes up with every change. */
  readonly clock: number
  touch(slot: number): void
  /** The slot that has changed last, after that clock; -1 when none has. */
  newest(since: number): number
  /** The slot that has changed next before that one, after that clock; -1 when no further one has. */
  before(slot: number, since: number): number
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

  const ifAfter = (since: number, slot: number): number => (slot !== NONE && (changedAt[slot] ?? 0) > since ? slot : NONE)

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
    newest: since => ifAfter(since, latest),
    before: (slot, since) => ifAfter(since, older[slot] ?? NONE),
  }
  return recency
}
