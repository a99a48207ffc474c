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
 * Made for every kind of pod over all nodes: plain loops.
 *
 * @param slots by place
 * @param scores by slot, at first; -1 for places that are empty
 */
export function createBestFirst(slots: Int32Array, scores: Int32Array): BestFirst {
  const places = slots.length
  const leaves = 2 ** Math.ceil(Math.log2(Math.max(2, places)))
  const matches = new Int32Array(2 * leaves)
  const at = (match: number): number => matches[match] ?? -1
  const winnerOf = (match: number): number => Math.max(at(2 * match), at(2 * match + 1))
  for (let place = 0; place < places; place += 1) matches[leaves + place] = scores[slots[place] ?? -1] ?? -1
  matches.fill(-1, leaves + places)
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
