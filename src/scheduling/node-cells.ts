import type { Writable } from '../cluster/writable.ts'
import { createBestFirst } from './best-first.ts'
import type { Partition } from './node-partition.ts'

/** Nodes that differ in nothing that a question reads of them but what they have left, and therefore in their own score alone. */
export interface Cell {
  /** Its slots by node name, those that do not pass the pod's own filters among them. */
  readonly slots: Int32Array
  /** How many of them pass and are not set aside. */
  readonly passing: number
  /** How many of those have which own score. */
  readonly byScore: Int32Array
  /** The slot of the first node by name of those of them with the highest score; -1 where there is none. */
  best(isAside: (slot: number) => boolean): number
}

/** All nodes in cells, with those that pass counted by their own score; advanced node by node. A cell costs its nodes when it is first opened. */
export interface NodeCells {
  /** By cell: its slots by node name. */
  readonly slotsOf: readonly Int32Array[]
  open(number: number): Cell
  /** Those that have been opened. */
  readonly opened: readonly (Cell | undefined)[]
  /** Not for nodes that are set aside. */
  set(slot: number, score: number): void
  /** A passing node counts no longer (-1), or again (1). Which these are its user knows: most are never in the way of the best. */
  count(slot: number, change: 1 | -1): void
}

/**
 * @param scores by slot: the own score on its node; -1 stands for a node that does not pass
 * @param score sees to it that these slots have theirs
 * @param highestScore what no own score exceeds
 */
export function createNodeCells(
  { classOf, placeOf, classes }: Partition,
  scores: Int32Array,
  score: (slots: Int32Array) => void,
  highestScore: number,
): NodeCells {
  const opened = classes.map((): CountedCell | undefined => undefined)
  return {
    slotsOf: classes,
    opened,
    open(number) {
      const known = opened[number]
      if (known !== undefined) return known
      const slots = classes[number] ?? NO_SLOTS
      score(slots)
      return (opened[number] = createCell(slots, scores, highestScore))
    },
    set: (slot, own) => opened[classOf[slot] ?? -1]?.set(placeOf[slot] ?? 0, own),
    count: (slot, change) => opened[classOf[slot] ?? -1]?.count(placeOf[slot] ?? 0, change),
  }
}

const NO_SLOTS = new Int32Array(0)

interface CountedCell extends Cell {
  set(place: number, score: number): void
  count(place: number, change: 1 | -1): void
}

function createCell(slots: Int32Array, scores: Int32Array, highestScore: number): CountedCell {
  const byScore = new Int32Array(highestScore + 1)
  const order = createBestFirst(slots, scores)
  const cell: Writable<CountedCell> = {
    slots,
    byScore,
    passing: 0,
    best(isAside) {
      const passedOver: { readonly place: number; readonly score: number }[] = []
      let place = order.first()
      while (place !== -1 && isAside(slots[place] ?? -1)) {
        passedOver.push({ place, score: order.at(place) })
        order.set(place, -1)
        place = order.first()
      }
      for (const each of passedOver) order.set(each.place, each.score)
      return slots[place] ?? -1
    },
    set(place, score) {
      if (order.at(place) === score) return
      cell.count(place, -1)
      order.set(place, score)
      cell.count(place, 1)
    },
    count(place, change) {
      const score = order.at(place)
      if (score === -1) return
      byScore[score] = (byScore[score] ?? 0) + change
      cell.passing += change
    },
  }
  let passing = 0
  for (let place = 0; place < slots.length; place += 1) {
    const score = scores[slots[place] ?? -1] ?? -1
    if (score === -1) continue
    byScore[score] = (byScore[score] ?? 0) + 1
    passing += 1
  }
  cell.passing = passing
  return cell
}
