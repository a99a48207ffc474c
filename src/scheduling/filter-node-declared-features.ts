import type { Filter, Refused } from './plugin.ts'

const MISSING_FEATURE: Refused = { status: 'UnschedulableAndUnresolvable', message: "node(s) didn't match Pod's required features" }

/** Features that the pod's spec needs must be among those the node declares (nodedeclaredfeatures/nodedeclaredfeatures.go, 1.36). */
export const nodeDeclaredFeatures: Filter = (_context, { spec }) => {
  if (spec.requiredNodeFeatures.length === 0) return undefined
  return ({ node }) => (spec.requiredNodeFeatures.every(feature => node.declaredFeatures.includes(feature)) ? undefined : MISSING_FEATURE)
}
