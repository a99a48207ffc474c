import type { InlineDisk, PodRecord } from '../cluster/pod.ts'
import type { Filter, PluginContext, Refused } from './plugin.ts'
import { claimsOf, missingClaim } from './volume-claims.ts'

const DISK_CONFLICT: Refused = { status: 'Unschedulable', message: 'node(s) had no available disk' }
const CLAIM_IN_USE: Refused = {
  status: 'Unschedulable',
  message: 'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
}

/**
 * Claims of the pod must exist, a ReadWriteOncePod claim must not be in use by any pod anywhere, and a disk named in the spec must not be
 * mounted on the node in a way that excludes sharing (volumerestrictions/volume_restrictions.go, 1.36). Terminating pods hold what they hold.
 */
export const volumeRestrictions: Filter = (context, pod) => {
  if (pod.claims.length === 0 && pod.spec.inlineDisks.length === 0) return undefined
  const missing = missingClaim(context.cluster, pod)
  if (missing !== undefined) return () => ({ status: 'UnschedulableAndUnresolvable', message: missing })
  if (holdsExclusiveClaim(context, pod)) return () => CLAIM_IN_USE

  const disks = pod.spec.inlineDisks
  if (disks.length === 0) return undefined
  return ({ pods }) => {
    for (const { spec } of pods) {
      if (spec.inlineDisks.some(mounted => disks.some(disk => excludes(disk, mounted)))) return DISK_CONFLICT
    }
    return undefined
  }
}

function holdsExclusiveClaim({ cluster, infos }: PluginContext, pod: PodRecord): boolean {
  const exclusive = new Set<string>()
  for (const claim of claimsOf(cluster, pod)) if (claim.accessModes.includes('ReadWriteOncePod')) exclusive.add(claim.name)
  if (exclusive.size === 0) return false
  for (const { pods } of infos) {
    for (const other of pods) {
      if (other.namespace === pod.namespace && other.claims.some(name => exclusive.has(name))) return true
    }
  }
  return false
}

/** Whether two pods cannot have these disks on one node. EBS is never shared; the others are when both sides only read. */
function excludes(disk: InlineDisk, mounted: InlineDisk): boolean {
  switch (disk.kind) {
    case 'gcePersistentDisk':
      return mounted.kind === disk.kind && mounted.id === disk.id && !(disk.readOnly && mounted.readOnly)
    case 'awsElasticBlockStore':
      return mounted.kind === disk.kind && mounted.id === disk.id
    case 'iscsi':
      return mounted.kind === disk.kind && mounted.iqn === disk.iqn && !(disk.readOnly && mounted.readOnly)
    case 'rbd':
      return (
        mounted.kind === disk.kind &&
        mounted.pool === disk.pool &&
        mounted.image === disk.image &&
        mounted.monitors.some(monitor => disk.monitors.includes(monitor)) &&
        !(disk.readOnly && mounted.readOnly)
      )
    case 'azureDisk':
    case 'cinder':
    case 'csi':
      return false
  }
}
