import type { PodRecord } from '../cluster/pod.ts'
import { familiesOf } from './families.ts'
import { excessOver, leastMoves, lookAhead, type Effort } from './look-ahead.ts'
import { tryMove, type Move, type MoveContext } from './move.ts'
import { rank } from './rank.ts'
import type { Veto } from './reasons.ts'
import { excessNow, type SpreadState } from './spread-state.ts'
import { replay, takeBack, walkBack } from './walk-back.ts'

export interface SearchResult {
  readonly moves: readonly Move[]
  /** Why a pod that may be moved was not, by uid: the latest refusal. */
  readonly refused: ReadonlyMap<string, Veto>
}

type MovableOf = (state: SpreadState) => readonly PodRecord[]

/** Moves tried beyond the straight way: in all, and for one family of groups. */
const MOST_EFFORT = 20_000
const MOST_EFFORT_A_FAMILY = 1_000

/**
 * Finds the moves for all groups: straight on by rank, then back over what proved needless, then other ways for families of groups that do not
 * meet their bound. A move for one family can make room for another, so it goes round until nothing is found any more.
 */
export function search(targets: readonly SpreadState[], movableOf: MovableOf, context: MoveContext): SearchResult {
  const refused = new Map<string, Veto>()
  const families = familiesOf(targets, context.states).map(groups => ({ groups, least: leastMoves(groups) }))
  const straight = walkBack(straightOn(targets, movableOf, context, new Set(), refused), context)
  const moves = [...improved(families, straight, movableOf, context)]
  moves.push(...straightOn(targets, movableOf, context, new Set(moves.map(move => move.victim.uid)), refused))
  for (const move of moves) refused.delete(move.victim.uid)
  return { moves: walkBack(moves, context), refused }
}

interface Family {
  readonly groups: readonly SpreadState[]
  /** The fewest moves that might do, before the first. */
  readonly least: number
}

/** The moves with those of families that do not meet their bound replaced, where there is better, and put last. */
function improved(families: readonly Family[], moves: readonly Move[], movableOf: MovableOf, context: MoveContext): readonly Move[] {
  const familyOf = new Map(families.flatMap(family => family.groups.map(state => [state, family] as const)))
  const movesOf = Map.groupBy(moves, move => move.helped.map(state => familyOf.get(state)).find(family => family !== undefined))
  const short = families.filter(family => excessOver(family.groups) > 0 || (movesOf.get(family) ?? []).length > family.least)
  if (short.length === 0) return moves

  const redone = new Set(short.flatMap(family => movesOf.get(family) ?? []))
  const first = moves.findIndex(move => redone.has(move))
  const later = first === -1 ? [] : moves.slice(first)
  const victimsOf = (these: readonly Move[]): readonly PodRecord[] => these.map(move => move.victim)
  takeBack(later, context)
  const others = replay(victimsOf(later.filter(move => !redone.has(move))), context)
  // The moves lean on each other: they stay as they were.
  if (others === undefined) return [...moves.slice(0, moves.length - later.length), ...(replay(victimsOf(later), context) ?? [])]

  const done = [...moves.slice(0, moves.length - later.length), ...others]
  let effort = MOST_EFFORT
  for (const family of short) {
    const found = replay(victimsOf(movesOf.get(family) ?? []), context) ?? []
    const own: Effort = { left: Math.min(effort, MOST_EFFORT_A_FAMILY) }
    effort -= own.left
    done.push(...lookAhead(family.groups, [...new Set(family.groups.flatMap(movableOf))], context, found, own))
    effort += own.left
  }
  return done
}

/**
 * Each step takes the pod whose departure promises most; a move counts only once its landing is predicted. Taking from the fullest domain while
 * the scheduler fills the emptiest shaves the top and fills the bottom of the counts at once, which is what the lower bound counts.
 */
function straightOn(
  targets: readonly SpreadState[],
  movableOf: MovableOf,
  context: MoveContext,
  gone: Set<string>,
  refused: Map<string, Veto>,
): readonly Move[] {
  const moves: Move[] = []
  let progress = true
  // A move for one group can open the way for another (room, a raised minimum), so go round until a whole round finds nothing.
  while (progress) {
    progress = false
    for (const state of targets) {
      while (excessNow(state) > 0) {
        const movable = movableOf(state).filter(pod => !gone.has(pod.uid))
        const move = bestMove(state, movable, context, refused)
        if (move === undefined) break
        moves.push(move)
        gone.add(move.victim.uid)
        progress = true
      }
    }
  }
  return moves
}

function bestMove(state: SpreadState, movable: readonly PodRecord[], context: MoveContext, refused: Map<string, Veto>): Move | undefined {
  for (const options of rank(movable, context, [state])) {
    const [first] = options
    if (first === undefined) continue
    const result = tryMove(first, context)
    if (result.kind === 'move') return result.move
    for (const pod of options) refused.set(pod.uid, result.veto)
  }
  return undefined
}
