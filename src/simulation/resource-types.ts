import type { ResourceType } from './object-store.ts'

/** Every resource the embedded API server keeps objects of. v1 events are events.k8s.io/v1 events read through other field names. */
export const RESOURCE_TYPES: readonly ResourceType[] = [
  namespaced('', 'v1', 'pods', 'Pod'),
  namespaced('', 'v1', 'services', 'Service'),
  namespaced('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim'),
  namespaced('', 'v1', 'replicationcontrollers', 'ReplicationController'),
  namespaced('', 'v1', 'configmaps', 'ConfigMap'),
  namespaced('', 'v1', 'serviceaccounts', 'ServiceAccount'),
  clusterWide('', 'v1', 'nodes', 'Node'),
  clusterWide('', 'v1', 'namespaces', 'Namespace'),
  clusterWide('', 'v1', 'persistentvolumes', 'PersistentVolume'),
  namespaced('apps', 'v1', 'deployments', 'Deployment'),
  namespaced('apps', 'v1', 'replicasets', 'ReplicaSet'),
  namespaced('apps', 'v1', 'statefulsets', 'StatefulSet'),
  namespaced('apps', 'v1', 'daemonsets', 'DaemonSet'),
  namespaced('apps', 'v1', 'controllerrevisions', 'ControllerRevision'),
  namespaced('batch', 'v1', 'jobs', 'Job'),
  namespaced('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget'),
  namespaced('autoscaling', 'v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler'),
  namespaced('coordination.k8s.io', 'v1', 'leases', 'Lease'),
  namespaced('events.k8s.io', 'v1', 'events', 'Event'),
  namespaced('resource.k8s.io', 'v1', 'resourceclaims', 'ResourceClaim'),
  clusterWide('scheduling.k8s.io', 'v1', 'priorityclasses', 'PriorityClass'),
  clusterWide('storage.k8s.io', 'v1', 'storageclasses', 'StorageClass'),
  clusterWide('storage.k8s.io', 'v1', 'csinodes', 'CSINode'),
  clusterWide('storage.k8s.io', 'v1', 'csidrivers', 'CSIDriver'),
  clusterWide('storage.k8s.io', 'v1', 'volumeattachments', 'VolumeAttachment'),
  namespaced('storage.k8s.io', 'v1', 'csistoragecapacities', 'CSIStorageCapacity'),
]

/** The types whose strategy keeps metadata.generation (PrepareForCreate sets it to 1); the others have none. */
const WITH_GENERATION: ReadonlySet<string> = new Set([
  'pods',
  'replicationcontrollers',
  'deployments',
  'replicasets',
  'statefulsets',
  'daemonsets',
  'jobs',
  'poddisruptionbudgets',
  'priorityclasses',
])

export function keepsGeneration(resource: string): boolean {
  return WITH_GENERATION.has(resource)
}

/** `pods`, or `leases.coordination.k8s.io`: how a message names a resource. */
export function qualifiedResource(type: ResourceType): string {
  return type.group === '' ? type.resource : `${type.resource}.${type.group}`
}

/** `v1`, or `apps/v1`: the apiVersion of its objects. */
export function apiVersionOf({ group, version }: Pick<ResourceType, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`
}

function namespaced(group: string, version: string, resource: string, kind: string): ResourceType {
  return { group, version, resource, kind, namespaced: true }
}

function clusterWide(group: string, version: string, resource: string, kind: string): ResourceType {
  return { group, version, resource, kind, namespaced: false }
}
