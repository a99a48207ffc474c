import { compareText } from '../cluster/compare-text.ts'
import type { NodeAnswers } from './node-answers.ts'
import type { Cell } from './node-cells.ts'
import type { NodeLayout } from './node-layout.ts'
import { ALONE } from './place-columns.ts'
import type { Distinction } from './distinction.ts'
import type { Places } from './places.ts'
import type { CandidateNode, Prediction } from './prediction.ts'
import type { ScoreSheet } from './score-sheet.ts'
import { PASSES } from './verdict-numbers.ts'

/** From which total on a landing must be reckoned with, and why. */
interface Lead {
  readonly leadingFrom: number
  readonly margin: number
  readonly sampled: boolean
}

interface Basis {
  readonly views: { readonly table: { layout(): NodeLayout } }
  readonly answers: NodeAnswers
  readonly places: Places
  readonly sheet: ScoreSheet
}

/** A pod that has one node to go to is not scored. */
export function placedUnscored(basis: Basis, slot: number, margin: number): Prediction {
  const nodes = [nodeAt(slot, 0, basis)]
  return { kind: 'placed', nodes, leading: nodes, margin, sampled: false }
}

/**
 * What is scored as a value that outlives the model's next change: all nodes, or one of each kind that the distinction tells apart.
 *
 * @param cells by number, as the sheet names them
 */
export function placedOn(
  basis: Basis,
  cells: readonly (Cell | undefined)[],
  { leadingFrom, margin, sampled }: Lead,
  distinction: Distinction | undefined,
): Prediction {
  const { slots, cells: numbers, compared, totals, lines } = basis.sheet
  const leading: CandidateNode[] = []
  const others: CandidateNode[] = []
  const add = (slot: number, total: number): void => void (total < leadingFrom ? others : leading).push(nodeAt(slot, total, basis))
  for (let line = 0; line < lines; line += 1) {
    const cell = distinction === undefined ? cells[numbers[line] ?? ALONE] : undefined
    if (cell === undefined) add(slots[line] ?? 0, totals[line] ?? 0)
    else addAllOf(cell, compared[line] ?? 0, basis, add)
  }
  leading.sort(bestFirst)
  if (distinction === undefined) others.sort(bestFirst)
  return { kind: 'placed', nodes: others.length === 0 ? leading : [...leading, ...others], leading, margin, sampled }
}

const bestFirst = (one: CandidateNode, other: CandidateNode): number => other.total - one.total || compareText(one.name, other.name)

function addAllOf({ slots }: Cell, compared: number, { answers, places }: Basis, add: (slot: number, total: number) => void): void {
  const { ownScore } = answers
  for (const slot of slots) {
    if (answers.refusedBy(slot) === PASSES && !places.isApart(slot)) add(slot, compared + (ownScore[slot] ?? 0))
  }
}

function nodeAt(slot: number, total: number, { views, answers }: Basis): CandidateNode {
  const { names, leaving } = views.table.layout()
  return { name: names[slot] ?? '', slot, total, stays: leaving[slot] === 0 && answers.expelsLater[slot] === 0 }
}
