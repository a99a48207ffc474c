import { readSelector } from './project-affinity.ts'
import { readAttachment } from './project-attachment.ts'
import { readNodeSelector } from './project-node-selector.ts'
import type { RawObject } from './project-object.ts'
import { readQuantity } from './project-resources.ts'
import { wholeValue } from './quantity.ts'
import { listed, type RawField } from './raw-field.ts'
import { CLAIM_ANNOTATIONS, type AccessMode, type PersistentVolumeClaimRecord, type PersistentVolumeRecord } from './volume.ts'

const ACCESS_MODES: readonly AccessMode[] = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod']

// Where the class stood before spec.storageClassName; it still wins (component-helpers volume.GetPersistentVolumeClaimClass, 1.36).
const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class'

export function projectPersistentVolume({ root, metadata, problems }: RawObject): PersistentVolumeRecord {
  const spec = root.at('spec')
  const claim = spec.at('claimRef')
  return {
    kind: 'PersistentVolume',
    name: metadata.name,
    uid: metadata.uid,
    labels: metadata.labelField.labels(),
    capacity: readBytes(spec.at('capacity').at('storage')) ?? 0,
    accessModes: readAccessModes(spec),
    storageClassName: metadata.annotationField.at(BETA_CLASS).text() ?? spec.at('storageClassName').text() ?? '',
    volumeMode: readVolumeMode(spec),
    nodeAffinity: readNodeSelector(spec.at('nodeAffinity').at('required')),
    phase: root.at('status').at('phase').choice(['Pending', 'Available', 'Bound', 'Released', 'Failed']) ?? 'Pending',
    claimRef: claim.present
      ? {
          namespace: claim.at('namespace').text() ?? '',
          name: claim.at('name').text() ?? '',
          uid: claim.at('uid').text() ?? '',
        }
      : undefined,
    csi: readAttachment(spec),
    deletedAt: metadata.deletedAt,
    problems: listed(problems),
  }
}

export function projectPersistentVolumeClaim({ root, metadata, readers, problems }: RawObject): PersistentVolumeClaimRecord {
  const spec = root.at('spec')
  const selector = spec.at('selector')
  return {
    kind: 'PersistentVolumeClaim',
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    storageClassName: metadata.annotationField.at(BETA_CLASS).text() ?? spec.at('storageClassName').text(),
    volumeName: spec.at('volumeName').text() ?? '',
    bindCompleted: metadata.annotationField.at(CLAIM_ANNOTATIONS.bindCompleted).present,
    selectedNode: metadata.annotationField.at(CLAIM_ANNOTATIONS.selectedNode).text(),
    phase: root.at('status').at('phase').choice(['Pending', 'Bound', 'Lost']) ?? 'Pending',
    accessModes: readAccessModes(spec),
    selector: selector.present ? readSelector(selector) : undefined,
    requestedBytes: readBytes(spec.at('resources').at('requests').at('storage')) ?? 0,
    volumeMode: readVolumeMode(spec),
    ownerUid: readers.controller(metadata.ownerField)?.uid,
    deletedAt: metadata.deletedAt,
    problems: listed(problems),
  }
}

/** Bytes. */
export function readBytes(field: RawField): number | undefined {
  const quantity = readQuantity(field)
  return quantity === undefined ? undefined : wholeValue(quantity)
}

function readAccessModes(spec: RawField): readonly AccessMode[] {
  return spec
    .at('accessModes')
    .items()
    .flatMap(mode => mode.choice(ACCESS_MODES) ?? [])
}

function readVolumeMode(spec: RawField): 'Filesystem' | 'Block' {
  return spec.at('volumeMode').choice(['Filesystem', 'Block']) ?? 'Filesystem'
}
