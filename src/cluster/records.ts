import type { BudgetRecord } from './budget.ts'
import type { AutoscalerRecord, NamespaceRecord, PriorityClassRecord, ResourceClaimRecord, ServiceRecord } from './namespace.ts'
import type { NodeRecord } from './node.ts'
import type { PodRecord } from './pod.ts'
import type {
  CsiDriverRecord,
  CsiNodeRecord,
  CsiStorageCapacityRecord,
  PersistentVolumeClaimRecord,
  PersistentVolumeRecord,
  StorageClassRecord,
  VolumeAttachmentRecord,
} from './volume.ts'
import type { WorkloadRecord } from './workload.ts'

/** Every kind of object that respread knows, told apart by `kind`. */
export type ClusterRecord =
  | PodRecord
  | NodeRecord
  | NamespaceRecord
  | WorkloadRecord
  | BudgetRecord
  | ServiceRecord
  | PriorityClassRecord
  | AutoscalerRecord
  | ResourceClaimRecord
  | PersistentVolumeRecord
  | PersistentVolumeClaimRecord
  | StorageClassRecord
  | CsiNodeRecord
  | CsiDriverRecord
  | VolumeAttachmentRecord
  | CsiStorageCapacityRecord

export type RecordKind = ClusterRecord['kind']

export type RecordOf<K extends RecordKind> = K extends WorkloadRecord['kind'] ? WorkloadRecord : Extract<ClusterRecord, { kind: K }>

/** `namespace/name`, or `name` for a cluster-wide kind: the key of an object within its kind. */
export function recordKey(record: { readonly namespace?: string; readonly name: string }): string {
  return record.namespace === undefined ? record.name : `${record.namespace}/${record.name}`
}

/** Something about an object that could not be read; the object is left alone and the sentence shown. */
export interface Warning {
  readonly kind: string
  readonly key: string
  readonly problem: string
}
