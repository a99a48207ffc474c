import type { LabelSelector, Labels } from './labels.ts'
import type { NodeSelector, NodeSelectorTerm } from './node-selector.ts'

export type AccessMode = 'ReadWriteOnce' | 'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOncePod'

export interface PersistentVolumeRecord {
  readonly kind: 'PersistentVolume'
  readonly name: string
  readonly uid: string
  readonly labels: Labels
  readonly capacity: number
  readonly accessModes: readonly AccessMode[]
  readonly storageClassName: string
  readonly volumeMode: 'Filesystem' | 'Block'
  /** spec.nodeAffinity.required; undefined when the volume can be reached from every node. */
  readonly nodeAffinity: NodeSelector | undefined
  readonly phase: 'Pending' | 'Available' | 'Bound' | 'Released' | 'Failed'
  readonly claimRef: { readonly namespace: string; readonly name: string; readonly uid: string } | undefined
  /** Undefined for a volume that no CSI driver attaches. */
  readonly csi: CsiVolume | undefined
  readonly deletedAt: number | undefined
  readonly problems: readonly string[]
}

/** How a CSI driver knows a volume. */
export interface CsiVolume {
  readonly driver: string
  readonly handle: string
  /** It is written as one of the in-tree types whose volumes count for the driver that took over. */
  readonly isMigrated: boolean
}

/** What the scheduler and the controller of volumes tell each other by on a claim. */
export const CLAIM_ANNOTATIONS = {
  bindCompleted: 'pv.kubernetes.io/bind-completed',
  selectedNode: 'volume.kubernetes.io/selected-node',
} as const

export interface PersistentVolumeClaimRecord {
  readonly kind: 'PersistentVolumeClaim'
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly storageClassName: string | undefined
  readonly volumeName: string
  /** The annotation is there, whatever it says. */
  readonly bindCompleted: boolean
  readonly selectedNode: string | undefined
  readonly phase: 'Pending' | 'Bound' | 'Lost'
  readonly accessModes: readonly AccessMode[]
  readonly selector: LabelSelector | undefined
  readonly requestedBytes: number
  readonly volumeMode: 'Filesystem' | 'Block'
  /** Uid of the controlling owner: the pod of a generic ephemeral volume. */
  readonly ownerUid: string | undefined
  readonly deletedAt: number | undefined
  readonly problems: readonly string[]
}

export interface StorageClassRecord {
  readonly kind: 'StorageClass'
  readonly name: string
  readonly provisioner: string
  readonly volumeBindingMode: 'Immediate' | 'WaitForFirstConsumer'
  readonly isDefault: boolean
  readonly createdAt: number
  readonly allowedTopologies: readonly NodeSelectorTerm[]
  readonly problems: readonly string[]
}

/** Volume limits of a node, by CSI driver; undefined: the driver states none. */
export interface CsiNodeRecord {
  readonly kind: 'CSINode'
  readonly name: string
  readonly drivers: ReadonlyMap<string, number | undefined>
}

export interface VolumeAttachmentRecord {
  readonly kind: 'VolumeAttachment'
  readonly name: string
  readonly attacher: string
  readonly nodeName: string
  readonly persistentVolumeName: string | undefined
}

/** Whether a CSI driver reports storage capacity, that is, whether the scheduler checks it. */
export interface CsiDriverRecord {
  readonly kind: 'CSIDriver'
  readonly name: string
  readonly storageCapacity: boolean
}

export interface CsiStorageCapacityRecord {
  readonly kind: 'CSIStorageCapacity'
  readonly namespace: string
  readonly name: string
  readonly storageClassName: string
  readonly nodeTopology: LabelSelector
  readonly capacity: number | undefined
  readonly maximumVolumeSize: number | undefined
}
