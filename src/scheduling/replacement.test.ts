import { describe, expect, it } from 'vitest'
import {
  affinityTerm,
  clusterOf,
  labels,
  makeClaim,
  makeConstraint,
  makePod,
  makeWorkload,
  selecting,
} from '../../test/support/builders.ts'
import { PLAIN_SPEC } from '../../test/support/records.ts'
import type { PriorityClassRecord } from '../cluster/other-records.ts'
import type { Toleration } from '../cluster/node-selector.ts'
import type { PodRecord, PodSpec } from '../cluster/pod.ts'
import { createProjector } from '../cluster/projection.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import { NO_RESOURCES } from '../cluster/resources.ts'
import type { PodTemplate, WorkloadRecord } from '../cluster/workload.ts'
import { replacementOf } from './replacement.ts'

const down = (key: string): Toleration => ({ key, operator: 'Exists', value: '', effect: 'NoExecute', seconds: 300 })
const OUTAGE_TOLERATIONS = [down('node.kubernetes.io/not-ready'), down('node.kubernetes.io/unreachable')]

const template = (fields: Partial<Omit<PodTemplate, 'spec'>> & { spec?: Partial<PodSpec> } = {}): PodTemplate => ({
  labels: labels({ app: 'web' }),
  annotations: labels({}),
  claims: [],
  ephemeralVolumes: [],
  ...fields,
  spec: { ...PLAIN_SPEC, ...fields.spec },
})
const ownedBy = (kind: string, name: string, apiVersion = 'apps/v1') => ({ controller: { apiVersion, kind, name, uid: name } })
/** A ReplicaSet that nobody owns: whether its template was changed shows in its pods alone. */
const bareSet = (of: PodTemplate, fields: Partial<WorkloadRecord> = {}) => makeWorkload('ReplicaSet', 'rs', { template: of, ...fields })
const deployedSet = (of: PodTemplate) => bareSet(of, ownedBy('Deployment', 'd'))
const podOf = (fields: Parameters<typeof makePod>[1] = {}) =>
  makePod('web-1', { nodeName: 'a1', labels: { app: 'web' }, ...ownedBy('ReplicaSet', 'rs'), ...fields })

function replace(pod: PodRecord, ...records: readonly ClusterRecord[]) {
  const answer = replacementOf(clusterOf(records), pod)
  if (answer.kind === 'unknown') throw new Error(answer.problem)
  return answer
}
const whyUnknown = (pod: PodRecord, ...records: readonly ClusterRecord[]) => {
  const answer = replacementOf(clusterOf(records), pod)
  return answer.kind === 'unknown' ? answer.problem : 'known'
}

describe('a replacement', () => {
  const victim = podOf({
    ready: true,
    readySince: 5,
    createdAt: 3,
    nominatedNodeName: 'a1',
    spec: { requests: { ...NO_RESOURCES, cpu: 7 } },
  })
  const { pod, comesAfter } = replace(victim, deployedSet(template()))

  it('is unbound and not Ready, and asks for what the pod asked for when it came', () => {
    expect(pod).toMatchObject({ phase: 'Pending', ready: false, nodeName: undefined, nominatedNodeName: undefined, createdAt: 3 })
    expect(pod.charged).toBe(victim.spec.requests)
  })

  it('has the same controller and another name and uid, each time the same', () => {
    expect(pod.controller).toEqual(victim.controller)
    expect([pod.name, pod.uid]).not.toContain(victim.name)
    expect(replace(victim, deployedSet(template())).pod).toEqual(pod)
  })

  it('comes while the old pod still holds its resources', () => {
    expect(comesAfter).toBe('deletionTimestamp')
  })
})

describe('a pod as the API server has it', () => {
  const constraint = (labelSelector: object) => ({
    maxSkew: 1,
    topologyKey: 'topology.kubernetes.io/zone',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector,
    matchLabelKeys: ['pod-template-hash'],
  })
  const owner = (kind: string, name: string) => [{ apiVersion: 'apps/v1', kind, name, uid: name, controller: true }]
  const set = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { namespace: 'shop', name: 'rs', uid: 'rs', ownerReferences: owner('Deployment', 'd') },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web', 'pod-template-hash': 'h1' } },
      template: {
        metadata: { labels: { app: 'web', 'pod-template-hash': 'h1' } },
        spec: {
          containers: [{ name: 'main', image: 'web:1' }],
          topologySpreadConstraints: [constraint({ matchLabels: { app: 'web' } })],
        },
      },
    },
  }
  const rawPod = (name: string, zone: string, selector: object) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: 'shop',
      name,
      uid: name,
      labels: { app: 'web', 'pod-template-hash': 'h1', 'topology.kubernetes.io/zone': zone },
      ownerReferences: owner('ReplicaSet', 'rs'),
    },
    spec: {
      nodeName: 'a1',
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      containers: [{ name: 'main', image: 'web:1', resources: { requests: { cpu: '100m' } } }],
      tolerations: OUTAGE_TOLERATIONS.map(({ key, operator, effect }) => ({ key, operator, effect, tolerationSeconds: 300 })),
      topologySpreadConstraints: [constraint(selector)],
    },
  })
  const merged = { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'pod-template-hash', operator: 'In', values: ['h1'] }] }

  it.each([
    ['of a Deployment', set],
    ['of a bare ReplicaSet', { ...set, metadata: { ...set.metadata, ownerReferences: [] } }],
  ])('%s: replicas share the spec and the labels of their replacements', (_rule, rawSet) => {
    const projector = createProjector()
    const records = [rawSet, rawPod('one', 'a', merged), rawPod('two', 'b', merged)].map(raw => projector.project(raw).record)
    const cluster = clusterOf(records.filter(record => record !== undefined))
    const [one, two] = [cluster.pod('shop', 'one'), cluster.pod('shop', 'two')].map(pod => pod && replacementOf(cluster, pod))
    if (one?.kind !== 'replacement' || two?.kind !== 'replacement') throw new Error('no replacement')
    expect(one.pod.spec).toBe(cluster.pod('shop', 'one')?.spec)
    expect(two.pod.spec).toBe(one.pod.spec)
    expect(two.pod.labels).toBe(one.pod.labels)
    expect(one.pod.labels.has('topology.kubernetes.io/zone')).toBe(false)
  })

  it('and was made before label keys were merged into constraints: its spec is still its own', () => {
    const projector = createProjector()
    const bare = { ...set, metadata: { ...set.metadata, ownerReferences: [] } }
    const records = [bare, rawPod('one', 'a', { matchLabels: { app: 'web' } })].map(raw => projector.project(raw).record)
    const cluster = clusterOf(records.filter(record => record !== undefined))
    const pod = cluster.pod('shop', 'one')
    const answer = pod && replacementOf(cluster, pod)
    expect(answer?.kind === 'replacement' && answer.pod.spec).toBe(pod?.spec)
  })
})

describe('the spec of a replacement', () => {
  const cpu = (millis: number) => ({ requests: { ...NO_RESOURCES, cpu: millis } })

  it.each<[string, Partial<PodSpec>, Partial<PodSpec>]>([
    ['tolerations', { tolerations: OUTAGE_TOLERATIONS }, {}],
    ['requests of a LimitRange or of a sidecar', cpu(300), cpu(200)],
    ['an injected image', { images: ['app:1', 'proxy:1'] }, { images: ['app:1'] }],
    ['a node selector of a RuntimeClass', { nodeSelector: labels({ pool: 'x' }) }, {}],
    ['a constraint of a policy', { topologySpreadConstraints: [makeConstraint()] }, {}],
    ['a node affinity of a policy', { requiredNodeAffinity: { terms: [] } }, {}],
  ])('is the own one where admission added %s', (_rule, own, written) => {
    const pod = podOf({ spec: own })
    expect(replace(pod, bareSet(template({ spec: written }))).pod.spec).toBe(pod.spec)
  })

  it.each<[string, Partial<PodSpec>, Partial<PodSpec>]>([
    ['a constraint', {}, { topologySpreadConstraints: [makeConstraint()] }],
    ['maxSkew', { topologySpreadConstraints: [makeConstraint()] }, { topologySpreadConstraints: [makeConstraint({ maxSkew: 2 })] }],
    ['a node selector', { nodeSelector: labels({ pool: 'x' }) }, { nodeSelector: labels({ pool: 'y' }) }],
    ['node affinity', { requiredNodeAffinity: { terms: [] } }, { requiredNodeAffinity: { terms: [{ kind: 'invalid', problem: 'x' }] } }],
    ['pod anti-affinity', {}, { podAntiAffinity: { required: [affinityTerm(selecting({ app: 'web' }))], preferred: [] } }],
    ['a host port', {}, { hostPorts: [{ ip: '0.0.0.0', port: 80, protocol: 'TCP' }] }],
    ['a toleration', {}, { tolerations: [down('maintenance')] }],
    ['the image', { images: ['app:1'] }, { images: ['app:2'] }],
    ['one of two images that are the same', { images: ['app:1', 'app:2'] }, { images: ['app:1', 'app:1'] }],
    ['larger requests', cpu(200), cpu(300)],
    ['an extended resource', {}, { requests: { ...NO_RESOURCES, scalars: new Map([['example.com/gpu', 1]]) } }],
    ['the scheduler', {}, { schedulerName: 'other' }],
  ])('is the template where %s was changed by hand', (_rule, own, written) => {
    const { spec } = replace(podOf({ spec: own }), bareSet(template({ spec: written }))).pod
    expect(spec).toMatchObject(
      written.tolerations === undefined ? written : { tolerations: [...written.tolerations, ...OUTAGE_TOLERATIONS] },
    )
  })

  it('is the own one whatever webhooks changed, if the ReplicaSet is made by a Deployment', () => {
    const pod = podOf({ spec: { images: ['mirror/app:1'], schedulerName: 'other' } })
    expect(replace(pod, deployedSet(template({ spec: { images: ['app:1'] } }))).pod.spec).toBe(pod.spec)
  })

  it('cannot be told where the template was changed and a RuntimeClass adds to it', () => {
    const spec = { runtimeClassName: 'kata' }
    expect(whyUnknown(podOf({ spec }), bareSet(template({ spec: { ...spec, images: ['new:1'] } })))).toMatch(/RuntimeClass kata/)
    expect(whyUnknown(podOf(), bareSet(template({ spec })))).toMatch(/RuntimeClass kata/)
    const pod = podOf({ spec })
    expect(replace(pod, bareSet(template({ spec }))).pod.spec).toBe(pod.spec)
  })

  describe('made from the template', () => {
    const changed = (spec: Partial<PodSpec>, of: Record<string, string> = { app: 'web', rev: '2' }) =>
      replace(podOf({ spec: { images: ['old:1'] } }), bareSet(template({ labels: labels(of), spec: { images: ['new:1'], ...spec } }))).pod
        .spec

    it('tolerates outages of its node', () => {
      expect(changed({}).tolerations).toEqual(OUTAGE_TOLERATIONS)
    })

    it.each<[string, Toleration]>([
      ['of every key', { key: '', operator: 'Exists', value: '', effect: '' }],
      ['of every key when it comes to NoExecute', { key: '', operator: 'Exists', value: '', effect: 'NoExecute' }],
    ])('unless it has a toleration %s', (_rule, toleration) => {
      expect(changed({ tolerations: [toleration] }).tolerations).toEqual([toleration])
    })

    it('a toleration of the same taint with another effect is not enough', () => {
      const toleration: Toleration = { ...down('node.kubernetes.io/not-ready'), effect: 'NoSchedule' }
      expect(changed({ tolerations: [toleration] }).tolerations).toEqual([toleration, ...OUTAGE_TOLERATIONS])
    })

    it('has matchLabelKeys merged into the selectors of constraints, except null ones', () => {
      const keys = { matchLabelKeys: ['rev', 'absent'] }
      const { topologySpreadConstraints } = changed({
        topologySpreadConstraints: [
          makeConstraint(keys),
          makeConstraint({ ...keys, selector: { kind: 'everything' } }),
          makeConstraint({ ...keys, selector: { kind: 'nothing' } }),
        ],
      })
      expect(topologySpreadConstraints.map(({ selector }) => selector)).toEqual([
        selecting({ app: 'web', rev: '2' }),
        selecting({ rev: '2' }),
        { kind: 'nothing' },
      ])
    })

    it('has matchLabelKeys and mismatchLabelKeys merged into affinity terms', () => {
      const term = affinityTerm(selecting({ app: 'web' }), { matchLabelKeys: ['rev'], mismatchLabelKeys: ['app'] })
      const { podAffinity } = changed({ podAffinity: { required: [term], preferred: [{ weight: 1, term }] } })
      const selector = {
        kind: 'requirements',
        requirements: expect.arrayContaining([
          { key: 'rev', operator: 'In', values: ['2'] },
          { key: 'app', operator: 'NotIn', values: ['web'] },
        ]),
      }
      expect(podAffinity).toMatchObject({ required: [{ selector }], preferred: [{ term: { selector } }] })
    })
  })
})

describe('priority', () => {
  const priorityClass = (name: string, value: number, fields: Partial<PriorityClassRecord> = {}): PriorityClassRecord => ({
    kind: 'PriorityClass',
    name,
    value,
    globalDefault: false,
    preemptionPolicy: 'PreemptLowerPriority',
    ...fields,
  })
  const named = (priorityClassName: string) => deployedSet(template({ spec: { priorityClassName } }))
  const high = priorityClass('high', 100, { preemptionPolicy: 'Never' })
  const usual = priorityClass('usual', 10, { globalDefault: true })

  it.each<[string, readonly ClusterRecord[], Partial<PodSpec>]>([
    [
      'of the class that the template names',
      [named('high'), high, usual],
      { priority: 100, preemptionPolicy: 'Never', priorityClassName: 'high' },
    ],
    ['of the global default', [deployedSet(template()), high, usual], { priority: 10, priorityClassName: 'usual' }],
    [
      'of the lower of two global defaults',
      [deployedSet(template()), usual, priorityClass('lower', 5, { globalDefault: true })],
      { priority: 5, priorityClassName: 'lower' },
    ],
    ['0 without either', [deployedSet(template()), high], { priority: 0, priorityClassName: undefined }],
  ])('%s', (_rule, records, expected) => {
    expect(replace(podOf({ spec: { priority: 7 } }), ...records).pod.spec).toMatchObject(expected)
  })

  it('of a class that a webhook gave the pod, where there is no default', () => {
    const pod = podOf({ spec: { priority: 100, priorityClassName: 'high', preemptionPolicy: 'Never' } })
    expect(replace(pod, deployedSet(template()), high).pod.spec).toBe(pod.spec)
  })

  it('as it was, where PriorityClasses are not in the data', () => {
    const pod = podOf({ spec: { priority: 7, priorityClassName: 'high' } })
    expect(replace(pod, named('high')).pod.spec).toBe(pod.spec)
  })

  it('cannot be told for a class that does not exist: the API server would refuse the pod', () => {
    expect(whyUnknown(podOf(), named('high'), usual)).toMatch(/PriorityClass high does not exist/)
  })
})

describe('the replacement of a StatefulSet pod', () => {
  const revisions = {
    updateStrategy: 'RollingUpdate',
    partition: 0,
    isOrdered: true,
    firstOrdinal: 0,
    currentRevision: 'r1',
    updateRevision: 'r1',
    claimTemplates: ['data'],
  } as const
  const set = (fields: Partial<WorkloadRecord> = {}, of: PodTemplate = template()) =>
    makeWorkload('StatefulSet', 'db', { template: of, statefulSet: revisions, ...fields })
  const member = (fields: Parameters<typeof makePod>[1] = {}) =>
    makePod('db-10', {
      nodeName: 'a1',
      claims: ['data-db-10'],
      labels: {
        app: 'web',
        'statefulset.kubernetes.io/pod-name': 'db-10',
        'apps.kubernetes.io/pod-index': '10',
        'controller-revision-hash': 'r1',
      },
      ...ownedBy('StatefulSet', 'db'),
      ...fields,
    })

  it('keeps name, labels, spec and claims, and comes when the old pod is gone', () => {
    const pod = member()
    const answer = replace(pod, set())
    expect(answer.comesAfter).toBe('gone')
    expect(answer.pod).toMatchObject({ name: 'db-10', claims: ['data-db-10'] })
    expect(answer.pod.uid).not.toBe(pod.uid)
    expect(answer.pod.labels).toBe(pod.labels)
    expect(answer.pod.spec).toBe(pod.spec)
  })

  it('a pod of an older revision is replaced by one of the update revision', () => {
    const changed = set(
      { statefulSet: { ...revisions, updateRevision: 'r2' } },
      template({ claims: ['shared'], spec: { images: ['new:1'] } }),
    )
    const { pod } = replace(member(), changed)
    expect(pod.labels.get('controller-revision-hash')).toBe('r2')
    expect(pod.spec.images).toEqual(['new:1'])
    expect(pod.claims).toEqual(['shared', 'data-db-10'])
  })

  it('under a partition nothing is known until the revisions agree', () => {
    expect(whyUnknown(member(), set({ statefulSet: { ...revisions, partition: 5, updateRevision: 'r2' } }))).toMatch(/updated in part/)
    expect(whyUnknown(member(), set({ statefulSet: { ...revisions, partition: 5 } }))).toBe('known')
  })
})

describe('claims', () => {
  const scratch = makeClaim('web-1-scratch', { ownerUid: 'web-1', requestedBytes: 42, selectedNode: 'a1' })

  it('written in the template are shared by all replicas', () => {
    const pod = podOf({ claims: ['shared'] })
    expect(replace(pod, deployedSet(template({ claims: ['shared'] }))).pod).toMatchObject({ claims: ['shared'] })
    expect(replace(pod, deployedSet(template({ claims: ['shared'] }))).pod).not.toHaveProperty('claimsToCome')
  })

  it('of generic ephemeral volumes are made for the replacement, unbound, as the old ones were', () => {
    const pod = podOf({ claims: ['shared', 'web-1-scratch'] })
    const next = replace(pod, deployedSet(template({ claims: ['shared'], ephemeralVolumes: ['scratch'] })), scratch).pod
    const [shared, own] = next.claims
    expect(shared).toBe('shared')
    expect(own).toBe(`${next.name}-scratch`)
    expect(next.claimsToCome).toMatchObject([
      {
        name: own,
        ownerUid: next.uid,
        volumeName: '',
        bindCompleted: false,
        phase: 'Pending',
        selectedNode: undefined,
        requestedBytes: 42,
      },
    ])
  })

  it('of ephemeral volumes cannot be told without the old ones', () => {
    expect(whyUnknown(podOf({ claims: ['web-1-scratch'] }), deployedSet(template({ ephemeralVolumes: ['scratch'] })))).toMatch(
      /ephemeral volume scratch/,
    )
  })
})

describe('cannot be told', () => {
  it.each<[string, PodRecord, readonly ClusterRecord[], RegExp]>([
    ['without a controller', makePod('bare'), [], /no controller would replace it/],
    ['of a controller that is not in the data', podOf(), [], /ReplicaSet rs is not in the data/],
    ['of a namesake', podOf(), [bareSet(template(), { uid: 'newer' })], /ReplicaSet rs is not in the data/],
    ['of a controller without template', podOf(), [makeWorkload('ReplicaSet', 'rs')], /has no pod template/],
    ['of a controller that is being deleted', podOf(), [bareSet(template(), { deletedAt: 1 })], /is being deleted/],
    ['of a DaemonSet', podOf(ownedBy('DaemonSet', 'd')), [makeWorkload('DaemonSet', 'd')], /pods of DaemonSet d belong to their nodes/],
    ['behind a scheduling gate', podOf(), [deployedSet(template({ spec: { schedulingGates: ['quota'] } }))], /scheduling gate quota/],
  ])('%s', (_rule, pod, records, problem) => {
    expect(whyUnknown(pod, ...records)).toMatch(problem)
  })
})

it('a ReplicationController replaces pods as a ReplicaSet does', () => {
  const controller = makeWorkload('ReplicationController', 'rc', { template: template() })
  expect(replace(podOf(ownedBy('ReplicationController', 'rc', 'v1')), controller).comesAfter).toBe('deletionTimestamp')
})
