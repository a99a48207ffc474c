import { ebsVolumeId } from './ebs-volume-id.ts'
import type { RawField } from './raw-field.ts'
import type { CsiVolume } from './volume.ts'

/**
 * In-tree volume types that count for the CSI driver which serves them now, with the field that identifies the volume. Azure Files and vSphere
 * volumes have such drivers too, but are not counted (nodevolumelimits/utils.go isCSIMigrationOn, 1.36).
 */
const MIGRATED: readonly { readonly source: string; readonly driver: string; readonly handle: (volume: RawField) => string | undefined }[] =
  [
    { source: 'gcePersistentDisk', driver: 'pd.csi.storage.gke.io', handle: textOf('pdName') },
    { source: 'awsElasticBlockStore', driver: 'ebs.csi.aws.com', handle: volume => ebsVolumeId(textOf('volumeID')(volume)) },
    { source: 'azureDisk', driver: 'disk.csi.azure.com', handle: textOf('diskURI') },
    { source: 'cinder', driver: 'cinder.csi.openstack.org', handle: textOf('volumeID') },
    { source: 'portworxVolume', driver: 'pxd.portworx.com', handle: textOf('volumeID') },
  ]

/** The CSI driver that attaches a PersistentVolume, and what that driver calls it; undefined for other sorts of volume. */
export function readAttachment(spec: RawField): CsiVolume | undefined {
  const csi = spec.at('csi')
  if (csi.present) return { driver: csi.at('driver').text() ?? '', handle: csi.at('volumeHandle').text() ?? '', isMigrated: false }
  const migrated = MIGRATED.find(({ source }) => spec.at(source).present)
  const handle = migrated?.handle(spec.at(migrated.source))
  return migrated === undefined || handle === undefined ? undefined : { driver: migrated.driver, handle, isMigrated: true }
}

function textOf(key: string): (volume: RawField) => string {
  return volume => volume.at(key).text() ?? ''
}
