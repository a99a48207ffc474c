import type { ClusterReader } from '../cluster/cluster-state.ts'
import { memo } from '../cluster/memo.ts'
import type { VolumeAttachmentRecord } from '../cluster/volume.ts'
import { attachableVolumes, type AttachableVolume } from './attachable-volumes.ts'
import type { NodeInfo } from './node-info.ts'
import type { Filter, Refused } from './plugin.ts'
import { missingClaim } from './volume-claims.ts'

const TOO_MANY: Refused = { status: 'Unschedulable', message: 'node(s) exceed max volume count' }

/**
 * A CSI driver that states a limit for a node attaches no more volumes than that to it (nodevolumelimits/csi.go, 1.36). Counted are those of the
 * pods there and those attached otherwise; a node without CSINode or a driver without limit takes any number.
 */
export const nodeVolumeLimits: Filter = ({ cluster }, pod) => {
  if (pod.claims.length === 0 && pod.spec.inlineDisks.length === 0) return undefined
  const missing = missingClaim(cluster, pod)
  if (missing !== undefined) return () => ({ status: 'UnschedulableAndUnresolvable', message: missing })
  const wanted = attachableVolumes(cluster, pod)
  if (wanted.length === 0) return undefined

  const drivers = [...new Set(wanted.map(({ driver }) => driver))]
  const attachments = Map.groupBy(cluster.all('VolumeAttachment'), ({ nodeName }) => nodeName)
  return info => {
    const limits = limitsFor(cluster, info, drivers)
    const attached = attachments.get(info.node.name) ?? []
    if (limits.length === 0 || isFarFromLimit(info, attached, wanted, limits)) return undefined
    const ofPods = byDriver(info.pods.flatMap(other => attachableVolumes(cluster, other)))
    const ofAttachments = byDriver(attached.flatMap(each => attachedVolume(cluster, each) ?? []))
    for (const { driver, most } of limits) {
      const used = ofPods.get(driver) ?? NONE
      const leftBehind = (ofAttachments.get(driver) ?? NONE).difference(used)
      const added = new Set(wanted.filter(volume => volume.driver === driver).map(({ id }) => id)).difference(used)
      // A wanted volume that is attached, but no pod there uses, counts twice: as what is attached and as what is to come.
      if (added.size > 0 && used.size + leftBehind.size + added.size > most) return TOO_MANY
    }
    return undefined
  }
}

interface Limit {
  readonly driver: string
  readonly most: number
}

function limitsFor(cluster: ClusterReader, { node }: NodeInfo, drivers: readonly string[]): readonly Limit[] {
  const limits = cluster.get('CSINode', node.name)?.drivers
  return drivers.flatMap(driver => {
    const most = limits?.get(driver)
    return most === undefined ? [] : [{ driver, most }]
  })
}

/** Whether there is room even if nothing is counted twice: true of most nodes, and spares looking up every volume on them. */
function isFarFromLimit(
  { pods }: NodeInfo,
  attached: readonly VolumeAttachmentRecord[],
  wanted: readonly AttachableVolume[],
  limits: readonly Limit[],
): boolean {
  let most = attached.length + wanted.length
  for (const { claims, spec } of pods) most += claims.length + spec.inlineDisks.length
  return limits.every(limit => most <= limit.most)
}

/** A volume of an in-tree type is not counted by its attachment, only by its pods. */
function attachedVolume(
  cluster: ClusterReader,
  { attacher, persistentVolumeName = '' }: VolumeAttachmentRecord,
): AttachableVolume | undefined {
  const csi = cluster.get('PersistentVolume', persistentVolumeName)?.csi
  return csi === undefined || csi.isMigrated ? undefined : { driver: attacher, id: csi.handle }
}

const NONE: ReadonlySet<string> = new Set()

/** Distinct volumes by driver. */
function byDriver(volumes: readonly AttachableVolume[]): ReadonlyMap<string, ReadonlySet<string>> {
  const ids = new Map<string, Set<string>>()
  for (const { driver, id } of volumes) memo(ids, driver, () => new Set<string>()).add(id)
  return ids
}
