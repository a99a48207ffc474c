import { createClusterState, type ClusterState } from '../../src/cluster/cluster-state.ts'
import { selectorFromLabels } from '../../src/cluster/label-selector.ts'
import type { Labels, LabelSelector } from '../../src/cluster/labels.ts'
import type { NamespaceRecord } from '../../src/cluster/namespace.ts'
import type { NodeRecord } from '../../src/cluster/node.ts'
import { isFinished, type PodAffinityTerm, type PodRecord, type PodSpec, type TopologySpreadConstraint } from '../../src/cluster/pod.ts'
import type { NodeSelectorTerm } from '../../src/cluster/node-selector.ts'
import type { PersistentVolumeClaimRecord, PersistentVolumeRecord, StorageClassRecord } from '../../src/cluster/volume.ts'
import type { ClusterRecord } from '../../src/cluster/records.ts'
import type { WorkloadRecord } from '../../src/cluster/workload.ts'
import { createAffinityIndex } from '../../src/scheduling/affinity-index.ts'
import { createLabelledPods } from '../../src/scheduling/labelled-pods.ts'
import { createNodeTable } from '../../src/scheduling/node-table.ts'
import type { Filter, PluginContext, Score } from '../../src/scheduling/plugin.ts'
import type { FilterStatus } from '../../src/scheduling/plugins.ts'
import { DEFAULT_PROFILE, type SchedulerProfile } from '../../src/scheduling/profile.ts'
import { nodeRecord, PLAIN_SPEC, podRecord } from './records.ts'

type LabelObject = Readonly<Record<string, string>>

export function labels(of: LabelObject): Labels {
  return new Map(Object.entries(of))
}

/** The selector that matchLabels writes. */
export function selecting(of: LabelObject): LabelSelector {
  return selectorFromLabels(labels(of))
}

/** A ready node; `zone` is its topology.kubernetes.io/zone, and its hostname label is its name. */
export function makeNode(
  name: string,
  fields: Partial<Omit<NodeRecord, 'labels'>> & { zone?: string; labels?: LabelObject } = {},
): NodeRecord {
  const { zone, labels: others, ...rest } = fields
  const topology = zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }
  return nodeRecord({ name, ...rest, labels: labels({ 'kubernetes.io/hostname': name, ...topology, ...others }) })
}

/** A running pod of namespace shop, unbound unless `nodeName` is given. */
export function makePod(
  name: string,
  fields: Partial<Omit<PodRecord, 'labels' | 'spec'>> & { labels?: LabelObject; spec?: Partial<PodSpec> } = {},
): PodRecord {
  const { labels: of = {}, spec = {}, ...rest } = fields
  return podRecord({ name, ...rest, labels: labels(of), spec: { ...PLAIN_SPEC, ...spec } })
}

/** A hard constraint over zones that counts the pods of app web. */
export function makeConstraint(fields: Partial<TopologySpreadConstraint> = {}): TopologySpreadConstraint {
  return {
    topologyKey: 'topology.kubernetes.io/zone',
    whenUnsatisfiable: 'DoNotSchedule',
    maxSkew: 1,
    minDomains: undefined,
    selector: selecting({ app: 'web' }),
    matchLabelKeys: [],
    nodeAffinityPolicy: 'Honor',
    nodeTaintsPolicy: 'Ignore',
    ...fields,
  }
}

/** Also a namespace's labels: the API server gives it the one with its name. */
export function makeNamespace(name: string, of: LabelObject = {}): NamespaceRecord {
  return { kind: 'Namespace', name, labels: labels({ 'kubernetes.io/metadata.name': name, ...of }), annotations: labels({}) }
}

/** A workload of three replicas that is not rolling out; its uid is its name. */
export function makeWorkload(kind: WorkloadRecord['kind'], name: string, fields: Partial<WorkloadRecord> = {}): WorkloadRecord {
  return {
    kind,
    namespace: 'shop',
    name,
    uid: name,
    annotations: labels({}),
    controller: undefined,
    selector: { kind: 'everything' },
    replicas: 3,
    template: undefined,
    createdAt: 0,
    deletedAt: undefined,
    paused: false,
    generation: 1,
    observedGeneration: 1,
    status: { replicas: 3, updatedReplicas: 3 },
    statefulSet: undefined,
    revision: undefined,
    problems: [],
    ...fields,
  }
}

/** A claim of 10 bytes that is bound to the volume of the same name, unless told otherwise. */
export function makeClaim(name: string, fields: Partial<PersistentVolumeClaimRecord> = {}): PersistentVolumeClaimRecord {
  const volumeName = fields.volumeName ?? name
  return {
    kind: 'PersistentVolumeClaim',
    namespace: 'shop',
    name,
    uid: name,
    storageClassName: 'standard',
    volumeName,
    bindCompleted: volumeName !== '',
    selectedNode: undefined,
    phase: volumeName === '' ? 'Pending' : 'Bound',
    accessModes: ['ReadWriteOnce'],
    selector: undefined,
    requestedBytes: 10,
    volumeMode: 'Filesystem',
    ownerUid: undefined,
    deletedAt: undefined,
    problems: [],
    ...fields,
  }
}

/** A free volume of 10 bytes that every node can reach. */
export function makeVolume(name: string, fields: Partial<PersistentVolumeRecord> = {}): PersistentVolumeRecord {
  return {
    kind: 'PersistentVolume',
    name,
    uid: name,
    labels: labels({}),
    capacity: 10,
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'standard',
    volumeMode: 'Filesystem',
    nodeAffinity: undefined,
    phase: 'Available',
    claimRef: undefined,
    csi: undefined,
    deletedAt: undefined,
    problems: [],
    ...fields,
  }
}

/** A class whose volumes are made by csi.example.com once a pod wants them. */
export function makeClass(name: string, fields: Partial<StorageClassRecord> = {}): StorageClassRecord {
  return {
    kind: 'StorageClass',
    name,
    provisioner: 'csi.example.com',
    volumeBindingMode: 'WaitForFirstConsumer',
    isDefault: false,
    createdAt: 0,
    allowedTopologies: [],
    problems: [],
    ...fields,
  }
}

/** A node selector term that wants one of these zones. */
export function inZones(...values: readonly string[]): NodeSelectorTerm {
  return { kind: 'term', expressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values }], fields: [] }
}

/** A pod affinity term on zones that selects pods of its own namespace. */
export function affinityTerm(selector: LabelSelector, fields: Partial<PodAffinityTerm> = {}): PodAffinityTerm {
  return {
    selector,
    topologyKey: 'topology.kubernetes.io/zone',
    namespaces: [],
    namespaceSelector: undefined,
    matchLabelKeys: [],
    mismatchLabelKeys: [],
    ...fields,
  }
}

/** A state that holds the records and knows their kinds. */
export function clusterOf(records: readonly ClusterRecord[]): ClusterState {
  const state = createClusterState()
  for (const record of records) {
    state.markKnown(record.kind)
    state.apply({ type: 'upsert', record })
  }
  return state
}

/** What the plugins see of these records: every node with the pods bound to it. */
export function pluginContext(records: readonly ClusterRecord[], profile: SchedulerProfile = DEFAULT_PROFILE): PluginContext {
  const cluster = clusterOf(records)
  const pods = createLabelledPods(pod => cluster.tellingLabels(pod))
  const affinity = createAffinityIndex(pods)
  const table = createNodeTable(
    (pod, slot, change) => {
      pods.count(pod, slot, change)
      affinity.count(pod, slot, change)
    },
    (before, after, slot) => pods.replace(before, after, slot),
  )
  for (const node of cluster.nodes()) table.setNode(node.name, node)
  for (const pod of cluster.pods()) if (pod.nodeName !== undefined && !isFinished(pod)) table.add(pod, pod.nodeName)
  return { cluster, profile, infos: table.infos(), infoAt: slot => table.slots[slot], affinity }
}

/** What one filter says of every node: Success also where it has nothing to say about the pod. */
export function verdicts(filter: Filter, context: PluginContext, pod: PodRecord): Readonly<Record<string, FilterStatus>> {
  const ask = filter(context, pod)
  return Object.fromEntries(Array.from(context.infos, info => [info.node.name, ask?.(info)?.status ?? 'Success']))
}

/** What one score plugin gives every node when all are feasible. */
export function scoresOf(score: Score, context: PluginContext, pod: PodRecord): Readonly<Record<string, number>> {
  const infos = [...context.infos]
  const scores = score(context, pod, infos)
  return Object.fromEntries(infos.map((info, index) => [info.node.name, scores[index] ?? NaN]))
}
