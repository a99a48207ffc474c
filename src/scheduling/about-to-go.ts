import type { NodeRecord } from '../cluster/node.ts'

const ABOUT_TO_GO: ReadonlySet<string> = new Set(['karpenter.sh/disrupted', 'ToBeDeletedByClusterAutoscaler'])

/** An autoscaler has decided to remove the node, or somebody has deleted it. */
export function isAboutToGo({ taints, deletedAt }: NodeRecord): boolean {
  return deletedAt !== undefined || taints.some(({ key }) => ABOUT_TO_GO.has(key))
}
