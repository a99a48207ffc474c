import type { Writable } from '../cluster/writable.ts'
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

/** All nodes in cells, with those that pass counted by their own score; advanced node by node. A score of -1 stands for a node that does not pass. */
export interface NodeCells {
  readonly cells: readonly Cell[]
  /** By slot: the number of its cell. */
  readonly cellOf: Int32Array
  set(slot: number, score: number): void
}

/**
 * @param scoreOn the own score on the node in a slot
 * @param highestScore what no own score exceeds
 */
export function createNodeCells(
  { classOf, placeOf, classes }: Partition,
  scoreOn: (slot: number) => number,
  highestScore: number,
): NodeCells {
  const cells = classes.map(slots => createCell(slots, scoreOn, highestScore))
  return {
    cells,
    cellOf: classOf,
    set: (slot, score) => cells[classOf[slot] ?? -1]?.set(placeOf[slot] ?? 0, score),
  }
}

interface CountedCell extends Cell {
  set(place: number, score: number): void
}

function createCell(slots: Int32Array, scoreOn: (slot: number) => number, highestScore: number): CountedCell {
  const byScore = new Int32Array(highestScore + 1)
  const scores = slots.map(scoreOn)
  const order = createBestFirst(scores)
  const cell: Writable<CountedCell> = {
    slots,
    byScore,
    passing: 0,
    highest: () => order.highest(),
    best: () => slots[order.first()] ?? -1,
    set(place, score) {
      const before = order.at(place)
      if (before === score) return
      if (before !== -1) byScore[before] = (byScore[before] ?? 0) - 1
      if (score !== -1) byScore[score] = (byScore[score] ?? 0) + 1
      cell.passing += Number(score !== -1) - Number(before !== -1)
      order.set(place, score)
    },
  }
  for (const score of scores) {
    if (score === -1) continue
    byScore[score] = (byScore[score] ?? 0) + 1
    cell.passing += 1
  }
  return cell
}
