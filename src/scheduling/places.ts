import type { NodeAnswers } from './node-answers.ts'
import type { Cell } from './node-cells.ts'
import type { ToldApart } from './distinction.ts'
import { addPlace, ALONE, createPlaceColumns, type PlaceColumns } from './place-columns.ts'
import { PASSES } from './verdict-numbers.ts'

/**
 * Finds places for one question at a time: what stands by itself in one may be part of a cell in the next. First it is begun, then nodes are set
 * apart, then the places are found.
 */
export interface Places {
  begin(answers: NodeAnswers): void
  /** The node in the slot is like no other in the present question; nothing comes of it where it does not pass the pod's own filters. */
  setApart(slot: number): void
  /**
   * Runs the question on the places, all of which pass the pod's own filters, while nodes that stand by themselves are counted in no cell.
   *
   * @param told of the nodes that do not stand by themselves those with equal numbers in each mark are alike
   * @param isOpen whether a cell is of interest, asked of one of its nodes: nobody looks at the nodes of the others
   */
  find<Answer>(told: ToldApart, isOpen: (slot: number) => boolean, about: AboutPlaces<Answer>): Answer
  /** In the present question. */
  isApart(slot: number): boolean
}

/** @param cells by number, those that are open */
export type AboutPlaces<Answer> = (places: Readonly<PlaceColumns>, cells: readonly (Cell | undefined)[]) => Answer

export function createPlaces(): Places {
  // Which slots stand by themselves in the present question: an array for each question would be thousands of numbers thrown away.
  let apartIn = new Int32Array(0)
  let question = 0
  let answers: NodeAnswers | undefined
  const isApart = (slot: number): boolean => apartIn[slot] === question
  const places = createPlaceColumns()
  return {
    isApart,
    begin(answersNow) {
      answers = answersNow
      if (apartIn.length < answers.capacity) apartIn = new Int32Array(answers.capacity)
      question += 1
      places.lines = 0
    },
    setApart(slot) {
      if (isApart(slot)) return
      apartIn[slot] = question
      if (answers?.refusedBy(slot) === PASSES) addPlace(places, slot, 1, ALONE)
    },
    find(told, isOpen, about) {
      if (answers === undefined) throw new Error('no question has begun')
      const nodeCells = answers.cells(told)
      const alone = places.lines
      for (let number = 0; number < nodeCells.slotsOf.length; number += 1) {
        const slot = nodeCells.slotsOf[number]?.find(each => !isApart(each))
        if (slot === undefined || !isOpen(slot)) continue
        nodeCells.open(number)
        addPlace(places, slot, 0, number)
      }
      for (let line = 0; line < alone; line += 1) nodeCells.count(places.slots[line] ?? 0, -1)
      const ends = places.lines
      places.lines = alone
      for (let line = alone; line < ends; line += 1) {
        const number = places.cells[line] ?? ALONE
        const cell = nodeCells.opened[number]
        if (cell !== undefined && cell.passing > 0) addPlace(places, cell.best(isApart), cell.passing, number)
      }
      try {
        return about(places, nodeCells.opened)
      } finally {
        for (let line = 0; line < alone; line += 1) nodeCells.count(places.slots[line] ?? 0, 1)
      }
    },
  }
}
