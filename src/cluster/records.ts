import type { BudgetRecord } from './budget.ts'
import type { NamespaceRecord } from './namespace.ts'
import type { NodeRecord } from './node.ts'
import type { AutoscalerRecord, PriorityClassRecord, ResourceClaimRecord, ServiceRecord } from './other-records.ts'
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

export function namespaceOf(record: ClusterRecord): string | undefined {
  return 'namespace' in record ? record.namespace : undefined
}

/** `namespace/name`, or `name` for a cluster-wide kind: the key of an object within its kind. */
export function recordKey(record: { readonly namespace?: string; readonly name: string }): string {
  return record.namespace === undefined ? record.name : `${record.namespace}/${record.name}`
}

/** What a {@link recordKey} is made of: a name holds no slash. */
export function nameOfKey(key: string): { readonly namespace: string | undefined; readonly name: string } {
  const slash = key.indexOf('/')
  return slash === -1 ? { namespace: undefined, name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

/** Something about an object that could not be read; the object is left alone and the sentence shown. */
export interface Warning {
  readonly kind: string
  readonly key: string
  readonly problem: string
}
