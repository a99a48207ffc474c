import { memo } from '../cluster/memo.ts'

/** Numbers by slot that tell nodes apart. Whoever makes one keeps it: partitions are remembered by the array itself. */
export type Mark = Int32Array

/** The nodes by what some marks say of them: equal numbers in every mark, same class. */
export interface Partition {
  /** By slot: the number of its node's class; -1 where no node is. */
  readonly classOf: Int32Array
  /** By slot: the place of its node among those of its class. */
  readonly placeOf: Int32Array
  /** By class: its slots, by node name. */
  readonly classes: readonly Int32Array[]
}

/** @param byName the slots that hold a node, by node name */
export function partitionOf(slots: number, byName: Int32Array, marks: readonly Mark[]): Partition {
  const classOf = new Int32Array(slots).fill(-1)
  for (const slot of byName) classOf[slot] = 0
  for (const mark of marks) refine(classOf, byName, mark)
  const placeOf = new Int32Array(slots)
  const classes: number[][] = []
  for (const slot of byName) placeOf[slot] = (classes[classOf[slot] ?? 0] ??= []).push(slot) - 1
  return { classOf, placeOf, classes: classes.map(members => Int32Array.from(members)) }
}

/** Splits every class by a further mark and numbers the new ones in the order in which they are met. */
function refine(classOf: Int32Array, byName: Int32Array, mark: Mark): void {
  const numbers = new Map<number, Map<number, number>>()
  let count = 0
  for (const slot of byName) {
    const known = classOf[slot] ?? 0
    const byMark = memo(numbers, known, () => new Map<number, number>())
    classOf[slot] = memo(byMark, mark[slot] ?? 0, () => count++)
  }
}

/**
 * Partitions by their marks, each made once and kept for as long as its marks are. Other marks often split the nodes in the same way, as the zone
 * does for every kind of constraint over it: they get the same object, and whoever keeps something for each partition keeps it once.
 */
export interface Partitions {
  of(marks: readonly Mark[]): Partition
}

interface Branch {
  readonly next: WeakMap<Mark, Branch>
  partition: Partition | undefined
}

/** Marks come and go, with the domains that are closed to landings for one; a plan uses a handful of ways to split the nodes. */
const MOST_COMPARED = 16

export function createPartitions(slots: number, byName: Int32Array): Partitions {
  const root: Branch = { next: new WeakMap(), partition: undefined }
  const made: Partition[] = []
  const make = (marks: readonly Mark[]): Partition => {
    const partition = partitionOf(slots, byName, marks)
    const same = made.find(({ classOf }) => classOf.every((number, slot) => number === partition.classOf[slot]))
    if (same !== undefined) return same
    made.push(partition)
    if (made.length > MOST_COMPARED) made.shift()
    return partition
  }
  return {
    of(marks) {
      let branch = root
      for (const mark of marks) {
        branch = memo(branch.next, mark, () => ({ next: new WeakMap(), partition: undefined }))
      }
      branch.partition ??= make(marks)
      return branch.partition
    },
  }
}
