import * as fc from 'fast-check'
import { selectorFromLabels } from '../../src/cluster/label-selector.ts'
import type { LabelSelector } from '../../src/cluster/labels.ts'
import type { NodeSelectorTerm, Taint, Toleration } from '../../src/cluster/node-selector.ts'
import type { NodeRecord } from '../../src/cluster/node.ts'
import type { HostPort, PodAffinity, PodAffinityTerm, PodRecord, PodSpec, TopologySpreadConstraint } from '../../src/cluster/pod.ts'
import type { ClusterEvent } from '../../src/cluster/cluster-state.ts'
import { recordKey, type ClusterRecord } from '../../src/cluster/records.ts'
import { NO_SCALARS } from '../../src/cluster/resources.ts'
import { labels, makeNamespace, makeNode, makeWorkload, selecting } from './builders.ts'
import { PLAIN_SPEC, podRecord } from './records.ts'

// Small clusters in which everything that the scheduler reads of nodes, pods and what selects them may occur, and clash.

const ZONE = 'topology.kubernetes.io/zone'
const HOSTNAME = 'kubernetes.io/hostname'
const MIB = 1024 ** 2

const NODE_NAMES = ['n0', 'n1', 'n2', 'n3', 'n4', 'n5'] as const
const NAMESPACES = ['shop', 'other'] as const

// Records share these, as what the projection interns.
const LABELS = [labels({ app: 'web', rev: '1' }), labels({ app: 'web', rev: '2' }), labels({ app: 'db' })] as const
const IMAGES = ['web:1', 'db:1'] as const

const key = fc.constantFrom(ZONE, HOSTNAME)

const selector: fc.Arbitrary<LabelSelector> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(selecting({ app: 'web' }), selecting({ app: 'db' }), selecting({ app: 'web', rev: '1' })) },
  { weight: 1, arbitrary: fc.constantFrom<LabelSelector>({ kind: 'nothing' }, { kind: 'everything' }) },
)

const constraint: fc.Arbitrary<TopologySpreadConstraint> = fc.record({
  topologyKey: key,
  whenUnsatisfiable: fc.constantFrom('DoNotSchedule', 'ScheduleAnyway'),
  maxSkew: fc.integer({ min: 1, max: 3 }),
  minDomains: fc.constantFrom(undefined, 1, 2, 3),
  selector,
  matchLabelKeys: fc.constantFrom<readonly string[]>([], ['rev'], ['missing']),
  nodeAffinityPolicy: fc.constantFrom('Honor', 'Ignore'),
  nodeTaintsPolicy: fc.constantFrom('Honor', 'Ignore'),
})

const taint: fc.Arbitrary<Taint> = fc.record({
  key: fc.constantFrom('dedicated', 'node.kubernetes.io/unreachable', 'karpenter.sh/disrupted'),
  value: fc.constant(''),
  effect: fc.constantFrom('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
})

const toleration: fc.Arbitrary<Toleration> = fc.record({
  key: fc.constantFrom('', 'dedicated', 'node.kubernetes.io/unschedulable'),
  operator: fc.constant('Exists'),
  value: fc.constant(''),
  effect: fc.constantFrom('', 'NoSchedule', 'PreferNoSchedule'),
})

const nodeTerm: fc.Arbitrary<NodeSelectorTerm> = fc
  .record({ operator: fc.constantFrom('In', 'NotIn'), zone: fc.constantFrom('a', 'b', 'c') })
  .map(({ operator, zone }) => ({ kind: 'term', expressions: [{ key: ZONE, operator, values: [zone] }], fields: [] }))

const affinityTerm: fc.Arbitrary<PodAffinityTerm> = fc.record({
  selector,
  topologyKey: key,
  namespaces: fc.constantFrom<readonly string[]>([], ['other']),
  namespaceSelector: fc.constantFrom(undefined, undefined, { kind: 'everything' } as const, selecting({ team: 'red' })),
  matchLabelKeys: fc.constant([]),
  mismatchLabelKeys: fc.constant([]),
})

const affinity: fc.Arbitrary<PodAffinity> = fc.record({
  required: fc.array(affinityTerm, { maxLength: 1 }),
  preferred: fc.array(fc.record({ weight: fc.integer({ min: 1, max: 100 }), term: affinityTerm }), { maxLength: 1 }),
})

const NO_AFFINITY: PodAffinity = { required: [], preferred: [] }

/** Mostly without what would leave no node feasible. */
function seldom<T>(arbitrary: fc.Arbitrary<T>, else_: T): fc.Arbitrary<T> {
  return fc.oneof({ weight: 6, arbitrary: fc.constant(else_) }, { weight: 1, arbitrary })
}

const resources = fc
  .record({ cpu: fc.constantFrom(0, 100, 500), memory: fc.constantFrom(0, 64, 512) })
  .map(({ cpu, memory }) => ({ cpu, memory: memory * MIB, ephemeralStorage: 0, scalars: NO_SCALARS }))

const spec: fc.Arbitrary<PodSpec> = fc
  .record({
    priority: fc.integer({ min: 0, max: 1 }),
    nodeSelector: seldom(fc.constant(labels({ pool: 'x' })), labels({})),
    requiredNodeAffinity: seldom(
      fc.array(nodeTerm, { minLength: 1, maxLength: 2 }).map(terms => ({ terms })),
      undefined,
    ),
    preferredNodeAffinity: seldom(fc.array(fc.record({ weight: fc.integer({ min: 1, max: 100 }), term: nodeTerm }), { maxLength: 2 }), []),
    podAffinity: fc.oneof(fc.constant(NO_AFFINITY), affinity),
    podAntiAffinity: fc.oneof(fc.constant(NO_AFFINITY), affinity),
    tolerations: fc.array(toleration, { maxLength: 2 }),
    topologySpreadConstraints: fc.array(constraint, { maxLength: 3 }),
    hostPorts: seldom(fc.constant<readonly HostPort[]>([{ ip: '0.0.0.0', port: 80, protocol: 'TCP' }]), []),
    requests: resources,
    images: fc.subarray([...IMAGES]),
  })
  .map(fields => ({
    ...PLAIN_SPEC,
    ...fields,
    scoredRequests: { cpu: fields.requests.cpu || 100, memory: fields.requests.memory || 200 * MIB },
  }))

const node: fc.Arbitrary<NodeRecord> = fc
  .record({
    name: fc.constantFrom(...NODE_NAMES),
    zone: fc.constantFrom('a', 'b', 'c', undefined),
    pool: fc.constantFrom('x', 'y'),
    taints: seldom(fc.array(taint, { maxLength: 2 }), []),
    unschedulable: seldom(fc.constant(true), false),
    cpu: fc.constantFrom(1000, 4000, 8000),
    podSlots: fc.constantFrom(5, 110),
    images: fc.dictionary(fc.constantFrom(...IMAGES), fc.constantFrom(100 * MIB, 600 * MIB)),
    deletedAt: seldom<number | undefined>(fc.constant(1), undefined),
    problems: seldom(seldom<readonly string[]>(fc.constant(['status.allocatable.cpu: unreadable']), []), []),
  })
  .map(({ name, zone, pool, cpu, images, ...fields }) =>
    makeNode(name, {
      ...(zone === undefined ? {} : { zone }),
      labels: { pool },
      allocatable: { cpu, memory: 2048 * MIB, ephemeralStorage: 0, scalars: NO_SCALARS },
      images: new Map(Object.entries(images)),
      ...fields,
    }),
  )

function pod(specs: readonly PodSpec[]): fc.Arbitrary<PodRecord> {
  return fc
    .record({
      name: fc.integer({ min: 0, max: 14 }).map(number => `p${number}`),
      namespace: fc.constantFrom(...NAMESPACES),
      labels: fc.constantFrom(...LABELS),
      spec: fc.constantFrom(...specs),
      // One node never exists; some pods are not bound.
      nodeName: fc.constantFrom(...NODE_NAMES, ...NODE_NAMES, 'ghost', undefined),
      nominatedNodeName: fc.constantFrom(undefined, undefined, ...NODE_NAMES),
      deletedAt: seldom<number | undefined>(fc.constant(1), undefined),
      phase: seldom<PodRecord['phase']>(fc.constantFrom('Succeeded', 'Pending'), 'Running'),
      isOwned: fc.boolean(),
    })
    .map(({ isOwned, ...fields }) =>
      podRecord({
        ...fields,
        uid: `${fields.namespace}/${fields.name}`,
        controller: isOwned ? { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'web' } : undefined,
        charged: fields.spec.requests,
        chargedScored: fields.spec.scoredRequests,
      }),
    )
}

const selectors: fc.Arbitrary<ClusterRecord> = fc.oneof(
  fc.record({ namespace: fc.constantFrom(...NAMESPACES), app: fc.constantFrom('web', 'db', undefined) }).map(({ namespace, app }) => ({
    kind: 'Service' as const,
    namespace,
    name: 'front',
    selector: app === undefined ? undefined : labels({ app }),
  })),
  fc
    .record({ namespace: fc.constantFrom(...NAMESPACES), app: fc.constantFrom('web', 'db') })
    .map(({ namespace, app }) => makeWorkload('ReplicaSet', 'web', { namespace, selector: selectorFromLabels(labels({ app })) })),
  fc
    .record({ name: fc.constantFrom(...NAMESPACES), team: fc.constantFrom('red', 'blue') })
    .map(({ name, team }) => makeNamespace(name, { team })),
)

export interface RandomCluster {
  readonly records: readonly ClusterRecord[]
  /** What happens to it then. */
  readonly events: readonly ClusterEvent[]
  /** Pods that wait for the scheduler. */
  readonly incoming: readonly PodRecord[]
  /** Bound pods that are only imagined. */
  readonly imagined: readonly PodRecord[]
}

export const randomCluster: fc.Arbitrary<RandomCluster> = fc.array(spec, { minLength: 1, maxLength: 4 }).chain(specs => {
  const record: fc.Arbitrary<ClusterRecord> = fc.oneof(
    { weight: 5, arbitrary: pod(specs) },
    { weight: 3, arbitrary: node },
    { weight: 1, arbitrary: selectors },
  )
  const event: fc.Arbitrary<ClusterEvent> = fc.oneof(
    { weight: 3, arbitrary: record.map(each => ({ type: 'upsert' as const, record: each })) },
    { weight: 1, arbitrary: record.map(each => ({ type: 'delete' as const, kind: each.kind, key: recordKey(each) })) },
  )
  const nodes = fc.uniqueArray(node, { selector: ({ name }) => name, minLength: 3, maxLength: NODE_NAMES.length })
  return fc.record({
    records: fc.tuple(nodes, fc.array(record, { maxLength: 25 })).map(([first, others]): readonly ClusterRecord[] => [...first, ...others]),
    events: fc.array(event, { maxLength: 12 }),
    incoming: fc.array(pod(specs), { minLength: 1, maxLength: 3 }).map(pods =>
      pods.map((each, index) => ({
        ...each,
        name: `new${index}`,
        uid: `new${index}`,
        nodeName: undefined,
        deletedAt: undefined,
        ...(index > 0 && { nominatedNodeName: undefined }),
      })),
    ),
    imagined: fc.array(pod(specs), { maxLength: 4 }),
  })
})
