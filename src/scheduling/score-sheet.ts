import { NO_DOMAIN } from './node-layout.ts'

/** The score of a node that takes no part. */
export const IGNORED = NaN

/**
 * What is scored in one question: columns that run in step, a line for each node, or for one that stands for several that are alike. A plan asks
 * tens of thousands of questions of a few lines each, and to make typed arrays costs more than to fill them: one sheet serves all questions, one
 * after the other, and only its first `lines` lines mean anything.
 */
export interface ScoreSheet {
  lines: number
  slots: Int32Array
  /** How many nodes each line stands for. */
  nodes: Int32Array
  /** Of the plugin that is scoring. */
  scores: Float64Array
  /** Weighted sum over the plugins so far. */
  totals: Int32Array
}

export function createScoreSheet(): ScoreSheet {
  return { lines: 0, ...columns(64) }
}

function columns(lines: number): Omit<ScoreSheet, 'lines'> {
  return { slots: new Int32Array(lines), nodes: new Int32Array(lines), scores: new Float64Array(lines), totals: new Int32Array(lines) }
}

/** Begins a new question. */
export function fillIn(sheet: ScoreSheet, places: readonly { readonly slot: number; readonly nodes: number }[]): void {
  if (places.length > sheet.slots.length) Object.assign(sheet, columns(2 * places.length))
  sheet.lines = places.length
  for (const [line, { slot, nodes }] of places.entries()) {
    sheet.slots[line] = slot
    sheet.nodes[line] = nodes
  }
  sheet.totals.fill(0, 0, sheet.lines)
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
export function addByDomain({ scores, slots, lines }: ScoreSheet, domainOf: Int32Array, amounts: Float64Array): void {
  for (let i = 0; i < lines; i += 1) {
    const domain = domainOf[slots[i] ?? 0] ?? NO_DOMAIN
    if (domain !== NO_DOMAIN) scores[i] = (scores[i] ?? 0) + (amounts[domain] ?? 0)
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

/** Adds the weighted, normalised scores of those that take part to the totals. */
export function addNormalized(
  { scores, totals, lines }: ScoreSheet,
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
    totals[i] = (totals[i] ?? 0) + (isSame ? shared : weight * normalize(score, lowest, highest))
  }
}
