import type { RawField } from './raw-field.ts'

/** In-tree volume types and the CSI driver that serves them now (csi-translation-lib, 1.36), with the field that identifies the volume. */
const MIGRATED: readonly { readonly source: string; readonly driver: string; readonly handle: (volume: RawField) => string }[] = [
  { source: 'gcePersistentDisk', driver: 'pd.csi.storage.gke.io', handle: textOf('pdName') },
  // `aws://zone/vol-1` and `vol-1` are the same volume.
  { source: 'awsElasticBlockStore', driver: 'ebs.csi.aws.com', handle: volume => textOf('volumeID')(volume).split('/').at(-1) ?? '' },
  { source: 'azureDisk', driver: 'disk.csi.azure.com', handle: textOf('diskURI') },
  {
    source: 'azureFile',
    driver: 'file.csi.azure.com',
    handle: volume => ['secretNamespace', 'secretName', 'shareName'].map(key => textOf(key)(volume)).join('#'),
  },
  { source: 'cinder', driver: 'cinder.csi.openstack.org', handle: textOf('volumeID') },
  { source: 'vsphereVolume', driver: 'csi.vsphere.vmware.com', handle: textOf('volumePath') },
  { source: 'portworxVolume', driver: 'pxd.portworx.com', handle: textOf('volumeID') },
]

/** The CSI driver that attaches a PersistentVolume, and what that driver calls it; undefined for other sorts of volume. */
export function readAttachment(spec: RawField): { readonly driver: string; readonly handle: string } | undefined {
  const csi = spec.at('csi')
  if (csi.present) return { driver: csi.at('driver').text() ?? '', handle: csi.at('volumeHandle').text() ?? '' }
  const migrated = MIGRATED.find(({ source }) => spec.at(source).present)
  return migrated === undefined ? undefined : { driver: migrated.driver, handle: migrated.handle(spec.at(migrated.source)) }
}

function textOf(key: string): (volume: RawField) => string {
  return volume => volume.at(key).text() ?? ''
}
