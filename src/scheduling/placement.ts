import type { NodeRecord } from '../cluster/node.ts'
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
function candidates(layout: NodeLayout, { slots, totals }: ScoredSlots, from: number): readonly CandidateNode[] {
  const byTotal = new Map<number, CandidateNode[]>()
  for (const [index, slot] of slots.entries()) {
    const total = totals[index] ?? 0
    const node = layout.nodes[slot]
    if (total < from || node === undefined) continue
    const candidate = { name: node.name, total, stays: !isAboutToGo(node) }
    const tied = byTotal.get(total)
    if (tied === undefined) byTotal.set(total, [candidate])
    else tied.push(candidate)
  }
  return [...byTotal.entries()].sort(([left], [right]) => right - left).flatMap(([, tied]) => tied)
}

const ABOUT_TO_GO: ReadonlySet<string> = new Set(['karpenter.sh/disrupted', 'ToBeDeletedByClusterAutoscaler'])

/** An autoscaler has decided to remove the node, or somebody has deleted it. */
export function isAboutToGo({ taints, deletedAt }: NodeRecord): boolean {
  return deletedAt !== undefined || taints.some(({ key }) => ABOUT_TO_GO.has(key))
}
