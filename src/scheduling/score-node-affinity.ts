import type { NodeRecord } from '../cluster/node.ts'
import type { PodSpec } from '../cluster/pod.ts'
import { matchesNodeSelectorTerm } from './node-affinity.ts'
import { shareOfHighest } from './normalize-score.ts'
import type { Score } from './plugin.ts'
import type { SchedulerProfile } from './profile.ts'

/** Preferred node affinity of the pod and of the profile (nodeaffinity, 1.36). */
export const nodeAffinityScore: Score = ({ profile }, { spec }, feasible) => {
  const raw = feasible.map(({ node }) => preferredWeight(profile, spec, node))
  const highest = Math.max(0, ...raw)
  return raw.map(weight => shareOfHighest(weight, 0, highest))
}

/** Sum of the weights of the preferred terms that the node matches. */
export function preferredWeight(profile: SchedulerProfile, spec: PodSpec, node: NodeRecord): number {
  let sum = 0
  for (const preferred of [spec.preferredNodeAffinity, profile.addedAffinity.preferred]) {
    for (const { weight, term } of preferred) {
      if (matchesNodeSelectorTerm(term, node)) sum += weight
    }
  }
  return sum
}
