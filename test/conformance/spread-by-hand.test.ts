import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createClusterState } from '../../src/cluster/cluster-state.ts'
import { createProjector } from '../../src/cluster/projection.ts'
import { parseSchedulerConfig } from '../../src/configuration/scheduler-config.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { FILTER_PLUGINS } from '../../src/scheduling/plugins.ts'
import type { SchedulerModel } from '../../src/scheduling/scheduler-model.ts'
import type { RawConstraint, RawDefaults, RawNode, RawObject, RawPod } from '../support/raw-spread.ts'
import { spreadByHand } from '../support/spread-by-hand.ts'

const ZONE = 'topology.kubernetes.io/zone'
const HOSTNAME = 'kubernetes.io/hostname'
const NAMES = ['n0', 'n1', 'n2', 'n3', 'n4', 'n5'] as const

const { constantFrom, constant, record, array } = fc
const nowAndThen = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.oneof(arbitrary, constant(undefined))
const seldom = <T>(arbitrary: fc.Arbitrary<T>, otherwise: T): fc.Arbitrary<T> =>
  fc.oneof({ weight: 7, arbitrary: constant(otherwise) }, { weight: 1, arbitrary })

const labels = seldom<Readonly<Record<string, string>>>(
  record({ app: constantFrom('web', 'db', ''), rev: constantFrom('1', '2') }, { requiredKeys: [] }),
  {
    app: 'web',
    rev: '1',
  },
)

const requirement = fc.oneof(
  record({
    key: constantFrom('app', 'rev'),
    operator: constantFrom('In', 'NotIn'),
    values: fc.uniqueArray(constantFrom('web', 'db', '1', ''), { minLength: 1, maxLength: 2 }),
  }),
  record({ key: constantFrom('app', 'rev', 'missing'), operator: constantFrom('Exists', 'DoesNotExist') }),
)
const selector = fc.oneof(
  constantFrom({ matchLabels: { app: 'web' } }),
  record({ matchLabels: labels, matchExpressions: array(requirement, { maxLength: 2 }) }, { requiredKeys: [] }),
)

const constraintParts = {
  topologyKey: constantFrom(ZONE, ZONE, HOSTNAME, 'rack'),
  maxSkew: constantFrom(1, 1, 2),
  whenUnsatisfiable: constantFrom('DoNotSchedule' as const, 'ScheduleAnyway' as const),
  minDomains: constantFrom(undefined, undefined, 3, 4),
  nodeAffinityPolicy: constantFrom(undefined, 'Honor', 'Ignore'),
  nodeTaintsPolicy: constantFrom(undefined, 'Honor', 'Ignore'),
}
const constraint: fc.Arbitrary<RawConstraint> = record({
  ...constraintParts,
  labelSelector: fc.oneof({ weight: 6, arbitrary: selector }, { weight: 1, arbitrary: constantFrom(undefined, null, {}) }),
  matchLabelKeys: constantFrom(undefined, [], ['rev'], ['missing', 'app']),
})

const defaults: fc.Arbitrary<RawDefaults> = fc.oneof(
  constant<RawDefaults>({ defaultingType: 'System' }),
  record({ defaultingType: constant('List' as const), defaultConstraints: array(record(constraintParts), { maxLength: 2 }) }),
)

const nodeRequirement = fc.oneof(
  record({
    key: constantFrom('pool', ZONE),
    operator: constantFrom('In', 'NotIn'),
    values: fc.subarray(['x', 'y', 'a'], { minLength: 1 }),
  }),
  record({ key: constantFrom('pool', 'cores'), operator: constantFrom('Exists', 'DoesNotExist') }),
  record({ key: constant('cores'), operator: constantFrom('Gt', 'Lt'), values: constantFrom(['12'], ['16']) }),
)
const field = record({
  key: constant('metadata.name'),
  operator: constantFrom('In', 'NotIn'),
  values: fc.subarray(['n0', 'n1', 'n2'], { minLength: 1, maxLength: 2 }),
})
const nodeTerm = record(
  { matchExpressions: array(nodeRequirement, { maxLength: 2 }), matchFields: array(field, { maxLength: 1 }) },
  { requiredKeys: [] },
)

const taint = record({
  key: constantFrom('dedicated', 'node.kubernetes.io/unschedulable'),
  value: constantFrom(undefined, 'gpu'),
  effect: constantFrom('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
})
const toleration = fc.oneof(
  record({ operator: constant('Exists'), effect: constantFrom(undefined, 'NoSchedule') }),
  record({
    key: constantFrom('dedicated', 'node.kubernetes.io/unschedulable'),
    operator: constantFrom(undefined, 'Equal', 'Exists'),
    effect: constantFrom(undefined, 'NoSchedule', 'NoExecute'),
  }),
  record({ key: constant('dedicated'), value: constant('gpu') }),
)

function node(name: string): fc.Arbitrary<RawNode> {
  return record({
    // Never empty: under the System defaults upstream scores such a zone together with nodes that have none, which nobody has.
    zone: constantFrom('a', 'a', 'b', 'b', 'c', 'c', undefined),
    host: seldom<string | undefined>(constantFrom('shared', undefined), name),
    rack: constantFrom('r1', 'r2', '', undefined),
    pool: constantFrom('x', 'y'),
    cores: constantFrom('4', '12', '32', 'many', undefined),
    taints: nowAndThen(array(taint, { maxLength: 2 })),
    unschedulable: constantFrom(undefined, undefined, true),
  }).map(({ zone, host, rack, pool, cores, ...spec }) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [ZONE]: zone, [HOSTNAME]: host, rack, pool, cores } as unknown as Record<string, string> },
    spec,
  }))
}

const podSpec = {
  topologySpreadConstraints: constantFrom(undefined, []),
  nodeSelector: nowAndThen(constantFrom({ pool: 'x' }, { pool: 'x', [ZONE]: 'a' })),
  affinity: nowAndThen(
    array(nodeTerm, { minLength: 1, maxLength: 2 }).map(nodeSelectorTerms => ({
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
    })),
  ),
  tolerations: nowAndThen(array(toleration, { maxLength: 2 })),
}

function pod(name: string, spec: fc.Arbitrary<RawPod['spec']>): fc.Arbitrary<RawPod> {
  return record({
    namespace: seldom(constant('other'), 'shop'),
    labels,
    deletionTimestamp: seldom<string | undefined>(constant('2026-01-01T00:00:00Z'), undefined),
    owner: constantFrom(
      undefined,
      'apps/v1 ReplicaSet',
      'apps/v1 StatefulSet',
      'v1 ReplicationController',
      'batch/v1 Job',
      'v1 ReplicaSet',
    ),
    spec,
    phase: seldom(constantFrom('Pending', 'Unknown', 'Succeeded', 'Failed'), 'Running'),
  }).map(({ owner, spec: read, phase, ...metadata }) => {
    const [apiVersion = '', kind = ''] = owner?.split(' ') ?? []
    const ownerReferences = owner === undefined ? undefined : [{ apiVersion, kind, name: 'web', uid: 'web', controller: true }]
    const raw = { ...metadata, name, uid: name, ...(ownerReferences === undefined ? {} : { ownerReferences }) }
    return { apiVersion: 'v1', kind: 'Pod', metadata: raw, spec: read, status: { phase } }
  })
}

const standing = (index: number): fc.Arbitrary<RawPod> => pod(`p${index}`, record({ nodeName: constantFrom(...NAMES, 'gone', undefined) }))
const incoming = pod(
  'new',
  fc.oneof(
    { weight: 3, arbitrary: record({ ...podSpec, topologySpreadConstraints: array(constraint, { minLength: 1, maxLength: 3 }) }) },
    { weight: 2, arbitrary: record(podSpec) },
  ),
)

const selecting: fc.Arbitrary<readonly RawObject[]> = fc.tuple(
  record({ namespace: constantFrom('shop', 'other'), selector: nowAndThen(labels) }).map(({ namespace, selector: of }) => ({
    apiVersion: 'v1',
    kind: 'Service' as const,
    metadata: { name: 'web', namespace },
    spec: of === undefined ? {} : { selector: of },
  })),
  record({ namespace: constantFrom('shop', 'other'), selector, kind: constantFrom('ReplicaSet' as const, 'StatefulSet' as const) }).map(
    ({ namespace, kind, ...spec }) => ({ apiVersion: 'apps/v1', kind, metadata: { name: 'web', namespace }, spec }),
  ),
  labels.map(of => ({
    apiVersion: 'v1',
    kind: 'ReplicationController' as const,
    metadata: { name: 'web', namespace: 'shop' },
    spec: { selector: of },
  })),
)

/** A scheduler of which PodTopologySpread is the only filter, reading the objects as a snapshot holds them. */
function modelOf(objects: readonly RawObject[], args: RawDefaults): SchedulerModel {
  const others = FILTER_PLUGINS.filter(plugin => plugin !== 'PodTopologySpread').map(name => ({ name }))
  const config = {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    profiles: [{ plugins: { filter: { disabled: others } }, pluginConfig: [{ name: 'PodTopologySpread', args }] }],
  }
  const { profiles } = parseSchedulerConfig(JSON.stringify(config), 'scheduler.json')
  const projector = createProjector()
  const state = createClusterState()
  for (const object of JSON.parse(JSON.stringify(objects)) as readonly unknown[]) {
    const { record: read } = projector.project(object)
    if (read === undefined) throw new Error('unreadable object')
    state.apply({ type: 'upsert', record: read })
  }
  return createSchedulerModel(state, profiles)
}

it('whatever manifests write, spread is filtered and scored as a second telling of the plugin does by hand', () => {
  const nodes = fc.tuple(...NAMES.map(node)).chain(all => fc.subarray(all, { minLength: 2 }))
  const pods = fc.tuple(...Array.from({ length: 14 }, (_, index) => standing(index)))
  fc.assert(
    fc.property(nodes, pods, selecting, incoming, defaults, (drawnNodes, drawnPods, others, drawn, args) => {
      const pending = { ...drawn, metadata: { ...drawn.metadata, namespace: 'shop' } }
      const objects = JSON.parse(JSON.stringify([...drawnNodes, ...drawnPods, ...others, pending])) as readonly RawObject[]
      const model = modelOf(objects, args)
      const asked = model.cluster.pod('shop', 'new')
      const raw = objects.find((object): object is RawPod => object.kind === 'Pod' && object.metadata.name === 'new')
      if (asked === undefined || raw === undefined) throw new Error('the pod is not there')
      const explained = model.explain(asked).nodes
      const told = {
        filter: Object.fromEntries(explained.map(({ name, filters }) => [name, filters.PodTopologySpread])),
        scores: Object.fromEntries(
          explained.flatMap(({ name, scores }) => (scores === undefined ? [] : [[name, scores.PodTopologySpread]])),
        ),
      }
      expect(told).toEqual(spreadByHand(objects, raw, args))
    }),
    { numRuns: 500 },
  )
})
