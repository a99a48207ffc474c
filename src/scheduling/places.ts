import type { NodeAnswers } from './node-answers.ts'
import type { Cell } from './node-cells.ts'
import type { Mark } from './node-partition.ts'
import { addPlace, ALONE, createPlaceColumns, type PlaceColumns } from './place-columns.ts'
import { PASSES } from './verdict-numbers.ts'

/**
 * How far a question tells nodes apart. Nodes with equal numbers in every mark are alike, but for those in `apart`, each of which is like no
 * other.
 */
export interface Distinction {
  readonly marks: readonly Mark[]
  readonly apart: Iterable<number>
}

/** Finds places. One question at a time: what stands by itself in one may be part of a cell in the next. */
export interface Places {
  /** Runs a question on the places, all of which pass the pod's own filters, while nodes that stand by themselves are counted in no cell. */
  withPlaces<Answer>(
    answers: NodeAnswers,
    distinction: Distinction,
    question: (places: Readonly<PlaceColumns>, cells: readonly Cell[]) => Answer,
  ): Answer
  /** In the present question. */
  isApart(slot: number): boolean
}

export function createPlaces(): Places {
  // Which slots stand by themselves in the present question: an array for each question would be thousands of numbers thrown away.
  let apartIn = new Int32Array(0)
  let question = 0
  const isApart = (slot: number): boolean => apartIn[slot] === question
  const places = createPlaceColumns()
  return {
    isApart,
    withPlaces(answers, { marks, apart }, ask) {
      const nodeCells = answers.cells(marks)
      const { cells } = nodeCells
      const { length } = nodeCells.cellOf
      if (apartIn.length < length) apartIn = new Int32Array(length)
      question += 1
      places.lines = 0
      for (const slot of apart) {
        if (isApart(slot) || answers.refusedBy[slot] !== PASSES) continue
        apartIn[slot] = question
        addPlace(places, slot, 1, ALONE)
        nodeCells.count(slot, -1)
      }
      const alone = places.lines
      for (let number = 0; number < cells.length; number += 1) {
        const cell = cells[number]
        if (cell !== undefined && cell.passing > 0) addPlace(places, cell.best(isApart), cell.passing, number)
      }
      try {
        return ask(places, cells)
      } finally {
        for (let line = 0; line < alone; line += 1) nodeCells.count(places.slots[line] ?? 0, 1)
      }
    },
  }
}
