import type { PodRecord } from '../cluster/pod.ts'
import type { CandidateNode } from '../scheduling/prediction.ts'
import { kindOf, MOST_KINDS, type Kind } from './kinds.ts'
import type { MoveContext } from './move-context.ts'

/**
 * The Pending pod that takes the place which a replacement needs before it comes, once those are gone who leave it: pods that fit nowhere wait for just
 * that, and the eviction comes a wave later. Undefined where there is a place for the replacement besides.
 */
export function rivalFor(
  replacement: PodRecord,
  { name, slot }: CandidateNode,
  { whatIf, unplaced }: Pick<MoveContext, 'whatIf' | 'unplaced'>,
): PodRecord | undefined {
  const { model } = whatIf
  const mark = whatIf.mark()
  const notThere = new Set<Kind>()
  let first: PodRecord | undefined
  for (const pod of unplaced) {
    const kind = kindOf(pod)
    if (notThere.has(kind)) continue
    const prediction = model.predict(pod, { marks: [], apart: [slot] })
    if (prediction.kind === 'placed' && prediction.nodes.some(node => node.slot === slot)) {
      whatIf.place(pod, name)
      first ??= pod
    } else {
      notThere.add(kind)
      // Each kind costs a look at the nodes.
      if (notThere.size === MOST_KINDS) break
    }
  }
  const isTaken = first !== undefined && model.refusalOn(replacement, name) !== undefined
  whatIf.backTo(mark)
  return isTaken ? first : undefined
}
