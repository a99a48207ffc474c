import type { PodRecord } from '../cluster/pod.ts'
import type { Move, MoveContext } from './move.ts'
import { tryMove } from './move.ts'
import type { Veto } from './reasons.ts'
import { excessAfter, excessNow, type SpreadState } from './spread-state.ts'

export interface SearchResult {
  readonly moves: readonly Move[]
  /** Why a pod that may be moved was not, by uid: the latest refusal. */
  readonly refused: ReadonlyMap<string, Veto>
}

/**
 * Finds moves group by group until no group has excess that a move could lower. Each step takes the pod whose departure promises most over
 * all groups, then the fullest domain, then least harm; a move counts only once its landing is predicted. Taking from the fullest domain while
 * the scheduler fills the emptiest shaves the top and fills the bottom of the counts at once, which is what the lower bound counts.
 */
export function search(
  targets: readonly SpreadState[],
  movableOf: (state: SpreadState) => readonly PodRecord[],
  context: MoveContext,
): SearchResult {
  const moves: Move[] = []
  const gone = new Set<string>()
  const refused = new Map<string, Veto>()
  let progress = true
  // A move for one group can open the way for another (room, a raised minimum), so go round until a whole round finds nothing.
  while (progress) {
    progress = false
    for (const state of targets) {
      while (excessNow(state) > 0) {
        const move = bestMove(
          state,
          movableOf(state).filter(pod => !gone.has(pod.uid)),
          context,
          refused,
        )
        if (move === undefined) break
        moves.push(move)
        gone.add(move.victim.uid)
        refused.delete(move.victim.uid)
        progress = true
      }
    }
  }
  return { moves, refused }
}

function bestMove(state: SpreadState, movable: readonly PodRecord[], context: MoveContext, refused: Map<string, Veto>): Move | undefined {
  for (const options of rank(state, movable, context)) {
    const [first] = options
    if (first === undefined) continue
    const result = tryMove(first, context)
    if (result.kind === 'move') return result.move
    for (const pod of options) refused.set(pod.uid, result.veto)
  }
  return undefined
}

/**
 * The pods worth trying, best first, those that the scheduler and every count treat alike together: whatever refuses one of them refuses all.
 */
function rank(state: SpreadState, movable: readonly PodRecord[], context: MoveContext): readonly (readonly PodRecord[])[] {
  const idOf = createIdentities()
  const alike = Map.groupBy(movable, pod => likeness(pod, context, idOf))
  return [...alike.values()]
    .map((pods, order) => ({ pods, order, promise: promiseOf(pods[0], context), fullness: countAt(state, pods[0]) }))
    .filter(({ promise }) => promise > 0)
    .sort((a, b) => b.promise - a.promise || b.fullness - a.fullness || a.order - b.order)
    .map(({ pods }) => pods)
}

/** Numbers objects in the order in which they are met: equal numbers, same object. */
function createIdentities(): (shared: object) => number {
  const numbers = new Map<object, number>()
  return shared => {
    const number = numbers.get(shared) ?? numbers.size
    numbers.set(shared, number)
    return number
  }
}

function likeness(pod: PodRecord, context: MoveContext, idOf: (shared: object) => number): string {
  const domains = context.states.counting(pod).map(other => other.domainOf(pod.nodeName ?? '') ?? '-')
  // Volumes are a pod's own, and a StatefulSet's replacement finds its node's room freed: those pods are like no other.
  const own = pod.claims.length > 0 || pod.controller?.kind === 'StatefulSet' ? pod.name : ''
  return `${idOf(pod.spec)}/${idOf(pod.labels)}/${pod.controller?.uid ?? ''}/${own}/${domains.join('/')}`
}

function countAt(state: SpreadState, pod: PodRecord | undefined): number {
  const index = state.domainOf(pod?.nodeName ?? '')
  return index === undefined ? 0 : (state.counts[index] ?? 0)
}

/** How far the excess could fall if the replacement went, for each group by itself, to its emptiest domain: never less than what it does. */
function promiseOf(pod: PodRecord | undefined, context: MoveContext): number {
  if (pod?.nodeName === undefined) return 0
  let promise = 0
  for (const state of context.states.counting(pod)) {
    const before = excessNow(state)
    const from = state.domainOf(pod.nodeName)
    if (before === 0 || from === undefined || !context.acting.has(state)) continue
    state.add(from, -1)
    const emptiest = state.counts.indexOf(state.lowest())
    promise += before - excessAfter(state, undefined, emptiest)
    state.add(from, 1)
  }
  return promise
}
