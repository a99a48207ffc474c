import type { NodeLayout } from './node-layout.ts'
import type { CandidateNode, Prediction } from './prediction.ts'

type Placed = Extract<Prediction, { kind: 'placed' }>

/** Feasible slots in the order of their nodes' names, and their totals in step. Both are kept: they must not change any more. */
export interface ScoredSlots {
  readonly slots: Int32Array
  readonly totals: Int32Array
}

/**
 * The prediction as a value that can outlive the model's next change. Its lists are made only when looked at: thousands of nodes are feasible
 * for most pods of a large cluster, and whoever judges a move seldom needs to see them all.
 */
export function placedOn(layout: NodeLayout, scored: ScoredSlots, leadingFrom: number, margin: number, sampled: boolean): Placed {
  let nodes: readonly CandidateNode[] | undefined
  let leading: readonly CandidateNode[] | undefined
  return {
    kind: 'placed',
    get nodes() {
      nodes ??= candidates(layout, scored, -Infinity)
      return nodes
    },
    get leading() {
      leading ??= candidates(layout, scored, leadingFrom)
      return leading
    },
    margin,
    sampled,
  }
}

/** Totals are small whole numbers and the slots come by name, so that one list for each total puts all in order. */
function candidates({ names, leaving }: NodeLayout, { slots, totals }: ScoredSlots, from: number): readonly CandidateNode[] {
  const byTotal: CandidateNode[][] = []
  for (let i = 0; i < slots.length; i += 1) {
    const total = totals[i] ?? 0
    if (total < from) continue
    const slot = slots[i] ?? 0
    const tied = (byTotal[total] ??= [])
    tied.push({ name: names[slot] ?? '', total, stays: leaving[slot] === 0 })
  }
  return byTotal.reverse().flat()
}
