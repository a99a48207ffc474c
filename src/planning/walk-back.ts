import { tryMove, type Move, type MoveContext } from './move.ts'
import { excessNow, shift, type SpreadState } from './spread-state.ts'

/**
 * Drops every move that later ones made needless, latest first, as Kueue does with preemptions: a move goes if the excess of no group rises
 * without it and the remaining moves still land where they should. What stays is minimal: without any one of them something gets worse.
 */
export function walkBack(moves: readonly Move[], context: MoveContext): readonly Move[] {
  let kept = moves
  for (const candidate of [...moves].reverse()) {
    if (!isNeedless(candidate, context)) continue
    const without = kept.filter(move => move.victim.uid !== candidate.victim.uid)
    const reached = totalExcess(kept, context)
    takeBack(kept, context)
    const replayed = replay(without, context)
    if (replayed !== undefined && totalExcess(kept, context) <= reached) {
      kept = replayed
      continue
    }
    // Without the candidate an earlier move lands elsewhere; the plan stays as it was.
    if (replayed !== undefined) takeBack(replayed, context)
    kept = replay(kept, context) ?? []
  }
  return kept
}

/** Over the groups acted on in every namespace that a move touches. */
function totalExcess(moves: readonly Move[], context: MoveContext): number {
  let total = 0
  for (const namespace of new Set(moves.map(move => move.victim.namespace))) {
    for (const state of context.statesIn(namespace)) if (context.acting.has(state)) total += excessNow(state)
  }
  return total
}

function isNeedless(move: Move, context: MoveContext): boolean {
  const done = { leaving: move.victim, from: move.from, arriving: move.replacement, to: move.to }
  return context.statesIn(move.victim.namespace).every(state => {
    const withIt = excessNow(state)
    shift(state, done, -1)
    const withoutIt = excessNow(state)
    shift(state, done)
    return withoutIt <= withIt || !matters(state, context)
  })
}

const matters = (state: SpreadState, context: MoveContext): boolean =>
  context.acting.has(state) || state.group.constraint.whenUnsatisfiable === 'DoNotSchedule'

function takeBack(moves: readonly Move[], context: MoveContext): void {
  for (const move of moves) {
    const done = { leaving: move.victim, from: move.from, arriving: move.replacement, to: move.to }
    for (const state of context.statesIn(move.victim.namespace)) shift(state, done, -1)
  }
  context.whatIf.backTo(context.start)
}

/** The same moves anew on the state before all of them; undefined (and everything taken back) when one of them is refused now. */
function replay(moves: readonly Move[], context: MoveContext): readonly Move[] | undefined {
  const done: Move[] = []
  for (const { victim } of moves) {
    const result = tryMove(victim, context)
    if (result.kind === 'refused') {
      takeBack(done, context)
      return undefined
    }
    done.push(result.move)
  }
  return done
}
