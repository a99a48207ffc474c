import { isDeepStrictEqual } from 'node:util'
import type { NodeRecord } from '../cluster/node.ts'

/** Whether a node counts for every constraint as it did, and takes pods as it did but for room: most updates are heartbeats of its status. */
export function hasSameStanding(before: NodeRecord, after: NodeRecord): boolean {
  return (
    before.unschedulable === after.unschedulable &&
    isDeepStrictEqual([before.labels, before.taints, before.deletedAt], [after.labels, after.taints, after.deletedAt])
  )
}
