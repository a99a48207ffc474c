import type { PodRecord } from '../cluster/pod.ts'
import type { MoveContext } from './move.ts'
import { excessAfter, excessNow, type SpreadState } from './spread-state.ts'

/**
 * The pods worth trying, best first, those that the scheduler and every count treat alike together: whatever refuses one of them refuses all.
 * First those whose departure promises most over all groups, then those that stand highest above the lowest count in the groups in question,
 * then least harm, in which order they come.
 */
export function rank(
  movable: readonly PodRecord[],
  context: MoveContext,
  within: readonly SpreadState[],
): readonly (readonly PodRecord[])[] {
  const idOf = createIdentities()
  const alike = Map.groupBy(movable, pod => likeness(pod, context, idOf))
  return [...alike.values()]
    .map((pods, order) => ({ pods, order, ...outlookOf(pods[0], context, within) }))
    .filter(({ promise }) => promise > 0)
    .sort((a, b) => b.promise - a.promise || b.height - a.height || a.order - b.order)
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

interface Outlook {
  /** How far the excess could fall if the replacement went, for each group by itself, to its emptiest domain: never less than what it does. */
  readonly promise: number
  /** By how much its domains exceed the lowest count, over the groups in question that have excess. */
  readonly height: number
}

function outlookOf(pod: PodRecord | undefined, context: MoveContext, within: readonly SpreadState[]): Outlook {
  let promise = 0
  let height = 0
  if (pod?.nodeName === undefined) return { promise, height }
  for (const state of context.states.counting(pod)) {
    const before = excessNow(state)
    const from = state.domainOf(pod.nodeName)
    if (before === 0 || from === undefined || !context.acting.has(state)) continue
    if (within.includes(state)) height += (state.counts[from] ?? 0) - state.lowest()
    state.add(from, -1)
    const emptiest = state.counts.indexOf(state.lowest())
    promise += before - excessAfter(state, undefined, emptiest)
    state.add(from, 1)
  }
  return { promise, height }
}
