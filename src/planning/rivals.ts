import type { PodRecord } from '../cluster/pod.ts'
import type { CandidateNode } from '../scheduling/prediction.ts'
import { kindOf, MOST_KINDS } from './kinds.ts'
import type { MoveContext } from './move-context.ts'

/** Pods of each kind that wait for room, which they do until moves leave it. Of more kinds than some nobody asks: each costs a look at the nodes. */
export type Waiting = readonly (readonly PodRecord[])[]

/** @param unplaced Pending pods that fit nowhere before the first move */
export function waitingAmong(unplaced: readonly PodRecord[]): Waiting {
  return [...Map.groupBy(unplaced, kindOf).values()].slice(0, MOST_KINDS)
}

/**
 * The Pending pod that takes the place which a replacement needs before it comes, once those are gone who leave it: such pods wait for just that, and
 * the eviction comes a wave later. Undefined where there is a place for the replacement besides.
 */
export function rivalFor(
  replacement: PodRecord,
  { name, slot }: CandidateNode,
  { whatIf, waiting }: Pick<MoveContext, 'whatIf' | 'waiting'>,
): PodRecord | undefined {
  const { model } = whatIf
  const mark = whatIf.mark()
  let first: PodRecord | undefined
  for (const pods of waiting) {
    for (const pod of pods) {
      const prediction = model.predict(pod, { marks: [], apart: [slot] })
      if (prediction.kind !== 'placed' || !prediction.nodes.some(node => node.slot === slot)) break
      whatIf.place(pod, name)
      first ??= pod
    }
  }
  const isTaken = first !== undefined && model.refusalOn(replacement, name) !== undefined
  whatIf.backTo(mark)
  return isTaken ? first : undefined
}
