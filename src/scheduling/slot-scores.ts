import { NO_DOMAIN } from './node-layout.ts'

// Raw scores run in step with the slots they belong to. Thousands of predictions are made for a plan, so each of these is one plain loop over
// typed arrays.

/** The score of a node that takes no part. */
export const IGNORED = NaN

/** Adds to each score the amount of its node's domain; nothing where the node has none. */
export function addByDomain(scores: Float64Array, slots: Int32Array, domainOf: Int32Array, amounts: Float64Array): void {
  for (let i = 0; i < slots.length; i += 1) {
    const domain = domainOf[slots[i] ?? 0] ?? NO_DOMAIN
    if (domain !== NO_DOMAIN) scores[i] = (scores[i] ?? 0) + (amounts[domain] ?? 0)
  }
}

/** Ignores nodes that have no domain. */
export function ignoreWithoutDomain(scores: Float64Array, slots: Int32Array, domainOf: Int32Array): void {
  for (let i = 0; i < slots.length; i += 1) if (domainOf[slots[i] ?? 0] === NO_DOMAIN) scores[i] = IGNORED
}

/** Smallest and largest score of those that take part; Infinity and -Infinity when none does. */
function extremes(scores: Float64Array): { readonly lowest: number; readonly highest: number } {
  let lowest = Infinity
  let highest = -Infinity
  for (let i = 0; i < scores.length; i += 1) {
    const score = scores[i] ?? 0
    if (score < lowest) lowest = score
    if (score > highest) highest = score
  }
  return { lowest, highest }
}

/** Rounds half away from zero, as Go does; scores are never negative where this is used. */
export function round(scores: Float64Array): void {
  for (let i = 0; i < scores.length; i += 1) scores[i] = Math.round(scores[i] ?? 0)
}

/** Takes each score from what every slot has. */
export function gather(scores: Float64Array, slots: Int32Array, bySlot: Int32Array): Float64Array {
  for (let i = 0; i < slots.length; i += 1) scores[i] = bySlot[slots[i] ?? 0] ?? 0
  return scores
}

/** Adds the weighted, normalised scores of those that take part to the totals. */
export function addNormalized(
  totals: Int32Array,
  scores: Float64Array,
  weight: number,
  normalize: (score: number, lowest: number, highest: number) => number,
): void {
  const { lowest, highest } = extremes(scores)
  const isSame = lowest === highest
  const shared = isSame ? weight * normalize(lowest, lowest, highest) : 0
  if (weight === 0 || (isSame && shared === 0)) return
  for (let i = 0; i < scores.length; i += 1) {
    const score = scores[i] ?? 0
    if (Number.isNaN(score)) continue
    totals[i] = (totals[i] ?? 0) + (isSame ? shared : weight * normalize(score, lowest, highest))
  }
}
