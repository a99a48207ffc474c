import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { createLeastMoves } from './least-moves.ts'
import { lookAhead, type Effort } from './look-ahead.ts'
import type { MoveContext } from './move-context.ts'
import { tryMove, type Move } from './move.ts'
import { candidatesAmong, type Candidates, type Choice } from './rank.ts'
import type { Veto } from './reasons.ts'
import type { SpreadState } from './spread-state.ts'
import { excessOver, victimsOf, walkBack } from './walk-back.ts'

export interface SearchResult {
  readonly moves: readonly Move[]
  /** Why a pod that may be moved was not, by uid, as things are where the moves end. */
  readonly refused: ReadonlyMap<string, Veto>
  /** The groups that it came to and was done with. */
  readonly searched: ReadonlySet<SpreadState>
  /** It was done with all of them, unless it was told to stop. */
  readonly isWhole: boolean
}

/** Groups with more pods than that together are not planned to their end where fewer moves are enough: that can take a minute. */
const LARGE_FAMILY = 1_000

/** The pods of a group that may be moved, least harm first. */
export type MovableOf = (state: SpreadState) => readonly PodRecord[]

/** Moves tried beyond the straight way: in all, and for one family of groups. */
const MOST_EFFORT = 20_000
const MOST_EFFORT_A_FAMILY = 1_000
/** Every move is tried after a look at all pods that may be moved: where these are hundreds, one eviction more matters less and a try costs more. */
const MOST_LOOKS_A_FAMILY = 100_000
/** Tries that may be refused on one other way that is gone to its end. */
const SPARE_TRIES = 10

/**
 * Finds the moves for all groups, given worst first, one family after the other: straight on by rank, then back over what proved needless, then
 * other ways where the bound is not met. A move for one family can make room for another, so it goes round until nothing is found any more.
 *
 * @param most so many moves are enough: no further family is begun, and a large one is left at that. What is found is the beginning of what would be
 * found without it, but for moves that the rest of a large family would have made needless
 */
export function search(families: Iterable<readonly SpreadState[]>, movableOf: MovableOf, context: MoveContext, most: number): SearchResult {
  const moves: Move[] = []
  const visited: Family[] = []
  const searched = new Set<SpreadState>()
  const effort: Effort = { left: MOST_EFFORT }
  let open: Family[] = []
  let isWhole = true

  function visit(family: Family): boolean {
    const { groups } = family
    const isLarge = groups.reduce((pods, { group }) => pods + group.members.length, 0) > LARGE_FAMILY
    const enough = isLarge ? most - moves.length : Infinity
    const { moves: found, isDone } = movesFor(family, movableOf, context, family.triedAt === -1 ? effort : undefined, enough)
    if (isDone) for (const state of groups) searched.add(state)
    else isWhole = false
    for (const move of found) {
      moves.push(move)
      family.gone.add(move.victim.uid)
    }
    family.triedAt = moves.length
    return excessOver(groups) > 0
  }

  for (const groups of families) {
    if (moves.length >= most) {
      isWhole = false
      break
    }
    const family: Family = { groups, gone: new Set(), refused: new Map(), triedAt: -1 }
    visited.push(family)
    if (visit(family)) open.push(family)
  }
  while (open.length > 0 && moves.length < most) {
    const unsolved: Family[] = []
    for (const family of open) {
      if (moves.length >= most) break
      // Nobody has moved since it was tried last.
      if (family.triedAt !== moves.length && visit(family)) unsolved.push(family)
    }
    open = unsolved
  }
  return { moves, refused: new Map(visited.flatMap(({ refused }) => [...refused])), searched, isWhole }
}

interface Family {
  readonly groups: readonly SpreadState[]
  /** Uids of its pods that are moved already. */
  readonly gone: Set<string>
  /** Why others are not, by uid. */
  readonly refused: Map<string, Veto>
  /** How many moves there were in all when it was done with last; -1 before the first time. */
  triedAt: number
}

/** Moves for one family, and whether these are all that were found: it is not gone on with beyond what is enough. */
interface Way {
  readonly moves: readonly Move[]
  readonly isDone: boolean
}

/**
 * @param effort for looking beyond the straight way, which is done once
 * @param enough so many moves end the way wherever it is
 */
function movesFor(
  { groups, gone, refused }: Family,
  movableOf: MovableOf,
  context: MoveContext,
  effort: Effort | undefined,
  enough: number,
): Way {
  const leastMoves = createLeastMoves(groups, context)
  const least = leastMoves()
  const meetsBound = (moves: readonly Move[]): boolean => moves.length <= least && excessOver(groups) === 0
  const done = (moves: readonly Move[]): Way => ({ moves, isDone: true })
  const ahead = straightOn(groups, movableOf, context, new Set(gone), refused, enough)
  // With fewer than the bound some group would exceed its maxSkew: there is nothing to drop.
  if (meetsBound(ahead)) return done(ahead)
  const straight = walkBack(ahead, groups, context)
  if (ahead.length >= enough) return { moves: straight, isDone: false }
  if (effort === undefined || meetsBound(straight)) return done(straight)

  const movable = [...new Set(groups.flatMap(movableOf))]
  const wanted = Math.max(straight.length + SPARE_TRIES, Math.floor(MOST_LOOKS_A_FAMILY / movable.length))
  const own: Effort = { left: Math.min(effort.left, MOST_EFFORT_A_FAMILY, wanted) }
  // With less no other way is gone to its end.
  if (own.left < straight.length) return done(straight)
  effort.left -= own.left
  const found = walkBack(lookAhead(groups, candidatesAmong(movable, groups, context), context, straight, leastMoves, own), groups, context)
  effort.left += own.left
  if (excessOver(groups) === 0) return done(found)
  // Why the rest stays is to be said of where this way ends, not of where the straight one did.
  const moved = new Set([...gone, ...victimsOf(found).map(({ uid }) => uid)])
  return done([...found, ...straightOn(groups, movableOf, context, moved, refused, Infinity)])
}

/**
 * Each step takes the pod whose departure promises most; a move counts only once its landing is predicted. Taking from the fullest domain while
 * the scheduler fills the emptiest shaves the top and fills the bottom of the counts at once, which is what the lower bound counts.
 */
function straightOn(
  groups: readonly SpreadState[],
  movableOf: MovableOf,
  context: MoveContext,
  gone: Set<string>,
  refused: Map<string, Veto>,
  enough: number,
): readonly Move[] {
  const moves: Move[] = []
  const known = new Map<SpreadState, Candidates>()
  let progress = true
  // A move for one group can open the way for another (room, a raised minimum), so go round until a whole round finds nothing.
  while (progress && moves.length < enough) {
    progress = false
    // What was refused before the latest moves may not be now, and the pod may not be one too many any more.
    refused.clear()
    for (const state of groups) {
      if (state.excess() === 0) continue
      const candidates = memo(known, state, () => candidatesAmong(movableOf(state), [state], context))
      while (state.excess() > 0 && moves.length < enough) {
        const move = bestMove(candidates, gone, context, refused)
        if (move === undefined) break
        moves.push(move)
        gone.add(move.victim.uid)
        progress = true
      }
    }
  }
  return moves
}

/** The best that is not refused. Mostly it is the best of all, and the others need no order. */
function bestMove(candidates: Candidates, gone: ReadonlySet<string>, context: MoveContext, refused: Map<string, Veto>): Move | undefined {
  const best = candidates.best(gone)
  const move = best && moveOf(best, gone, context, refused)
  if (best === undefined || move !== undefined) return move
  for (const other of candidates.afterBest(gone)) {
    const next = moveOf(other, gone, context, refused)
    if (next !== undefined) return next
  }
  return undefined
}

function moveOf({ pod, alike }: Choice, gone: ReadonlySet<string>, context: MoveContext, refused: Map<string, Veto>): Move | undefined {
  const result = tryMove(pod, context)
  if (result.kind === 'move') return result.move
  for (const { uid } of alike) if (!gone.has(uid)) refused.set(uid, result.veto)
  return undefined
}
