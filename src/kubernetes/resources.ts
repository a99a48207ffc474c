import type { RecordKind } from '../cluster/records.ts'

/** A kind of object as the API serves it. */
export interface Resource {
  readonly kind: RecordKind
  /** API group, '' for the core. */
  readonly group: string
  readonly version: string
  /** Plural name, as a path and a ClusterRole have it. */
  readonly plural: string
  /** Without it nothing can be planned; the others refine the picture where the server has them and RBAC lets us see them. */
  readonly required: boolean
  readonly fieldSelector?: string
}

/** Everything that planning reads, most needed first. */
export const CLUSTER_RESOURCES: readonly Resource[] = [
  // kube-scheduler never sees finished pods either (scheduler.go newPodInformer, 1.36).
  { ...required('Pod', '', 'v1', 'pods'), fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' },
  required('Node', '', 'v1', 'nodes'),
  required('Namespace', '', 'v1', 'namespaces'),
  required('PodDisruptionBudget', 'policy', 'v1', 'poddisruptionbudgets'),
  required('ReplicaSet', 'apps', 'v1', 'replicasets'),
  required('Deployment', 'apps', 'v1', 'deployments'),
  required('StatefulSet', 'apps', 'v1', 'statefulsets'),
  required('PersistentVolume', '', 'v1', 'persistentvolumes'),
  required('PersistentVolumeClaim', '', 'v1', 'persistentvolumeclaims'),
  required('StorageClass', 'storage.k8s.io', 'v1', 'storageclasses'),
  optional('Service', '', 'v1', 'services'),
  optional('ReplicationController', '', 'v1', 'replicationcontrollers'),
  optional('PriorityClass', 'scheduling.k8s.io', 'v1', 'priorityclasses'),
  optional('HorizontalPodAutoscaler', 'autoscaling', 'v2', 'horizontalpodautoscalers'),
  optional('CSINode', 'storage.k8s.io', 'v1', 'csinodes'),
  optional('CSIDriver', 'storage.k8s.io', 'v1', 'csidrivers'),
  optional('VolumeAttachment', 'storage.k8s.io', 'v1', 'volumeattachments'),
  optional('CSIStorageCapacity', 'storage.k8s.io', 'v1', 'csistoragecapacities'),
  optional('ResourceClaim', 'resource.k8s.io', 'v1', 'resourceclaims'),
]

/** Path of the whole collection, over all namespaces, with the resource's own field selector and further parameters as query. */
export function collectionPath(resource: Resource, parameters: Readonly<Record<string, string>>): string {
  const { group, version, plural, fieldSelector } = resource
  const query = new URLSearchParams({ ...(fieldSelector !== undefined && { fieldSelector }), ...parameters })
  return `${group === '' ? '/api' : `/apis/${group}`}/${version}/${plural}?${query.toString()}`
}

function required(kind: RecordKind, group: string, version: string, plural: string): Resource {
  return { kind, group, version, plural, required: true }
}

function optional(kind: RecordKind, group: string, version: string, plural: string): Resource {
  return { kind, group, version, plural, required: false }
}
