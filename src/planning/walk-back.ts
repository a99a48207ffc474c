import type { PodRecord } from '../cluster/pod.ts'
import type { MoveContext } from './move-context.ts'
import { tryMove, type Move } from './move.ts'
import type { SpreadState } from './spread-state.ts'
import { shift, type Shift } from './spread-states.ts'

/**
 * Drops every move that later ones made needless, latest first, as Kueue does with preemptions: a move goes if the excess of no group acted on
 * rises without it and the remaining moves still land where they should. What stays is minimal: without any one of them something gets worse.
 *
 * @param moves the latest moves made; whatever they can change together is in `groups`
 */
export function walkBack(moves: readonly Move[], groups: readonly SpreadState[], context: MoveContext): readonly Move[] {
  let kept = moves
  for (let at = moves.length - 1; at >= 0; at--) {
    const candidate = kept[at]
    if (candidate === undefined || !isNeedless(candidate, context)) continue
    const later = kept.slice(at + 1)
    const reached = excessOver(groups)
    takeBack([candidate, ...later], context)
    const replayed = replay(victimsOf(later), context)
    if (replayed !== undefined && excessOver(groups) <= reached) {
      kept = [...kept.slice(0, at), ...replayed]
      continue
    }
    // Without the candidate a later move lands elsewhere; the plan stays as it was.
    if (replayed !== undefined) takeBack(replayed, context)
    kept = [...kept.slice(0, at), ...(replay(victimsOf([candidate, ...later]), context) ?? [])]
  }
  return kept
}

export function excessOver(groups: readonly SpreadState[]): number {
  return groups.reduce((sum, state) => sum + state.excess(), 0)
}

export const victimsOf = (moves: readonly Move[]): readonly PodRecord[] => moves.map(move => move.victim)

function isNeedless(move: Move, context: MoveContext): boolean {
  const { states, acting } = context
  const { touched } = move
  const withIt = touched.map(state => state.excess())
  shift(states, shiftOf(move), -1)
  const isNeeded = touched.some((state, index) => state.excess() > (withIt[index] ?? 0) && acting.has(state))
  shift(states, shiftOf(move))
  return !isNeeded
}

const shiftOf = (move: Move): Shift => ({ leaving: move.victim, from: move.from, arriving: move.replacement, to: move.to })

/** Takes back the latest moves, given in the order in which they were made. */
export function takeBack(latest: readonly Move[], context: MoveContext): void {
  for (const move of latest) shift(context.states, shiftOf(move), -1)
  const [first] = latest
  if (first !== undefined) context.whatIf.backTo(first.mark)
}

/** The moves of these pods anew on the state as it is; undefined (and everything taken back) when one of them is refused now. */
export function replay(victims: readonly PodRecord[], context: MoveContext): readonly Move[] | undefined {
  const done: Move[] = []
  for (const victim of victims) {
    const result = tryMove(victim, context)
    if (result.kind === 'refused') {
      takeBack(done, context)
      return undefined
    }
    done.push(result.move)
  }
  return done
}
