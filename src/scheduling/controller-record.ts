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

/** Owners of these kinds, whatever their group, make their pods for one node each. */
export const KINDS_OF_NODES: readonly string[] = ['DaemonSet', 'Node']

/** The record that an owner reference means; a namesake with another uid, created since, is not it. */
export function controllerRecord(cluster: ClusterReader, namespace: string, ref: OwnerRef): WorkloadRecord | undefined {
  if (!isWorkloadRef(ref)) return undefined
  const found = cluster.workload(ref.uid)
  if (found !== undefined && found.name === ref.name && found.namespace === namespace && found.kind === ref.kind) return found
  const record = cluster.get(ref.kind, `${namespace}/${ref.name}`)
  return record?.uid === ref.uid ? record : undefined
}

/** Kinds that keep so many pods of one template: the state is there to know their scale, their template and how their rollouts stand. */
export type ReplicaKind = Extract<WorkloadKind, 'ReplicaSet' | 'StatefulSet' | 'ReplicationController'>

/**
 * Whether an owner of pods is of a kind whose records tell what it wants and what it makes. Of a custom resource there is no record, and of a Job
 * none that tells as much.
 */
export function isReplicaOwner<R extends Pick<OwnerRef, 'apiVersion' | 'kind'>>(ref: R): ref is R & { readonly kind: ReplicaKind } {
  return isWorkloadRef(ref) && (ref.kind === 'ReplicaSet' || ref.kind === 'StatefulSet' || ref.kind === 'ReplicationController')
}

/** Whether an owner is of a kind that the state can have records of. */
export function isWorkloadRef<R extends Pick<OwnerRef, 'apiVersion' | 'kind'>>(ref: R): ref is R & { readonly kind: WorkloadKind } {
  return Object.hasOwn(API_OF, ref.kind) && ref.apiVersion.startsWith(API_OF[ref.kind as WorkloadKind])
}
