import { compareText } from '../cluster/compare-text.ts'
import type { NodeAnswers } from './node-answers.ts'
import type { NodeLayout } from './node-layout.ts'
import type { Distinction, Place, Places } from './places.ts'
import type { CandidateNode, Prediction } from './prediction.ts'
import { PASSES } from './verdict-numbers.ts'

/** A place where the pod may go. */
export interface ScoredPlace {
  readonly place: Place
  /** The total without the own score of each node. */
  readonly compared: number
  /** The highest total that one of its nodes has. */
  readonly total: number
}

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
}

/** The prediction as a value that outlives the model's next change: all nodes, or one of each kind that the distinction tells apart. */
export function placedOn(basis: Basis, scored: readonly ScoredPlace[], lead: Lead, distinction: Distinction | undefined): Prediction {
  const layout = basis.views.table.layout()
  const nodeAt = (slot: number, total: number): CandidateNode => ({
    name: layout.names[slot] ?? '',
    slot,
    total,
    stays: layout.leaving[slot] === 0 && basis.answers.expelsLater[slot] === 0,
  })
  const nodes =
    distinction === undefined
      ? scored.flatMap(each => allOf(each, basis).map(slot => nodeAt(slot, each.compared + ownScore(each, slot, basis))))
      : scored.map(({ place, total }) => nodeAt(place.slot, total))
  if (nodes.length > 1) nodes.sort((one, other) => other.total - one.total || compareText(one.name, other.name))
  const { leadingFrom, margin, sampled } = lead
  const trailing = nodes.findIndex(({ total }) => total < leadingFrom)
  return { kind: 'placed', nodes, leading: trailing === -1 ? nodes : nodes.slice(0, trailing), margin, sampled }
}

/** A pod that has one node to go to is not scored. */
function ownScore({ place: { cell }, compared, total }: ScoredPlace, slot: number, { answers }: Basis): number {
  return cell === undefined ? total - compared : (answers.ownScore[slot] ?? 0)
}

function allOf({ place: { slot, cell } }: ScoredPlace, { answers, places }: Basis): readonly number[] {
  if (cell === undefined) return [slot]
  return Array.from(cell.slots).filter(each => answers.refusedBy[each] === PASSES && !places.isApart(each))
}
