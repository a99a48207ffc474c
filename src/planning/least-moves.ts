import type { PodRecord } from '../cluster/pod.ts'
import { areMadeAlike } from '../scheduling/made-alike.ts'
import { lowerBound } from './bounds.ts'
import { familyBound, overlapsAmong } from './family-bound.ts'
import type { MoveContext } from './move-context.ts'
import type { SpreadState } from './spread-state.ts'
import { countingEither } from './spread-states.ts'

type Sources = Pick<MoveContext, 'states' | 'whatIf'>

/** The fewest moves that groups of one family need from where they stand whenever it is asked, if only their own pods move. */
export function createLeastMoves(groups: readonly SpreadState[], context: Sources): () => number {
  const [only, ...others] = groups
  if (only === undefined) return () => 0
  if (others.length === 0) return () => boundOf(only)
  const overlaps = overlapsAmong(servedTogether(groups, context))
  return () => familyBound(groups, boundOf, overlaps)
}

const boundOf = ({ tally, rule }: SpreadState): number => lowerBound(tally, rule.maxSkew)

/** For each kind of their pods the groups that a move of it serves: those that count it, or its replacement. */
function servedTogether(groups: readonly SpreadState[], { states, whatIf }: Sources): ReadonlySet<readonly SpreadState[]> {
  const { model } = whatIf
  const served = new Set<readonly SpreadState[]>()
  let latest: PodRecord | undefined
  for (const { group } of groups) {
    for (const pod of group.members) {
      // Most are made like the one before.
      if (latest !== undefined && areMadeAlike(model.cluster, pod, latest)) continue
      latest = pod
      const answer = model.replacementOf(pod)
      served.add(answer.kind === 'replacement' ? countingEither(states, pod, answer.pod) : states.counting(pod))
    }
  }
  return served
}
