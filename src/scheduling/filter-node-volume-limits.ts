import type { ClusterReader } from '../cluster/cluster-state.ts'
import { attachableVolumes, type AttachableVolume } from './attachable-volumes.ts'
import type { NodeInfo } from './node-info.ts'
import type { Filter, Refused } from './plugin.ts'
import { missingClaim } from './volume-claims.ts'

const TOO_MANY: Refused = { status: 'Unschedulable', message: 'node(s) exceed max volume count' }

/**
 * A CSI driver that states a limit for a node attaches no more volumes than that to it (nodevolumelimits/csi.go, 1.36). Counted are those of the
 * pods there and those attached otherwise, each once; a node without CSINode or a driver without limit takes any number.
 */
export const nodeVolumeLimits: Filter = ({ cluster }, pod) => {
  const missing = missingClaim(cluster, pod)
  if (missing !== undefined) return () => ({ status: 'UnschedulableAndUnresolvable', message: missing })
  const wanted = attachableVolumes(cluster, pod)
  if (wanted.length === 0) return undefined

  const attached = attachedByNode(cluster)
  return info => {
    const limits = cluster.get('CSINode', info.node.name)?.drivers ?? NO_LIMITS
    const drivers = new Set(wanted.map(({ driver }) => driver).filter(driver => limits.get(driver) !== undefined))
    if (drivers.size === 0) return undefined
    const present = volumesOn(cluster, info, attached.get(info.node.name) ?? [])
    for (const driver of drivers) {
      const ids = present.get(driver) ?? new Set<string>()
      const added = new Set(wanted.filter(volume => volume.driver === driver && !ids.has(volume.id)).map(({ id }) => id))
      if (added.size > 0 && ids.size + added.size > (limits.get(driver) ?? Infinity)) return TOO_MANY
    }
    return undefined
  }
}

const NO_LIMITS: ReadonlyMap<string, number | undefined> = new Map()

/** Distinct volumes by driver. */
function volumesOn(
  cluster: ClusterReader,
  { pods }: NodeInfo,
  attached: readonly AttachableVolume[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const byDriver = new Map<string, Set<string>>()
  const count = ({ driver, id }: AttachableVolume): void => {
    byDriver.set(driver, (byDriver.get(driver) ?? new Set<string>()).add(id))
  }
  for (const pod of pods) attachableVolumes(cluster, pod).forEach(count)
  attached.forEach(count)
  return byDriver
}

function attachedByNode(cluster: ClusterReader): ReadonlyMap<string, readonly AttachableVolume[]> {
  const byNode = new Map<string, AttachableVolume[]>()
  for (const { attacher, nodeName, persistentVolumeName } of cluster.all('VolumeAttachment')) {
    const csi = persistentVolumeName === undefined ? undefined : cluster.get('PersistentVolume', persistentVolumeName)?.csi
    if (csi === undefined) continue
    const volumes = byNode.get(nodeName) ?? []
    volumes.push({ driver: attacher, id: csi.handle })
    byNode.set(nodeName, volumes)
  }
  return byNode
}
