import { HOSTNAME_LABEL, ZONE_LABEL } from '../cluster/topology-labels.ts'
import type { RawObject } from './object-store.ts'

/** A spread constraint over zones or nodes that selects the pods of its own workload. */
interface SpreadManifest {
  readonly over: 'zone' | 'hostname'
  readonly hard?: boolean
  readonly maxSkew?: number
  readonly minDomains?: number
  readonly nodeTaintsPolicy?: 'Honor' | 'Ignore'
}

export interface WorkloadManifest {
  readonly namespace: string
  readonly name: string
  readonly replicas: number
  readonly spread?: readonly SpreadManifest[]
  readonly cpu?: string
  readonly memory?: string
  readonly tolerationSeconds?: number
  readonly annotations?: Readonly<Record<string, string>>
  /** Further fields of the pod spec. */
  readonly podSpec?: Readonly<Record<string, unknown>>
  /** Further fields of the workload's spec. */
  readonly spec?: Readonly<Record<string, unknown>>
}

const TOPOLOGY_KEYS = { zone: ZONE_LABEL, hostname: HOSTNAME_LABEL } as const

export function namespaceManifest(name: string): RawObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
    status: { phase: 'Active' },
  }
}

/** A node, as a cloud creates it: not Ready before its kubelet has reported, unless it is said to have been there all along. */
export function nodeManifest(node: {
  readonly name: string
  readonly zone: string
  readonly cpu?: string
  readonly memory?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly ready?: boolean
}): RawObject {
  const { name, zone, cpu = '4', memory = '16Gi', labels = {}, ready = false } = node
  const resources = { cpu, memory, pods: '110', 'ephemeral-storage': '100Gi' }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [HOSTNAME_LABEL]: name, [ZONE_LABEL]: zone, ...labels } },
    spec: {},
    status: {
      capacity: resources,
      allocatable: resources,
      nodeInfo: { kubeletVersion: 'v1.36.2' },
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', reason: ready ? 'KubeletReady' : 'KubeletNotReady' }],
    },
  }
}

export function deploymentManifest(workload: WorkloadManifest): RawObject {
  return workloadManifest('Deployment', workload, {})
}

/** @param storageClass of its one volume a pod; absent: it has none */
export function statefulSetManifest(workload: WorkloadManifest, storageClass?: string): RawObject {
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: storageClass, resources: { requests: { storage: '10Gi' } } },
  }
  return workloadManifest('StatefulSet', workload, {
    serviceName: workload.name,
    ...(storageClass === undefined ? {} : { volumeClaimTemplates: [claim] }),
  })
}

/** @param limit `{ maxUnavailable: '25%' }` or `{ minAvailable: 2 }` */
export function budgetManifest(
  namespace: string,
  name: string,
  limit: { readonly maxUnavailable: number | string } | { readonly minAvailable: number | string },
): RawObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { namespace, name },
    spec: { ...limit, selector: { matchLabels: { app: name } } },
  }
}

/** Of a Deployment of the same name. Nobody here measures loads: who plays the autoscaler scales the Deployment and writes the status. */
export function autoscalerManifest(
  namespace: string,
  name: string,
  limits: { readonly minReplicas: number; readonly maxReplicas: number },
): RawObject {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { namespace, name },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, ...limits },
  }
}

/** A class whose volumes are made in the zone of their first consumer. */
export function zonalStorageClass(name: string): RawObject {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner: 'embedded.respread.io/disk',
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Delete',
  }
}

function workloadManifest(
  kind: 'Deployment' | 'StatefulSet',
  workload: WorkloadManifest,
  ofKind: Readonly<Record<string, unknown>>,
): RawObject {
  const { namespace, name, replicas, spread = [], cpu = '100m', memory = '128Mi', tolerationSeconds, annotations, podSpec, spec } = workload
  const labels = { app: name }
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { namespace, name, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      ...ofKind,
      template: {
        metadata: { labels, ...(annotations && { annotations }) },
        spec: {
          containers: [{ name, image: `registry.example/${name}:1`, resources: { requests: { cpu, memory } } }],
          ...(spread.length > 0 && { topologySpreadConstraints: spread.map(constraint => spreadConstraint(constraint, labels)) }),
          ...(tolerationSeconds !== undefined && { tolerations: outageTolerations(tolerationSeconds) }),
          ...podSpec,
        },
      },
      ...spec,
    },
  }
}

function spreadConstraint({ over, hard = false, maxSkew = 1, minDomains, nodeTaintsPolicy }: SpreadManifest, matchLabels: object): object {
  return {
    topologyKey: TOPOLOGY_KEYS[over],
    whenUnsatisfiable: hard ? 'DoNotSchedule' : 'ScheduleAnyway',
    maxSkew,
    ...(minDomains !== undefined && { minDomains }),
    ...(nodeTaintsPolicy !== undefined && { nodeTaintsPolicy }),
    labelSelector: { matchLabels },
  }
}

function outageTolerations(tolerationSeconds: number): readonly object[] {
  return ['not-ready', 'unreachable'].map(state => ({
    key: `node.kubernetes.io/${state}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds,
  }))
}
