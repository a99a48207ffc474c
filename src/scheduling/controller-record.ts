import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { OwnerRef } from '../cluster/pod.ts'
import type { WorkloadKind, WorkloadRecord } from '../cluster/workload.ts'

/** API version of each kind, or its group with a slash: a custom resource may share the kind's name. */
const API_OF: Readonly<Record<WorkloadKind, string>> = {
  ReplicaSet: 'apps/',
  Deployment: 'apps/',
  StatefulSet: 'apps/',
  DaemonSet: 'apps/',
  Job: 'batch/',
  ReplicationController: 'v1',
}

/** The record that an owner reference means; a namesake with another uid, created since, is not it. */
export function controllerRecord(cluster: ClusterReader, namespace: string, ref: OwnerRef): WorkloadRecord | undefined {
  if (!isWorkloadRef(ref)) return undefined
  const found = cluster.workload(ref.uid)
  if (found !== undefined && found.name === ref.name && found.namespace === namespace && found.kind === ref.kind) return found
  const record = cluster.get(ref.kind, `${namespace}/${ref.name}`)
  return record?.uid === ref.uid ? record : undefined
}

/** Whether an owner is of a kind that the state has records of. */
export function isWorkloadRef(ref: OwnerRef): ref is OwnerRef & { readonly kind: WorkloadKind } {
  return Object.hasOwn(API_OF, ref.kind) && ref.apiVersion.startsWith(API_OF[ref.kind as WorkloadKind])
}
