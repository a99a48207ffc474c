import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createProjector } from './projection.ts'
import type { RecordKind } from './records.ts'

type Raw = Readonly<Record<string, unknown>>

/** One object of each kind that has something in most fields that are read. */
const SAMPLES: readonly Raw[] = [
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: 'shop',
      name: 'web-0',
      uid: 'u0',
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { app: 'web' },
      annotations: { 'respread.io/evict': 'true' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs', controller: true }],
    },
    spec: {
      nodeName: 'node-a',
      nodeSelector: { pool: 'x' },
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }], matchFields: [] }],
          },
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: { matchExpressions: [] } }],
        },
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', labelSelector: {}, namespaces: ['a'] }],
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: 'zone' } }],
        },
      },
      tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }],
      topologySpreadConstraints: [
        { topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } } },
      ],
      containers: [{ name: 'a', image: 'a', ports: [{ hostPort: 1 }], resources: { requests: { cpu: '1' } } }],
      initContainers: [{ name: 'i', image: 'a', restartPolicy: 'Always' }],
      volumes: [
        { name: 'v', emptyDir: {} },
        { name: 'c', persistentVolumeClaim: { claimName: 'c' } },
        { name: 'r', rbd: { monitors: ['m'] } },
      ],
      overhead: { cpu: '1m' },
      resources: { requests: { cpu: '2' } },
      schedulingGates: [{ name: 'g' }],
      resourceClaims: [{ name: 'r' }],
    },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
      containerStatuses: [
        { name: 'a', state: { waiting: { reason: 'X' } }, resources: { requests: { cpu: '1' } }, allocatedResources: {} },
      ],
      resources: { requests: { cpu: '1' } },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-a', uid: 'n' },
    spec: { taints: [{ key: 'a', effect: 'NoSchedule' }], unschedulable: true },
    status: {
      allocatable: { cpu: '4', pods: '110' },
      images: [{ names: ['a:1'], sizeBytes: 1 }],
      conditions: [{ type: 'Ready', status: 'True' }],
      declaredFeatures: ['F'],
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { namespace: 'data', name: 'db', uid: 's', generation: 1 },
    spec: {
      replicas: 3,
      selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['db'] }] },
      template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'a' }] } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } },
      volumeClaimTemplates: [{ metadata: { name: 'data' } }],
    },
    status: { replicas: 3, observedGeneration: 1 },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { namespace: 'shop', name: 'web', uid: 'b' },
    spec: { selector: { matchLabels: { app: 'web' } }, maxUnavailable: '10%' },
    status: { disruptionsAllowed: 1, disruptedPods: { 'web-0': '2026-01-01T00:00:00Z' } },
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'pv', uid: 'v' },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      nodeAffinity: { required: { nodeSelectorTerms: [{}] } },
      awsElasticBlockStore: { volumeID: 'aws://a/vol-1' },
      claimRef: { namespace: 'data', name: 'c' },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace: 'data', name: 'c', uid: 'c' },
    spec: { selector: {}, resources: { requests: { storage: '1Gi' } } },
  },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'fast' },
    provisioner: 'p',
    allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['a'] }] }],
  },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSINode',
    metadata: { name: 'n' },
    spec: { drivers: [{ name: 'd', allocatable: { count: 1 } }] },
  },
  { apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata: { name: 'd' }, spec: { storageCapacity: true } },
  { apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttachment', metadata: { name: 'a' }, spec: { source: { persistentVolumeName: 'pv' } } },
  { apiVersion: 'storage.k8s.io/v1', kind: 'CSIStorageCapacity', metadata: { namespace: 'x', name: 'c' }, nodeTopology: {}, capacity: '1' },
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'p' }, value: 1 },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { namespace: 'shop', name: 'h' },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, maxReplicas: 2 },
  },
  { apiVersion: 'resource.k8s.io/v1beta1', kind: 'ResourceClaim', metadata: { namespace: 'shop', name: 'r' } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { a: 'b' } } },
  { apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'shop', name: 's' }, spec: { selector: { app: 'web' } } },
]

describe('createProjector', () => {
  it.each(SAMPLES.map(sample => [String(sample['kind']), sample] as const))('reads a %s without complaint', (kind, sample) => {
    const { record, warnings } = createProjector().project(sample)

    expect(record?.kind).toBe(kind)
    expect(warnings).toEqual([])
  })

  it.each<[RecordKind, string]>([
    ['ReplicationController', 'v1'],
    ['ReplicaSet', 'apps/v1'],
    ['Deployment', 'apps/v1'],
    ['DaemonSet', 'apps/v1'],
    ['Job', 'batch/v1'],
    ['HorizontalPodAutoscaler', 'autoscaling/v1'],
    ['ResourceClaim', 'resource.k8s.io/v1'],
  ])('knows %s of %s', (kind, apiVersion) => {
    const raw = {
      apiVersion,
      kind,
      metadata: { name: 'a' },
      spec: { scaleTargetRef: { kind: 'Deployment', name: 'a' }, maxReplicas: 1, selector: {} },
    }

    expect(createProjector().project(raw).record).toMatchObject({ kind, namespace: 'default' })
  })

  it('reads items of a list, which carry no kind, as what they are said to be', () => {
    expect(createProjector().projectAs('Namespace', { metadata: { name: 'shop' } }).record?.kind).toBe('Namespace')
  })

  it.each<[string, unknown]>([
    ['a kind of its own', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }],
    ['a namesake in another group', { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'a' } }],
    ['a member of every object', { apiVersion: 'v1', kind: 'constructor', metadata: { name: 'a' } }],
  ])('passes over %s in silence', (_, raw) => {
    expect(createProjector().project(raw)).toEqual({ kind: undefined, record: undefined, warnings: [] })
  })

  it.each<[string, unknown, string]>([
    ['no kind', { apiVersion: 'v1', metadata: { name: 'a' } }, 'kind: is missing'],
    ['a kind that is no text', { apiVersion: 'v1', kind: 1, metadata: { name: 'a' } }, 'kind: `1` is not a text'],
    ['no version', { kind: 'PodDisruptionBudget', metadata: { name: 'a' } }, 'apiVersion: is missing'],
    [
      'a version that is not read',
      { apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget', metadata: { name: 'a' } },
      'apiVersion: `policy/v1beta1` is not read; legal is policy/v1',
    ],
  ])('leaves an object of %s out with a warning', (_, raw, problem) => {
    const { record, warnings } = createProjector().project(raw)

    expect(record).toBeUndefined()
    expect(warnings).toMatchObject([{ problem: `${problem}; the object is left out` }])
  })

  it.each([null, 1, 'pod', [], true])('leaves %j out with a warning', raw => {
    const { record, warnings } = createProjector().project(raw)

    expect(record).toBeUndefined()
    expect(warnings).toHaveLength(1)
  })

  it('leaves out what is nested beyond the stack', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)
    const { record, warnings } = createProjector().project({ ...SAMPLES[0], spec: { affinity: deep } })

    expect(record).toBeUndefined()
    expect(warnings).toMatchObject([{ kind: 'Pod', problem: expect.stringContaining('nested too deeply') }])
  })

  it('keeps an object of which any part is broken, as long as it is known which object it is', () => {
    const projector = createProjector()
    fc.assert(
      fc.property(fc.constantFrom(...placesWhere(path => !isIdentity(path))), fc.jsonValue(), ({ sample, path }, value) => {
        const { record, warnings } = projector.project(replaced(sample, path, value))

        expect(record).toBeDefined()
        for (const { problem } of warnings) expect(problem).toMatch(/^[^\p{Cc}]+$/u)
      }),
      { numRuns: 2000 },
    )
  })

  it('keeps or leaves out an object of which it is not known which it is, with a warning in the end', () => {
    const projector = createProjector()
    fc.assert(
      fc.property(fc.constantFrom(...placesWhere(isIdentity)), fc.jsonValue(), ({ sample, path }, value) => {
        const { kind, record, warnings } = projector.project(replaced(sample, path, value))

        expect(kind === undefined || record !== undefined || warnings.length > 0).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('reads the same object the same way, whatever it has read before', () => {
    const projector = createProjector()
    const places = pathsIn(SAMPLES[0])
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), (path, value) => {
        const raw = replaced(SAMPLES[0], path, value)

        expect(projector.project(raw)).toEqual(createProjector().project(structuredClone(raw)))
      }),
      { numRuns: 300 },
    )
  })
})

type Path = readonly (string | number)[]

function isIdentity([first]: Path): boolean {
  return first === 'apiVersion' || first === 'kind' || first === 'metadata'
}

function placesWhere(holds: (path: Path) => boolean): readonly { readonly sample: Raw; readonly path: Path }[] {
  return SAMPLES.flatMap(sample =>
    pathsIn(sample)
      .filter(holds)
      .map(path => ({ sample, path })),
  )
}

function pathsIn(value: unknown, before: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return before.length === 0 ? [] : [before]
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  const inside = entries.flatMap(([key, child]) => pathsIn(child, [...before, key]))
  return before.length === 0 ? inside : [before, ...inside]
}

function replaced(value: unknown, path: Path, by: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return by
  if (Array.isArray(value)) return value.with(Number(key), replaced(value[Number(key)], rest, by))
  return { ...(value as Raw), [key]: replaced((value as Raw)[key], rest, by) }
}
