import type { Filter, Refused } from './plugin.ts'
import { toleratesCordon } from './taints.ts'

const REFUSED: Refused = { status: 'UnschedulableAndUnresolvable', message: 'node(s) were unschedulable' }

/** A cordoned node takes only pods that tolerate the taint of a cordon, whether or not the node carries it (nodeunschedulable, 1.36). */
export const nodeUnschedulable: Filter = (_context, { spec }) => {
  if (toleratesCordon(spec.tolerations)) return undefined
  return ({ node }) => (node.unschedulable ? REFUSED : undefined)
}
