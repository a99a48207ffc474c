import type { Mark } from './node-partition.ts'

/**
 * How far a question tells nodes apart. Nodes with equal numbers in every mark are alike, but for those in `apart`, each of which is like no
 * other.
 */
export interface Distinction {
  readonly marks: readonly Mark[]
  readonly apart: Iterable<number>
}

/** What nodes are told apart by: two lists, each the same object whenever it is asked for the same, so that what was found by them is known again. */
export interface ToldApart {
  /** Read for the pod by itself. */
  readonly own: readonly Mark[]
  readonly further: readonly Mark[]
}
