import type { NodeRecord } from '../cluster/node.ts'
import type { PodSpec } from '../cluster/pod.ts'
import { reversedShareOfHighest } from './normalize-score.ts'
import type { Score } from './plugin.ts'
import { isTolerated } from './taints.ts'

/** Fewer untolerated PreferNoSchedule taints are better (tainttoleration, 1.36). */
export const taintTolerationScore: Score = (_context, { spec }, feasible) => {
  const raw = feasible.map(({ node }) => intolerableTaints(spec, node))
  const highest = Math.max(0, ...raw)
  return raw.map(count => reversedShareOfHighest(count, 0, highest))
}

/** PreferNoSchedule taints that no toleration with that effect (or without any) covers. */
export function intolerableTaints({ tolerations }: PodSpec, { taints }: NodeRecord): number {
  return taints.filter(taint => taint.effect === 'PreferNoSchedule' && !isTolerated(taint, tolerations)).length
}
