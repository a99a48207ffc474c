/** helper.DefaultNormalizeScore (1.36): the best node gets 100, the others their share of it, rounded down. */
export function shareOfHighest(score: number, _lowest: number, highest: number): number {
  return highest === 0 ? 0 : Math.trunc((100 * score) / highest)
}

/** The same reversed: the node with most of what is unwanted gets 0, and all get 100 when none has any. */
export function reversedShareOfHighest(score: number, lowest: number, highest: number): number {
  return 100 - shareOfHighest(score, lowest, highest)
}
