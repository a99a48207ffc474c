import type { Filter } from './plugin.ts'
import { repellingTaint } from './taints.ts'

/** Every NoSchedule and NoExecute taint must be tolerated (tainttoleration, 1.36). */
export const taintToleration: Filter =
  (_context, { spec }) =>
  ({ node }) => {
    const taint = repellingTaint(node.taints, spec.tolerations)
    if (taint === undefined) return undefined
    return { status: 'UnschedulableAndUnresolvable', message: `node(s) had untolerated taint {${taint.key}: ${taint.value}}` }
  }
