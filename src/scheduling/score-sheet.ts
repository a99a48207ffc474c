import { NO_DOMAIN } from './node-layout.ts'
import { createPlaceColumns, type PlaceColumns } from './place-columns.ts'

/** The score of a node that takes no part. */
export const IGNORED = NaN

/** What is scored in one question: places that pass every filter, with further columns that run in step. */
export interface ScoreSheet extends PlaceColumns {
  /** Of the plugin that is scoring. */
  scores: Float64Array
  /** Weighted sum over the plugins that compare nodes with one another, so far. */
  compared: Int32Array
  /** The same and the own score of the node that the line names: the highest total that one of its nodes has. */
  totals: Int32Array
}

export function createScoreSheet(): ScoreSheet {
  return { ...createPlaceColumns(), ...scoreColumns(0) }
}

function scoreColumns(lines: number): Pick<ScoreSheet, 'scores' | 'compared' | 'totals'> {
  return { scores: new Float64Array(lines), compared: new Int32Array(lines), totals: new Int32Array(lines) }
}

/** Begins to score the places that have been added. */
export function beginScores(sheet: ScoreSheet): void {
  const { lines, slots } = sheet
  if (sheet.scores.length < lines) Object.assign(sheet, scoreColumns(slots.length))
  sheet.compared.fill(0, 0, lines)
}

/** Adds what the nodes are worth by themselves. */
export function addOwnScores({ slots, compared, totals, lines }: ScoreSheet, bySlot: Int32Array): void {
  for (let i = 0; i < lines; i += 1) totals[i] = (compared[i] ?? 0) + (bySlot[slots[i] ?? 0] ?? 0)
}

// Each of these is one plain loop over the columns.

/** Each plugin begins with zeros. */
export function clearScores({ scores, lines }: ScoreSheet): void {
  scores.fill(0, 0, lines)
}

/** Takes each score from what every slot has. */
export function gather({ scores, slots, lines }: ScoreSheet, bySlot: Int32Array): void {
  for (let i = 0; i < lines; i += 1) scores[i] = bySlot[slots[i] ?? 0] ?? 0
}

/** Adds to each score the amount of its node's domain; nothing where the node has none. */
export function addByDomain({ scores, slots, lines }: ScoreSheet, domainOf: Int32Array, amounts: ReadonlyMap<number, number>): void {
  for (let i = 0; i < lines; i += 1) {
    const domain = domainOf[slots[i] ?? 0] ?? NO_DOMAIN
    if (domain !== NO_DOMAIN) scores[i] = (scores[i] ?? 0) + (amounts.get(domain) ?? 0)
  }
}

/** Ignores nodes that have no domain. */
export function ignoreWithoutDomain({ scores, slots, lines }: ScoreSheet, domainOf: Int32Array): void {
  for (let i = 0; i < lines; i += 1) if (domainOf[slots[i] ?? 0] === NO_DOMAIN) scores[i] = IGNORED
}

/** Rounds half away from zero, as Go does; scores are never negative where this is used. */
export function round({ scores, lines }: ScoreSheet): void {
  for (let i = 0; i < lines; i += 1) scores[i] = Math.round(scores[i] ?? 0)
}

/** Adds the weighted, normalised scores of those that take part. */
export function addNormalized(
  { scores, compared, lines }: ScoreSheet,
  weight: number,
  normalize: (score: number, lowest: number, highest: number) => number,
): void {
  if (weight === 0) return
  let lowest = Infinity
  let highest = -Infinity
  for (let i = 0; i < lines; i += 1) {
    const score = scores[i] ?? 0
    if (score < lowest) lowest = score
    if (score > highest) highest = score
  }
  const isSame = lowest === highest
  const shared = isSame ? weight * normalize(lowest, lowest, highest) : 0
  if (isSame && shared === 0) return
  for (let i = 0; i < lines; i += 1) {
    const score = scores[i] ?? 0
    if (Number.isNaN(score)) continue
    compared[i] = (compared[i] ?? 0) + (isSame ? shared : weight * normalize(score, lowest, highest))
  }
}
