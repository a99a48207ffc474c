import { createBestFirst } from './best-first.ts'
import type { Partition } from './node-partition.ts'

/** Nodes that differ in nothing that a question reads of them but what they have left, and therefore in their own score alone. */
export interface Cell {
  /** Its slots by node name, those that do not pass the pod's own filters among them. */
  readonly slots: Int32Array
  /** How many of them pass. */
  readonly passing: number
  /** How many of those have which own score. */
  readonly byScore: Int32Array
  /** The highest score that a passing node has; -1 where none passes. */
  highest(): number
  /** The slot of the first node by name that has it; -1 where none passes. */
  best(): number
}

/** All nodes in cells, with those that pass counted by their own score; advanced node by node. */
export interface NodeCells {
  readonly cells: readonly Cell[]
  /** By slot: the number of its cell. */
  readonly cellOf: Int32Array
  /** A node with that score comes to pass (1), or passes no more (-1). */
  count(slot: number, score: number, change: 1 | -1): void
}

/**
 * @param scoreOn the own score on the node in a slot, or undefined where the pod's own filters refuse it
 * @param highestScore what no own score exceeds
 */
export function createNodeCells(
  { classOf, placeOf, classes }: Partition,
  scoreOn: (slot: number) => number | undefined,
  highestScore: number,
): NodeCells {
  const cells = classes.map(slots => createCell(slots, scoreOn, highestScore))
  return {
    cells,
    cellOf: classOf,
    count: (slot, score, change) => cells[classOf[slot] ?? -1]?.count(placeOf[slot] ?? 0, score, change),
  }
}

interface CountedCell extends Cell {
  count(place: number, score: number, change: 1 | -1): void
}

function createCell(slots: Int32Array, scoreOn: (slot: number) => number | undefined, highestScore: number): CountedCell {
  const byScore = new Int32Array(highestScore + 1)
  const scores = slots.map(slot => scoreOn(slot) ?? -1)
  const order = createBestFirst(scores)
  let passing = 0
  for (const score of scores) {
    if (score === -1) continue
    byScore[score] = (byScore[score] ?? 0) + 1
    passing += 1
  }
  return {
    slots,
    byScore,
    get passing() {
      return passing
    },
    highest: () => order.highest(),
    best: () => slots[order.first()] ?? -1,
    count(place, score, change) {
      byScore[score] = (byScore[score] ?? 0) + change
      passing += change
      order.set(place, change === 1 ? score : undefined)
    },
  }
}
