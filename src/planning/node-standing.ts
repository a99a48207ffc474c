import type { NodeRecord } from '../cluster/node.ts'
import { hasSameLayout } from '../scheduling/node-layout.ts'

/** Whether a node counts for every constraint as it did, and takes pods as it did but for room. */
export function hasSameStanding(before: NodeRecord, after: NodeRecord): boolean {
  return before.unschedulable === after.unschedulable && hasSameLayout(before, after)
}
