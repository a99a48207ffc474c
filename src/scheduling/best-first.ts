/** Places with a score each, some of them empty; tells the best without a look at the others. */
export interface BestFirst {
  /** Scores are 0 or more; -1 empties the place. */
  set(place: number, score: number): void
  at(place: number): number
  /** The first place of those with the highest score; -1 where all are empty. */
  first(): number
}

/**
 * A tournament: every match is between the winners of two halves, the root is the best of all.
 *
 * @param scores by place, at first; -1 for those that are empty
 */
export function createBestFirst(scores: Int32Array): BestFirst {
  const places = scores.length
  const leaves = 2 ** Math.ceil(Math.log2(Math.max(2, places)))
  const matches = new Int32Array(2 * leaves).fill(-1)
  const at = (match: number): number => matches[match] ?? -1
  matches.set(scores, leaves)
  const winnerOf = (match: number): number => {
    const [one, other] = [matches[2 * match] ?? -1, matches[2 * match + 1] ?? -1]
    return one > other ? one : other
  }
  for (let match = leaves - 1; match >= 1; match -= 1) matches[match] = winnerOf(match)
  return {
    set(place, score) {
      let match = leaves + place
      let winner = score
      while (match >= 1 && matches[match] !== winner) {
        matches[match] = winner
        match >>= 1
        winner = winnerOf(match)
      }
    },
    at: place => at(leaves + place),
    first() {
      const best = at(1)
      if (best === -1) return -1
      let match = 1
      while (match < leaves) match = at(2 * match) === best ? 2 * match : 2 * match + 1
      return match - leaves
    },
  }
}
