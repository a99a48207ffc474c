import { readSelector } from './project-affinity.ts'
import { readTopologySelectorTerm } from './project-node-selector.ts'
import type { RawObject } from './project-object.ts'
import { readBytes } from './project-volume.ts'
import { listed } from './raw-field.ts'
import type { CsiDriverRecord, CsiNodeRecord, CsiStorageCapacityRecord, StorageClassRecord, VolumeAttachmentRecord } from './volume.ts'

const DEFAULT_CLASS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']

export function projectStorageClass({ root, metadata, problems }: RawObject): StorageClassRecord {
  return {
    kind: 'StorageClass',
    name: metadata.name,
    provisioner: root.at('provisioner').text() ?? '',
    volumeBindingMode: root.at('volumeBindingMode').choice(['Immediate', 'WaitForFirstConsumer']) ?? 'Immediate',
    isDefault: DEFAULT_CLASS.some(annotation => metadata.annotationField.at(annotation).text() === 'true'),
    createdAt: metadata.createdAt,
    allowedTopologies: root.at('allowedTopologies').items().map(readTopologySelectorTerm),
    problems: listed(problems),
  }
}

export function projectCsiNode({ root, metadata }: RawObject): CsiNodeRecord {
  const drivers = new Map<string, number | undefined>()
  for (const driver of root.at('spec').at('drivers').items()) {
    const name = driver.at('name').need().text()
    if (name !== undefined) drivers.set(name, driver.at('allocatable').at('count').integer(0))
  }
  return { kind: 'CSINode', name: metadata.name, drivers }
}

export function projectCsiDriver({ root, metadata }: RawObject): CsiDriverRecord {
  return { kind: 'CSIDriver', name: metadata.name, storageCapacity: root.at('spec').at('storageCapacity').flag() }
}

export function projectVolumeAttachment({ root, metadata }: RawObject): VolumeAttachmentRecord {
  const spec = root.at('spec')
  return {
    kind: 'VolumeAttachment',
    name: metadata.name,
    attacher: spec.at('attacher').text() ?? '',
    nodeName: spec.at('nodeName').text() ?? '',
    persistentVolumeName: spec.at('source').at('persistentVolumeName').text(),
  }
}

export function projectCsiStorageCapacity({ root, metadata }: RawObject): CsiStorageCapacityRecord {
  return {
    kind: 'CSIStorageCapacity',
    namespace: metadata.namespace,
    name: metadata.name,
    storageClassName: root.at('storageClassName').text() ?? '',
    nodeTopology: readSelector(root.at('nodeTopology')),
    capacity: readBytes(root.at('capacity')),
    maximumVolumeSize: readBytes(root.at('maximumVolumeSize')),
  }
}
