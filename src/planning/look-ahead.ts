import { compareText } from '../cluster/compare-text.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { MoveContext } from './move-context.ts'
import { tryMove, type Move } from './move.ts'
import { ranked, type Candidates } from './rank.ts'
import type { SpreadState } from './spread-state.ts'
import { excessOver, replay, takeBack, victimsOf } from './walk-back.ts'

/** What is still to be spent on looking ahead, counted in moves tried: the same on every machine. */
export interface Effort {
  left: number
}

interface Best {
  readonly excess: number
  readonly victims: readonly PodRecord[]
}

/**
 * Looks for a better way for groups that share pods than the one found, which must hold the latest moves: one that leaves less excess, or as much
 * with fewer evictions. Nothing is tried where what was found meets the bound. The ranking is a good guide but not always right about which move
 * comes first, so ways that go against it once are tried before those that do so twice, and so on until the effort is spent.
 *
 * @param leastMoves no way needs fewer than that from where the groups stand
 */
export function lookAhead(
  groups: readonly SpreadState[],
  candidates: Candidates,
  context: MoveContext,
  found: readonly Move[],
  leastMoves: () => number,
  effort: Effort,
): readonly Move[] {
  let best: Best = { excess: excessOver(groups), victims: victimsOf(found) }
  takeBack(found, context)
  const least = leastMoves()
  if (best.excess === 0 && best.victims.length <= least) return replay(best.victims, context) ?? []
  const isSettled = (): boolean => best.excess === 0 && best.victims.length <= least
  /** The fewest moves by which each state was reached, with as much leave to go against the ranking. */
  let reached = new Map<string, number>()
  /** How often a way may go against the ranking at present. */
  let most = 0
  /** Some way was left aside for going against the ranking too often. */
  let hasMore = true

  const explore = (path: readonly Move[], against: number): void => {
    const excess = excessOver(groups)
    if (excess < best.excess || (excess === best.excess && path.length < best.victims.length)) {
      best = { excess, victims: victimsOf(path) }
    }
    if (excess === 0 || (best.excess === 0 && path.length + leastMoves() >= best.victims.length)) return
    // The one way that never goes against the ranking meets nothing twice.
    if (most > 0) {
      const key = `${against}/${whereLeft(path)}`
      if ((reached.get(key) ?? Infinity) <= path.length) return
      reached.set(key, path.length)
    }

    const gone = new Set(path.map(move => move.victim.uid))
    let isFirst = true
    for (const { pod } of ranked(candidates, gone)) {
      if (effort.left === 0) return
      if (!isFirst && against === 0) {
        hasMore = true
        return
      }
      effort.left -= 1
      const result = tryMove(pod, context)
      if (result.kind === 'refused') continue
      explore([...path, result.move], isFirst ? against : against - 1)
      takeBack([result.move], context)
      isFirst = false
    }
  }

  for (; most <= MOST_AGAINST && hasMore && effort.left > 0 && !isSettled(); most += 1) {
    reached = new Map()
    hasMore = false
    explore([], most)
  }
  return replay(best.victims, context) ?? []
}

/** How often a way may go against the ranking at all. */
const MOST_AGAINST = 6

/** Tells apart where ways have led: by whose pods have moved, since those of others are left to move, and by the counts of all groups that this changes. */
function whereLeft(path: readonly Move[]): string {
  const moved = path.map(({ victim }) => victim.controller?.uid ?? victim.uid).sort()
  const touched = [...new Set(path.flatMap(move => move.touched))].sort((one, other) => compareText(one.group.id, other.group.id))
  return [...moved, ...touched.map(countsKey)].join(';')
}

function countsKey({ occupied }: SpreadState): string {
  return [...occupied]
    .sort(([one], [other]) => one - other)
    .map(([domain, count]) => `${domain}:${count}`)
    .join()
}
