import type { NodeAnswers } from './node-answers.ts'
import type { Cell } from './node-cells.ts'
import type { Mark } from './node-partition.ts'
import { PASSES } from './verdict-numbers.ts'

/**
 * How far a question tells nodes apart. Nodes with equal numbers in every mark are alike, but for those in `apart`, each of which is like no
 * other.
 */
export interface Distinction {
  readonly marks: readonly Mark[]
  readonly apart: Iterable<number>
}

/** One node, or all of a cell that are alike. All pass the pod's own filters. */
export interface Place {
  /** Of a cell: the node with the highest own score, the first by name of several, which stands for the others. */
  readonly slot: number
  /** How many nodes it stands for. */
  readonly nodes: number
  /** Undefined for a node by itself. */
  readonly cell: Cell | undefined
}

/** Finds places. One question at a time: what stands by itself in one may be part of a cell in the next. */
export interface Places {
  /** Runs a question on the places, while nodes that stand by themselves are counted in no cell. */
  withPlaces<Answer>(answers: NodeAnswers, distinction: Distinction, question: (places: readonly Place[]) => Answer): Answer
  /** In the present question. */
  isApart(slot: number): boolean
}

export function createPlaces(): Places {
  // Which slots stand by themselves in the present question: an array for each question would be thousands of numbers thrown away.
  let apartIn = new Int32Array(0)
  let question = 0
  const isApart = (slot: number): boolean => apartIn[slot] === question
  return {
    isApart,
    withPlaces(answers, { marks, apart }, ask) {
      const nodeCells = answers.cells(marks)
      const { length } = nodeCells.cellOf
      if (apartIn.length < length) apartIn = new Int32Array(length)
      question += 1
      const alone: Place[] = []
      for (const slot of apart) {
        if (isApart(slot) || answers.refusedBy[slot] !== PASSES) continue
        apartIn[slot] = question
        alone.push({ slot, nodes: 1, cell: undefined })
        nodeCells.count(slot, -1)
      }
      const places: Place[] = []
      for (const cell of nodeCells.cells) if (cell.passing > 0) places.push({ slot: cell.best(isApart), nodes: cell.passing, cell })
      for (const place of alone) places.push(place)
      try {
        return ask(places)
      } finally {
        for (const { slot } of alone) nodeCells.count(slot, 1)
      }
    },
  }
}
