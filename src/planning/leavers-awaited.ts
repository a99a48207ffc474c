import type { PodRecord } from '../cluster/pod.ts'
import { judge } from '../scheduling/judge.ts'
import type { CandidateNode, Certainty } from '../scheduling/prediction.ts'
import { countAlike, type Affected } from './affected.ts'
import { isGood } from './landing.ts'
import type { MoveContext } from './move-context.ts'

interface Foreseen {
  /** The landing that later moves are planned for. */
  readonly planned: CandidateNode
  readonly leading: readonly CandidateNode[]
  readonly certainty: Exclude<Certainty, 'open'>
}

/**
 * Victims of earlier moves that must be gone before a replacement lands as foreseen: it takes their place, which they hold as long as they terminate.
 * None where it lands in the same domains all the same, on another node that has a place.
 *
 * @param affected as they are before the move
 */
export function leaversAwaited(
  replacement: PodRecord,
  { planned, leading, certainty }: Foreseen,
  affected: readonly Affected[],
  context: MoveContext,
): readonly PodRecord[] {
  const { whatIf, now, states } = context
  const leavers = whatIf.placeLeftBy(replacement, planned.name)
  if (leavers.length === 0) return leavers
  const isForeseen = ({ slot }: CandidateNode): boolean => leading.some(node => countAlike(affected, slot, node.slot))
  const landsAllTheSame = whatIf.whileTheyLinger(planned.name, now, () => {
    const prediction = whatIf.model.predict(replacement, context.distinctionFor(states.counting(replacement)))
    if (prediction.kind !== 'placed') return false
    const sure = judge(prediction.nodes, prediction.leading, node => isGood(node, affected, context))
    if (sure === 'open' || (certainty === 'certain' && sure === 'likely')) return false
    return prediction.leading.every(node => isForeseen(node) && whatIf.placeLeftBy(replacement, node.name).length === 0)
  })
  return landsAllTheSame ? [] : leavers
}
