import { createClusterState, type ClusterState } from '../../src/cluster/cluster-state.ts'
import { COPIED_LABELS } from '../../src/cluster/copied-labels.ts'
import { createProjector } from '../../src/cluster/projection.ts'
import { isRawObject } from '../../src/cluster/raw-value.ts'
import { DEFAULT_POLICY, type Policy } from '../../src/planning/policy.ts'
import { plan } from '../../src/planning/plan.ts'
import type { GroupPlan, Plan } from '../../src/planning/plan-types.ts'
import type { Situation } from '../../src/planning/situation.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'

export const ZONE = 'topology.kubernetes.io/zone'
export const HOST = 'kubernetes.io/hostname'
const NOW = Date.parse('2026-01-01T12:00:00Z')
const LONG_AGO = '2026-01-01T10:00:00Z'

/** Raw JSON, as a manifest writes it. */
type Raw = Record<string, unknown>

export interface NodeOptions {
  readonly name: string
  readonly zone?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly cpu?: string
  readonly memory?: string
  readonly pods?: number
  readonly cordoned?: boolean
  readonly ready?: boolean
  readonly taints?: readonly Raw[]
}

export function rawNode({
  name,
  zone,
  labels,
  cpu = '8',
  memory = '32Gi',
  pods = 110,
  cordoned = false,
  ready = true,
  taints = [],
}: NodeOptions): Raw {
  const allTaints = [
    ...taints,
    ...(cordoned ? [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] : []),
    ...(ready
      ? []
      : [
          { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' },
          { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
        ]),
  ]
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: `node-${name}`,
      creationTimestamp: LONG_AGO,
      labels: { [HOST]: name, ...(zone === undefined ? {} : { [ZONE]: zone }), ...labels },
    },
    spec: { ...(cordoned ? { unschedulable: true } : {}), ...(allTaints.length > 0 ? { taints: allTaints } : {}) },
    status: {
      allocatable: { cpu, memory, pods: String(pods) },
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown', lastTransitionTime: LONG_AGO }],
    },
  }
}

/** `zones({ a: 3, b: 3, c: 1 })`: that many nodes in each, named a0, a1, ... */
export function zones(sizes: Readonly<Record<string, number>>, options: Partial<NodeOptions> = {}): Raw[] {
  return Object.entries(sizes).flatMap(([zone, size]) =>
    Array.from({ length: size }, (_, i) => rawNode({ ...options, name: `${zone}${i}`, zone })),
  )
}

export interface WorkloadOptions {
  readonly name: string
  readonly namespace?: string
  readonly kind?: 'Deployment' | 'StatefulSet'
  /** Nodes on which its pods run, one entry a pod; undefined for a Pending pod. */
  readonly on: readonly (string | undefined)[]
  readonly spread?: readonly Raw[]
  readonly labels?: Readonly<Record<string, string>>
  readonly cpu?: string
  readonly spec?: Raw
  readonly podAnnotations?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  /** Changes single pods, by index. */
  readonly pods?: Readonly<Record<number, { readonly metadata?: Raw; readonly spec?: Raw; readonly ready?: boolean }>>
  readonly replicas?: number
  readonly workload?: { readonly spec?: Raw; readonly status?: Raw }
}

/** A hard constraint over zones that selects the pods by `app`, unless told otherwise. */
export function hard(app: string, more: Raw = {}): Raw {
  return { maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app } }, ...more }
}

export function soft(app: string, more: Raw = {}): Raw {
  return hard(app, { whenUnsatisfiable: 'ScheduleAnyway', ...more })
}

/** A workload as its controllers would have left it: owner, ReplicaSet and running, Ready pods on the given nodes. */
export function workload(options: WorkloadOptions): Raw[] {
  const { name, namespace = 'shop', kind = 'Deployment', on, spread = [], cpu = '100m', spec = {}, podAnnotations = {} } = options
  const labels = { app: name, ...options.labels }
  const template = {
    metadata: { labels, annotations: podAnnotations },
    spec: {
      containers: [{ name: 'main', image: 'registry.example/main:1', resources: { requests: { cpu, memory: '64Mi' } } }],
      ...(spread.length > 0 ? { topologySpreadConstraints: spread } : {}),
      schedulerName: 'default-scheduler',
      terminationGracePeriodSeconds: 30,
      ...spec,
    },
  }
  const replicas = options.replicas ?? on.length
  const status = { replicas, readyReplicas: replicas, availableReplicas: replicas, updatedReplicas: replicas, observedGeneration: 1 }
  const top = (apiKind: string, objectName: string, more: Raw, owner?: Raw): Raw => ({
    apiVersion: 'apps/v1',
    kind: apiKind,
    metadata: {
      namespace,
      name: objectName,
      uid: `${apiKind}-${namespace}-${objectName}`,
      generation: 1,
      creationTimestamp: LONG_AGO,
      ...(owner === undefined ? {} : { ownerReferences: [owner] }),
      ...(options.annotations === undefined || owner !== undefined ? {} : { annotations: options.annotations }),
    },
    spec: { replicas, selector: { matchLabels: labels }, template, ...more, ...options.workload?.spec },
    status: { ...status, ...options.workload?.status },
  })
  const reference = (apiKind: string, objectName: string): Raw => ({
    apiVersion: 'apps/v1',
    kind: apiKind,
    name: objectName,
    uid: `${apiKind}-${namespace}-${objectName}`,
    controller: true,
  })
  const owners =
    kind === 'StatefulSet'
      ? [top('StatefulSet', name, { updateStrategy: { type: 'RollingUpdate' } })]
      : [top('Deployment', name, {}), top('ReplicaSet', `${name}-1`, {}, reference('Deployment', name))]
  const owner = kind === 'StatefulSet' ? reference('StatefulSet', name) : reference('ReplicaSet', `${name}-1`)
  const pods = on.map((node, index) => {
    const change = options.pods?.[index]
    const ready = node !== undefined && change?.ready !== false
    const podName = `${name}-${index}`
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        namespace,
        name: podName,
        uid: `pod-${namespace}-${podName}`,
        creationTimestamp: LONG_AGO,
        labels,
        annotations: podAnnotations,
        ownerReferences: [owner],
        ...change?.metadata,
      },
      spec: { ...template.spec, ...(node === undefined ? {} : { nodeName: node }), ...change?.spec },
      status: {
        phase: node === undefined ? 'Pending' : 'Running',
        conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: LONG_AGO }],
      },
    }
  })
  return [...owners, ...pods]
}

/** Node names for counts by zone, round robin over each zone's nodes: `spreadOn({ a: 2, b: 2 }, [3, 1])` -> a0 a1 a0 b0. */
export function spreadOn(sizes: Readonly<Record<string, number>>, counts: readonly number[]): string[] {
  return Object.entries(sizes).flatMap(([zone, size], z) =>
    Array.from({ length: counts[z] ?? 0 }, (_, i) => `${zone}${i % Math.max(1, size)}`),
  )
}

export function budget(name: string, spec: Raw, status: Raw, namespace = 'shop'): Raw {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { namespace, name, uid: `budget-${name}`, generation: 1 },
    spec: { selector: { matchLabels: { app: name } }, ...spec },
    status: { observedGeneration: 1, disruptionsAllowed: 1, currentHealthy: 1, desiredHealthy: 0, expectedPods: 1, ...status },
  }
}

/** A ClusterState holding the objects; the kinds of a whole cluster are known, budgets included, unless named in `unknown`. */
export function stateOf(objects: readonly unknown[], unknown: readonly string[] = []): ClusterState {
  const state = createClusterState()
  const projector = createProjector()
  for (const kind of [
    'Pod',
    'Node',
    'Namespace',
    'PodDisruptionBudget',
    'ReplicaSet',
    'Deployment',
    'StatefulSet',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'StorageClass',
  ] as const) {
    if (!unknown.includes(kind)) state.markKnown(kind)
  }
  for (const object of withCopiedLabels(objects)) {
    const { record } = projector.project(object)
    if (record !== undefined) state.apply({ type: 'upsert', record })
  }
  return state
}

/** The objects as an API server shows them: pods have the zone and region of their node among their labels (PodTopologyLabels admission, 1.36). */
function withCopiedLabels(objects: readonly unknown[]): readonly unknown[] {
  const nodes = new Map<unknown, Readonly<Raw>>()
  for (const object of objects) {
    if (isRawObject(object) && object['kind'] === 'Node') nodes.set(at(object, 'metadata')['name'], at(object, 'metadata', 'labels'))
  }
  return objects.map(object => {
    if (!isRawObject(object) || object['kind'] !== 'Pod') return object
    const ofNode = Object.entries(nodes.get(at(object, 'spec')['nodeName']) ?? {}).filter(([key]) => COPIED_LABELS.includes(key))
    const [metadata, own] = [at(object, 'metadata'), at(object, 'metadata', 'labels')]
    return ofNode.length === 0 ? object : { ...object, metadata: { ...metadata, labels: { ...own, ...Object.fromEntries(ofNode) } } }
  })
}

/** What stands there, if it is an object. */
function at(object: Readonly<Raw>, ...path: readonly string[]): Readonly<Raw> {
  return path.reduce((found, key) => (isRawObject(found[key]) ? found[key] : {}), object)
}

export const AT_REST: Situation = { now: NOW, domainHolds: [], drains: [], workloadHolds: [], inFlight: [], deferred: [], refused: [] }

export function planFor(objects: readonly unknown[], policy: Partial<Policy> = {}, situation: Partial<Situation> = {}): Plan {
  const cluster = stateOf(objects)
  const model = createSchedulerModel(cluster, DEFAULT_PROFILES)
  return plan({ cluster, model }, { ...DEFAULT_POLICY, ...policy }, { ...AT_REST, ...situation })
}

/** The group of a workload over a key: the zone's own constraint unless told otherwise. */
export function groupOf(result: Plan, name: string, topologyKey = ZONE, origin: GroupPlan['origin'] = 'pod'): GroupPlan {
  const group = result.groups.find(each => each.workload.name === name && each.topologyKey === topologyKey && each.origin === origin)
  if (group === undefined)
    throw new Error(
      `no group of ${name} over ${topologyKey}; there are ${result.groups.map(each => `${each.workload.name}/${each.topologyKey}/${each.origin}`).join(', ')}`,
    )
  return group
}

export const countsAfter = (group: GroupPlan): number[] => group.domains.map(domain => domain.countAfter)
