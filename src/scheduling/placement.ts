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
  const placed: Placed = {
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
  basisOf.set(placed, { layout, scored, leadingFrom })
  return placed
}

interface Basis {
  readonly layout: NodeLayout
  readonly scored: ScoredSlots
  readonly leadingFrom: number
}

const basisOf = new WeakMap<Placed, Basis>()

/**
 * The same prediction with one node of each kind, that with the highest total, for whoever has no need to tell thousands of nodes apart. `kindOf`
 * numbers the slots of the model's node layout; nodes about to go are kinds of their own.
 */
export function oneOfEach(prediction: Placed, kindOf: (slot: number, name: string) => number): Placed {
  const basis = basisOf.get(prediction)
  if (basis === undefined) return prediction
  const { layout, scored, leadingFrom } = basis
  return placedOn(layout, bestOfEach(layout, scored, kindOf), leadingFrom, prediction.margin, prediction.sampled)
}

function bestOfEach(
  { names, leaving }: NodeLayout,
  { slots, totals }: ScoredSlots,
  kindOf: (slot: number, name: string) => number,
): ScoredSlots {
  const bestOf = new Map<number, number>()
  let kind = NaN
  let best = 0
  for (let i = 0; i < slots.length; i += 1) {
    const slot = slots[i] ?? 0
    const next = kindOf(slot, names[slot] ?? '') * 2 + (leaving[slot] ?? 0)
    if (next !== kind) {
      kind = next
      best = bestOf.get(kind) ?? -1
    }
    if (best !== -1 && (totals[i] ?? 0) <= (totals[best] ?? 0)) continue
    best = i
    bestOf.set(kind, i)
  }
  const kept = Int32Array.from(bestOf.values()).sort()
  return { slots: kept.map(i => slots[i] ?? 0), totals: kept.map(i => totals[i] ?? 0) }
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
