import type { Filter, Refused } from './plugin.ts'

const REFUSED: Refused = { status: 'UnschedulableAndUnresolvable', message: "node(s) didn't match the requested node name" }

/** A pod that names its node goes nowhere else (nodename, 1.36). */
export const nodeName: Filter = (_context, pod) => {
  const { nodeName } = pod
  if (nodeName === undefined) return undefined
  return ({ node }) => (node.name === nodeName ? undefined : REFUSED)
}
