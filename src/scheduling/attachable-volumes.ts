import type { ClusterReader } from '../cluster/cluster-state.ts'
import { ebsVolumeId } from '../cluster/ebs-volume-id.ts'
import type { InlineDisk, PodRecord } from '../cluster/pod.ts'
import type { PersistentVolumeClaimRecord } from '../cluster/volume.ts'
import { claimsOf, classOf, volumeOf } from './volume-claims.ts'

/**
 * The CSI drivers that took over from the provisioners that were built in (csi-translation-lib, 1.36). Those of Azure Files and vSphere are not
 * counted (nodevolumelimits/utils.go isCSIMigrationOn).
 */
const DRIVER_OF_PROVISIONER: ReadonlyMap<string, string> = new Map([
  ['kubernetes.io/aws-ebs', 'ebs.csi.aws.com'],
  ['kubernetes.io/azure-disk', 'disk.csi.azure.com'],
  ['kubernetes.io/cinder', 'cinder.csi.openstack.org'],
  ['kubernetes.io/gce-pd', 'pd.csi.storage.gke.io'],
  ['kubernetes.io/portworx-volume', 'pxd.portworx.com'],
])

/** A volume that a CSI driver attaches, told apart from others by driver and id. */
export interface AttachableVolume {
  readonly driver: string
  readonly id: string
}

/** The volumes of a pod that count against its node's limits. */
export function attachableVolumes(cluster: ClusterReader, pod: PodRecord): readonly AttachableVolume[] {
  return [...claimsOf(cluster, pod).map(claim => ofClaim(cluster, claim)), ...pod.spec.inlineDisks.map(ofDisk)].filter(
    volume => volume !== undefined,
  )
}

/** A claim without a volume counts too: it will have one of its class's driver by the time the pod runs. */
function ofClaim(cluster: ClusterReader, claim: PersistentVolumeClaimRecord): AttachableVolume | undefined {
  const volume = volumeOf(cluster, claim)
  if (volume !== undefined) return volume.csi === undefined ? undefined : { driver: volume.csi.driver, id: volume.csi.handle }
  const provisioner = classOf(cluster, claim)?.provisioner
  if (provisioner === undefined) return undefined
  return { driver: DRIVER_OF_PROVISIONER.get(provisioner) ?? provisioner, id: `claim ${claim.namespace}/${claim.name}` }
}

function ofDisk(disk: InlineDisk): AttachableVolume | undefined {
  switch (disk.kind) {
    case 'awsElasticBlockStore': {
      const id = ebsVolumeId(disk.id)
      return id === undefined ? undefined : { driver: 'ebs.csi.aws.com', id }
    }
    case 'azureDisk':
      return { driver: 'disk.csi.azure.com', id: disk.id }
    case 'cinder':
      return { driver: 'cinder.csi.openstack.org', id: disk.id }
    case 'gcePersistentDisk':
      return { driver: 'pd.csi.storage.gke.io', id: disk.id }
    // An inline CSI volume is made on the node with the pod; nothing is attached.
    case 'csi':
    case 'iscsi':
    case 'rbd':
      return undefined
  }
}
