import { isDeepStrictEqual } from 'node:util'
import type { Delta } from '../../cluster/cluster-state.ts'
import type { NodeRecord } from '../../cluster/node.ts'
import type { PodRecord } from '../../cluster/pod.ts'

/**
 * Whether a change may let a pod fit that did not: a node that became easier to use, a bound pod that came, went, began to terminate or
 * changed its labels, anything about volumes (the QueueingHints of the default plugins, taken together). A pod that merely becomes Ready is
 * none of it.
 */
export function mayMakeRoom({ kind, before, after }: Delta): boolean {
  switch (kind) {
    case 'Pod':
      return podMatters(before?.kind === 'Pod' ? before : undefined, after?.kind === 'Pod' ? after : undefined)
    case 'Node':
      return before?.kind !== 'Node' || after?.kind !== 'Node' || nodeDiffers(before, after)
    case 'PersistentVolume':
    case 'PersistentVolumeClaim':
    case 'StorageClass':
    case 'CSINode':
    case 'VolumeAttachment':
    case 'Namespace':
    case 'Service':
      return true
    default:
      return false
  }
}

function podMatters(before: PodRecord | undefined, after: PodRecord | undefined): boolean {
  if (before?.nodeName === undefined && after?.nodeName === undefined) return false
  return before?.nodeName !== after?.nodeName || before?.deletedAt !== after?.deletedAt || before?.labels !== after?.labels
}

function nodeDiffers(before: NodeRecord, after: NodeRecord): boolean {
  // Readiness is nothing that the scheduler reads: it comes to it as taints.
  return !isDeepStrictEqual({ ...before, ready: after.ready, readySince: after.readySince }, after)
}
