import { compareText } from '../cluster/compare-text.ts'
import type { NodeAnswers } from './node-answers.ts'
import type { Cell } from './node-cells.ts'
import type { NodeLayout } from './node-layout.ts'
import { ALONE } from './place-columns.ts'
import type { Distinction, Places } from './places.ts'
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

/** What is scored as a value that outlives the model's next change: all nodes, or one of each kind that the distinction tells apart. */
export function placedOn(
  basis: Basis,
  among: readonly Cell[],
  { leadingFrom, margin, sampled }: Lead,
  distinction: Distinction | undefined,
): Prediction {
  const { slots, cells, compared, totals, lines } = basis.sheet
  const nodes: CandidateNode[] = []
  for (let line = 0; line < lines; line += 1) {
    const cell = distinction === undefined ? among[cells[line] ?? ALONE] : undefined
    if (cell === undefined) nodes.push(nodeAt(slots[line] ?? 0, totals[line] ?? 0, basis))
    else addAllOf(nodes, cell, compared[line] ?? 0, basis)
  }
  if (nodes.length > 1) nodes.sort((one, other) => other.total - one.total || compareText(one.name, other.name))
  const trailing = nodes.findIndex(({ total }) => total < leadingFrom)
  return { kind: 'placed', nodes, leading: trailing === -1 ? nodes : nodes.slice(0, trailing), margin, sampled }
}

function addAllOf(nodes: CandidateNode[], { slots }: Cell, compared: number, basis: Basis): void {
  const { refusedBy, ownScore } = basis.answers
  for (const slot of slots) {
    if (refusedBy[slot] === PASSES && !basis.places.isApart(slot)) nodes.push(nodeAt(slot, compared + (ownScore[slot] ?? 0), basis))
  }
}

function nodeAt(slot: number, total: number, { views, answers }: Basis): CandidateNode {
  const { names, leaving } = views.table.layout()
  return { name: names[slot] ?? '', slot, total, stays: leaving[slot] === 0 && answers.expelsLater[slot] === 0 }
}
