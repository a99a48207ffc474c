import { matchesNodeSelector, matchesRequiredNodeAffinity } from './node-affinity.ts'
import type { Filter, Refused } from './plugin.ts'

const ADDED: Refused = { status: 'UnschedulableAndUnresolvable', message: "node(s) didn't match scheduler-enforced node affinity" }
const OWN: Refused = { status: 'UnschedulableAndUnresolvable', message: "node(s) didn't match Pod's node affinity/selector" }

/** The profile's addedAffinity, then the pod's own nodeSelector and required affinity (nodeaffinity, 1.36). */
export const nodeAffinity: Filter = ({ profile }, { spec }) => {
  const added = profile.addedAffinity.required
  if (added === undefined && spec.requiredNodeAffinity === undefined && spec.nodeSelector.size === 0) return undefined
  return ({ node }) => {
    if (added !== undefined && !matchesNodeSelector(added, node)) return ADDED
    return matchesRequiredNodeAffinity(spec, node) ? undefined : OWN
  }
}
