import { describe, expect, it } from 'vitest'
import { parseSelectorText } from '../cluster/selector-text.ts'
import {
  AT_REST,
  budget,
  groupOf,
  hard,
  planFor,
  soft,
  spreadOn,
  stateOf,
  workload,
  ZONE,
  zones,
  type WorkloadOptions,
} from '../../test/support/spread-world.ts'
import { boundClaim } from '../../test/support/volumes.ts'
import type { GroupPlan } from './plan-types.ts'
import type { InFlight } from './situation.ts'
import { DEFAULT_POLICY, type Policy } from './policy.ts'
import { vetoOf } from './vetoes.ts'
import { ownersOf } from './workloads.ts'

const THREE = { a: 3, b: 3, c: 3 }

/** Zone c empty, twelve pods of web; moved unless something keeps them. */
function skewed(options: Partial<WorkloadOptions> = {}): unknown[] {
  return [...zones(THREE), ...workload({ name: 'web', on: spreadOn(THREE, [6, 6, 0]), spread: [hard('web')], ...options })]
}

const namespace = (metadata: Record<string, unknown>): unknown => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', uid: 'shop', ...metadata },
})

const withClaim = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'shared' } }] }
const byNamespace = (change: Partial<Policy['namespaces']>): Partial<Policy> => ({
  namespaces: { ...DEFAULT_POLICY.namespaces, ...change },
})
const heeding = (...heededAnnotations: Policy['heededAnnotations']): Partial<Policy> => ({ heededAnnotations })

/** The same change to each of the twelve pods. */
const everyPod = (change: NonNullable<WorkloadOptions['pods']>[number]): Partial<WorkloadOptions> => ({
  pods: Object.fromEntries(Array.from({ length: 12 }, (_, index) => [index, change])),
})
const ownedBy = (apiVersion: string, kind: string): Partial<WorkloadOptions> =>
  everyPod({ metadata: { ownerReferences: [{ apiVersion, kind, name: 'web', uid: `${kind}-web`, controller: true }] } })
const annotated = (key: string, value: string): Partial<WorkloadOptions> => ({ podAnnotations: { [key]: value } })
const withVolume = (source: Record<string, unknown>): Partial<WorkloadOptions> => ({ spec: { volumes: [{ name: 'scratch', ...source }] } })
const status = (more: Record<string, unknown>): Partial<WorkloadOptions> => ({ workload: { status: more } })
const statefulSet = (spec: Record<string, unknown>, more: Record<string, unknown> = {}): Partial<WorkloadOptions> => ({
  kind: 'StatefulSet',
  workload: { spec, status: more },
})

describe('what keeps every pod of a workload', () => {
  it.each<{ case: string; objects: unknown[]; policy?: Partial<Policy>; status?: string; reason: string; message: RegExp }>([
    {
      case: 'a namespace that is excluded by name',
      objects: skewed(),
      policy: byNamespace({ exclude: ['shop'] }),
      reason: 'NamespaceExcluded',
      message: /^namespace shop is excluded$/,
    },
    {
      case: 'a namespace that is none of the included',
      objects: skewed(),
      policy: byNamespace({ include: ['data'] }),
      reason: 'NamespaceExcluded',
      message: /^namespace shop is none of the included ones$/,
    },
    {
      case: 'kube-system, unless told otherwise',
      objects: skewed({ namespace: 'kube-system' }),
      reason: 'NamespaceExcluded',
      message: /^namespace kube-system is excluded$/,
    },
    {
      case: 'a mirror of a static pod',
      objects: skewed(annotated('kubernetes.io/config.mirror', 'x')),
      reason: 'MirrorPod',
      message: /static pod/,
    },
    { case: 'a node as owner', objects: skewed(ownedBy('v1', 'Node')), reason: 'MirrorPod', message: /static pod/ },
    { case: 'a DaemonSet', objects: skewed(ownedBy('apps/v1', 'DaemonSet')), reason: 'DaemonSetPod', message: /DaemonSet web/ },
    { case: 'a Job', objects: skewed(ownedBy('batch/v1', 'Job')), reason: 'JobPod', message: /work of Job web/ },
    {
      case: 'a Job of another group',
      objects: skewed(ownedBy('batch.volcano.sh/v1alpha1', 'Job')),
      policy: { ownerKinds: ['Job'] },
      reason: 'JobPod',
      message: /work of Job web/,
    },
    {
      case: 'nobody who would replace them',
      objects: skewed(everyPod({ metadata: { ownerReferences: [] } })),
      reason: 'NoController',
      message: /no controller/,
    },
    {
      case: 'a custom owner that is not opted in',
      objects: skewed(ownedBy('apps.kruise.io/v1alpha1', 'CloneSet')),
      reason: 'OwnerKindNotAllowed',
      message: /^pods of a CloneSet are not moved; allowed are ReplicaSet, StatefulSet, ReplicationController$/,
    },
    {
      case: "a custom owner that shares a name with one of Kubernetes' own",
      objects: skewed(ownedBy('apps.kruise.io/v1beta1', 'StatefulSet')),
      reason: 'OwnerKindNotAllowed',
      message: /^pods of a StatefulSet.apps.kruise.io are not moved/,
    },
    {
      case: 'bound pods that have not started yet',
      objects: skewed().map(object =>
        (object as { kind: string }).kind === 'Pod' ? { ...(object as object), status: { phase: 'Pending' } } : object,
      ),
      status: 'Held',
      reason: 'Pending',
      message: /has not started yet/,
    },
    {
      case: 'being too young',
      objects: skewed(everyPod({ metadata: { creationTimestamp: '2026-01-01T11:59:30Z' } })),
      status: 'Held',
      reason: 'TooYoung',
      message: /^it is 30s old, the minimum is 60s$/,
    },
    {
      case: 'a creation time that is still to come',
      objects: skewed(everyPod({ metadata: { creationTimestamp: '2026-01-01T12:30:00Z' } })),
      status: 'Held',
      reason: 'TooYoung',
      message: /^it is 0s old/,
    },
    {
      case: 'a priority at the threshold',
      objects: skewed({ spec: { priority: 1000 } }),
      policy: { priorityThreshold: 1000 },
      reason: 'SystemCritical',
      message: /priority 1000 is not below the threshold 1000/,
    },
    {
      case: 'opting out on the pods',
      objects: skewed(annotated('respread.io/evict', 'false')),
      reason: 'OptedOut',
      message: /^respread.io\/evict is "false" on the pod$/,
    },
    {
      case: 'opting out on the namespace',
      objects: [...skewed(), namespace({ annotations: { 'respread.io/evict': 'no' } })],
      reason: 'OptedOut',
      message: /^respread.io\/evict is "no" on namespace shop$/,
    },
    {
      case: 'opting out on pods whose workload opts in',
      objects: skewed({ ...annotated('respread.io/evict', 'false'), annotations: { 'respread.io/evict': 'true' } }),
      reason: 'OptedOut',
      message: /on the pod$/,
    },
    {
      case: 'karpenter.sh/do-not-disrupt',
      objects: skewed(annotated('karpenter.sh/do-not-disrupt', 'true')),
      reason: 'DoNotDisrupt',
      message: /is "true"$/,
    },
    {
      case: 'karpenter.sh/do-not-disrupt for a while',
      objects: skewed(annotated('karpenter.sh/do-not-disrupt', '30m')),
      reason: 'DoNotDisrupt',
      message: /is "30m"$/,
    },
    {
      case: 'safe-to-evict: false',
      objects: skewed(annotated('cluster-autoscaler.kubernetes.io/safe-to-evict', 'false')),
      reason: 'NotSafeToEvict',
      message: /is "false"$/,
    },
    {
      case: 'prefer-no-eviction, whatever its value',
      objects: skewed(annotated('descheduler.alpha.kubernetes.io/prefer-no-eviction', '')),
      reason: 'PrefersNoEviction',
      message: /is set$/,
    },
    {
      case: 'an emptyDir',
      objects: skewed(withVolume({ emptyDir: {} })),
      reason: 'LocalStorage',
      message: /^its data in volume scratch \(emptyDir\) would be lost/,
    },
    { case: 'a hostPath', objects: skewed(withVolume({ hostPath: { path: '/data' } })), reason: 'LocalStorage', message: /\(hostPath\)/ },
    {
      case: 'local volumes of which not all are safe',
      objects: skewed({
        ...annotated('cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes', 'cache, logs'),
        spec: { volumes: ['cache', 'logs', 'data'].map(name => ({ name, emptyDir: {} })) },
      }),
      reason: 'LocalStorage',
      message: /^its data in volume data /,
    },
    {
      case: 'a spec that cannot be read in full',
      objects: skewed({ spec: { nodeSelector: 'gpu' } }),
      reason: 'CannotPredict',
      message: /nodeSelector/,
    },
    {
      case: 'an owner that cannot be read in full',
      objects: skewed({ workload: { spec: { paused: 'maybe' } } }),
      reason: 'CannotPredict',
      message: /^spec.paused: `maybe` is a text, neither true nor false$/,
    },
    {
      case: 'another scheduler',
      objects: skewed({ spec: { schedulerName: 'other' } }),
      reason: 'CannotPredict',
      message: /^no profile is known for its scheduler other$/,
    },
    {
      case: 'resource claims',
      objects: skewed({ spec: { resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }] } }),
      reason: 'CannotPredict',
      message: /claim/,
    },
    {
      case: 'an owner that is not in the data',
      objects: skewed().filter(object => (object as { kind: string }).kind !== 'ReplicaSet'),
      reason: 'OwnersUnknown',
      message: /^ReplicaSet web-1 is not in the data/,
    },
    {
      case: 'an owner that was created anew',
      objects: skewed(ownedBy('apps/v1', 'ReplicaSet')),
      reason: 'OwnersUnknown',
      message: /^ReplicaSet web is not in the data/,
    },
    {
      case: 'fewer replicas than the minimum',
      objects: skewed(),
      policy: { minimumReplicas: 13 },
      reason: 'SingleReplica',
      message: /^Deployment web wants 12 replicas, the minimum is 13$/,
    },
    {
      case: 'a single replica, where a rollout or a scale-in has left more pods',
      objects: skewed({ replicas: 1 }),
      reason: 'SingleReplica',
      message: /^Deployment web wants 1 replica, the minimum is 2$/,
    },
    {
      case: 'a StatefulSet that updates on delete',
      objects: skewed(statefulSet({ updateStrategy: { type: 'OnDelete' } })),
      reason: 'OnDeleteUpdates',
      message: /StatefulSet web/,
    },
    {
      case: 'a StatefulSet with a partition',
      objects: skewed(statefulSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 3 } } })),
      reason: 'Partitioned',
      message: /only ordinals from 3/,
    },
    {
      case: 'a Deployment of which not every replica is updated',
      objects: skewed(status({ updatedReplicas: 5 })),
      status: 'Held',
      reason: 'RollingOut',
      message: /^5 of 12 replicas of Deployment web are updated$/,
    },
    {
      case: 'a Deployment whose rollout a person has paused on its way',
      objects: skewed({ workload: { spec: { paused: true }, status: { updatedReplicas: 5 } } }),
      status: 'Held',
      reason: 'RollingOut',
      message: /^5 of 12 replicas of Deployment web are updated, and its rollout is paused$/,
    },
    {
      case: 'a Deployment with pods of an older revision',
      objects: skewed(status({ replicas: 13, updatedReplicas: 12 })),
      status: 'Held',
      reason: 'RollingOut',
      message: /^Deployment web still has 1 pod of an older revision$/,
    },
    {
      case: 'a controller that has not seen the newest spec',
      objects: skewed(status({ observedGeneration: 0 })),
      status: 'Held',
      reason: 'RollingOut',
      message: /has not seen its newest spec yet/,
    },
    {
      case: 'a StatefulSet between revisions',
      objects: skewed(statefulSet({}, { currentRevision: 'web-1', updateRevision: 'web-2' })),
      status: 'Held',
      reason: 'RollingOut',
      message: /^StatefulSet web is between revisions web-1 and web-2$/,
    },
    {
      case: 'two budgets',
      objects: [
        ...skewed(),
        budget('web', { maxUnavailable: 1 }, {}),
        { ...budget('web', { maxUnavailable: 2 }, {}), metadata: { namespace: 'shop', name: 'too', uid: 'too' } },
      ],
      reason: 'SeveralBudgets',
      message: /^2 budgets cover it: too, web$/,
    },
    {
      case: 'a budget that never allows an eviction',
      objects: [...skewed(), budget('web', { minAvailable: '100%' }, { disruptionsAllowed: 0 })],
      reason: 'BudgetNeverAllows',
      message: /^budget web asks for 12 healthy pods \(minAvailable 100%\) where there are 12 when all is well$/,
    },
    {
      case: 'a budget that cannot be read, whomever it covers',
      objects: [...skewed(), { ...budget('db', { maxUnavailable: 'half' }, {}) }],
      reason: 'BudgetsUnknown',
      message: /^budget db cannot be read: spec.maxUnavailable/,
    },
    {
      case: 'a namespace without the labels asked for',
      objects: [...skewed(), namespace({ labels: { env: 'test' } })],
      policy: byNamespace({ includeSelector: parseSelectorText('env=prod') }),
      reason: 'NamespaceExcluded',
      message: /namespace shop does not have the labels env=prod/,
    },
    {
      case: 'a namespace with the labels of those left alone',
      objects: [...skewed(), namespace({ labels: { frozen: '' } })],
      policy: byNamespace({ excludeSelector: parseSelectorText('frozen') }),
      reason: 'NamespaceExcluded',
      message: /excluded by its labels \(frozen\)/,
    },
    {
      case: 'a namespace whose labels nobody has read, even where a label is to be missing',
      objects: skewed(),
      policy: byNamespace({ includeSelector: parseSelectorText('!frozen') }),
      reason: 'NamespaceExcluded',
      message: /labels, which are not in the data/,
    },
    {
      case: 'other labels than the pods that are selected',
      objects: skewed(),
      policy: { podSelector: parseSelectorText('app in (api,db)') },
      reason: 'PodNotSelected',
      message: /app in \(api,db\)/,
    },
    {
      case: 'nobody having opted in where that is asked for',
      objects: skewed(),
      policy: { optIn: true },
      reason: 'NotOptedIn',
      message: /respread.io\/evict: "true"/,
    },
    {
      case: 'a namespace that opts in and a workload that opts out',
      objects: [...skewed({ annotations: { 'respread.io/evict': 'false' } }), namespace({ annotations: { 'respread.io/evict': 'true' } })],
      policy: { optIn: true },
      reason: 'OptedOut',
      message: /"false" on Deployment web/,
    },
    {
      case: 'a claim of a protected storage class',
      objects: [...skewed({ spec: withClaim }), ...boundClaim('shared', 'replicated')],
      policy: { protectedStorageClasses: ['replicated'] },
      reason: 'StorageClassProtected',
      message: /claim shared is of storage class replicated/,
    },
    {
      case: 'a claim that is not in the data while classes are protected',
      objects: skewed({ spec: withClaim }),
      policy: { protectedStorageClasses: ['replicated'] },
      reason: 'StorageClassProtected',
      message: /claim shared is not in the data/,
    },
    {
      case: 'an owner kind that is not allowed',
      objects: skewed(),
      policy: { ownerKinds: ['StatefulSet'] },
      reason: 'OwnerKindNotAllowed',
      message: /pods of a ReplicaSet are not moved; allowed are StatefulSet/,
    },
    {
      case: 'a scale-in under way',
      objects: skewed({ kind: 'StatefulSet', replicas: 9, workload: { status: { replicas: 12 } } }),
      status: 'Held',
      reason: 'ScaledRecently',
      message: /StatefulSet web wants 9 pods and has 12/,
    },
    {
      case: 'a scale-out under way: only the replicas of a Deployment have changed, and all its pods are of one revision',
      objects: skewed({ replicas: 20, ...status({ replicas: 12, updatedReplicas: 12 }) }),
      status: 'Held',
      reason: 'ScaledRecently',
      message: /^Deployment web wants 20 pods and has made 12$/,
    },
    {
      case: 'opting out, however young the pods are: nobody should wait for them to grow old',
      objects: skewed({
        podAnnotations: { 'respread.io/evict': 'false' },
        ...everyPod({ metadata: { creationTimestamp: '2026-01-01T11:59:30Z' } }),
      }),
      reason: 'OptedOut',
      message: /"false" on the pod$/,
    },
    {
      case: 'a budget that never allows an eviction, though the workload is scaling in as well',
      objects: [
        ...skewed({ kind: 'StatefulSet', replicas: 9, workload: { status: { replicas: 12 } } }),
        budget('web', { maxUnavailable: 0 }, { disruptionsAllowed: 0 }),
      ],
      reason: 'BudgetNeverAllows',
      message: /^maxUnavailable of budget web is 0$/,
    },
  ])('$case', ({ objects, policy, status = 'Blocked', reason, message }) => {
    const result = planFor(objects, policy)
    expect(result.evictions).toEqual([])
    expect(result.groups[0]).toMatchObject({ status, reason, message: expect.stringMatching(message) })
    // Each of the twelve has it for its own reason too.
    expect([...result.leftAlone.values()].map(veto => veto.reason)).toEqual(Array.from({ length: 12 }, () => reason))
  })
})

/** The object without whom it belongs to, where it is of that kind. */
function withoutOwner(object: unknown, kind: string): unknown {
  const { metadata, ...rest } = object as { kind: string; metadata: Record<string, unknown> }
  return rest.kind === kind ? { ...rest, metadata: { ...metadata, ownerReferences: [] } } : object
}

describe('a pod on its way out', () => {
  it('is vetoed whoever asks, though it is a member of no group', () => {
    const [web] = workload({ name: 'web', on: ['a0'] }).slice(-1)
    const leaving = { ...web, metadata: { ...(web?.['metadata'] as object), deletionTimestamp: '2026-01-01T11:59:50Z' } }
    const cluster = stateOf([leaving])
    const vetoes = [...cluster.pods()].map(pod =>
      vetoOf(pod, {
        cluster,
        policy: DEFAULT_POLICY,
        now: AT_REST.now,
        owners: ownersOf(cluster, pod),
        evicted: new Set(),
        unreadBudgetIn: () => undefined,
        unpredictable: () => undefined,
        neverAllows: () => undefined,
      }),
    )
    expect(vetoes).toEqual([{ reason: 'Terminating', message: 'it is being deleted already' }])
  })
})

describe('owners that are custom resources', () => {
  it('a Rollout of argoproj.io: its ReplicaSets are taken as they are, and it gives the workload its name', () => {
    const argo = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'rollout', controller: true }
    const objects = skewed()
      .filter(object => (object as { kind: string }).kind !== 'Deployment')
      .map(object => {
        const { metadata, ...rest } = object as { kind: string; metadata: Record<string, unknown> }
        return rest.kind === 'ReplicaSet' ? { ...rest, metadata: { ...metadata, ownerReferences: [argo] } } : object
      })
    const result = planFor(objects)
    expect(result.evictions).toHaveLength(4)
    expect(result.groups[0]?.workload).toEqual({ kind: 'Rollout', name: 'web' })
  })
})

describe('constraints that are reported and acted on only where that is switched on', () => {
  const off = { hard: false, soft: false, clusterDefaults: false, softAntiAffinity: false }
  const on = { hard: true, soft: true, clusterDefaults: true, softAntiAffinity: true }
  const antiAffinity = {
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { topologyKey: ZONE, labelSelector: { matchLabels: { app: 'web' } } } },
        ],
      },
    },
  }

  it.each<[string, unknown[], GroupPlan['origin'], string, string]>([
    ['DoNotSchedule', skewed(), 'pod', 'Blocked', 'HardNotEnabled'],
    ['ScheduleAnyway', skewed({ spread: [soft('web')] }), 'pod', 'Blocked', 'SoftNotEnabled'],
    ['soft anti-affinity', skewed({ spread: [], spec: antiAffinity }), 'antiAffinity', 'Balanced', 'AntiAffinityNotEnabled'],
    ["the scheduler's defaults", skewed({ spread: [] }), 'default', 'Blocked', 'ClusterDefaultsNotEnabled'],
  ])('%s', (_case, objects, origin, status, reason) => {
    const asleep = planFor(objects, { constraints: off })
    expect(asleep.evictions).toEqual([])
    expect(groupOf(asleep, 'web', ZONE, origin)).toMatchObject({ status, reason, skew: 6 })
    const awake = planFor(objects, { constraints: on })
    const group = groupOf(awake, 'web', ZONE, origin)
    expect(awake.evictions.length).toBeGreaterThan(0)
    expect(group).toMatchObject({ status: 'Violated', excessAfter: 0 })
  })

  it('other keys than those named', () => {
    const result = planFor(skewed(), { topologyKeys: ['kubernetes.io/hostname'] })
    expect(result.evictions).toEqual([])
    expect(result.groups[0]).toMatchObject({
      status: 'Blocked',
      reason: 'TopologyKeyNotEnabled',
      message: 'the configuration acts on kubernetes.io/hostname only',
    })
    expect(planFor(skewed(), { topologyKeys: [ZONE] }).evictions).toHaveLength(4)
  })
})

describe('what keeps no pod', () => {
  it.each<{ case: string; objects: unknown[]; policy?: Partial<Policy> }>([
    {
      case: 'a namespace with the labels asked for',
      objects: [...skewed(), namespace({ labels: { env: 'prod' } })],
      policy: byNamespace({ includeSelector: parseSelectorText('env=prod'), excludeSelector: parseSelectorText('frozen') }),
    },
    { case: 'the labels that are selected', objects: skewed(), policy: { podSelector: parseSelectorText('app=web') } },
    {
      case: 'opting in on the workload',
      objects: skewed({ annotations: { 'respread.io/evict': 'true' } }),
      policy: { optIn: true },
    },
    {
      case: 'a claim of another storage class',
      objects: [...skewed({ spec: withClaim }), ...boundClaim('shared', 'other')],
      policy: { protectedStorageClasses: ['replicated'] },
    },
    {
      case: 'an annotation of another tool that is not heeded',
      objects: skewed({ podAnnotations: { 'karpenter.sh/do-not-disrupt': 'true' } }),
      policy: heeding('cluster-autoscaler.kubernetes.io/safe-to-evict'),
    },
    {
      case: 'fewer pods than wanted of an owner that makes them itself, as after each eviction',
      objects: skewed({ kind: 'StatefulSet', ...status({ replicas: 11 }) }),
    },
    { case: 'a namespace that is included by name', objects: skewed(), policy: byNamespace({ include: ['shop'] }) },
    { case: 'a priority below the threshold', objects: skewed({ spec: { priority: 999 } }), policy: { priorityThreshold: 1000 } },
    {
      case: 'opting in on a namespace',
      objects: [...skewed(), namespace({ annotations: { 'respread.io/evict': 'true' } })],
      policy: { optIn: true },
    },
    {
      case: 'opting in on pods whose workload opts out',
      objects: skewed({ ...annotated('respread.io/evict', 'true'), annotations: { 'respread.io/evict': 'false' } }),
    },
    { case: 'karpenter.sh/do-not-disrupt: false', objects: skewed(annotated('karpenter.sh/do-not-disrupt', 'false')) },
    { case: 'safe-to-evict: true', objects: skewed(annotated('cluster-autoscaler.kubernetes.io/safe-to-evict', 'true')) },
    { case: 'an emptyDir in memory', objects: skewed(withVolume({ emptyDir: { medium: 'Memory' } })) },
    {
      case: 'local volumes that are all safe',
      objects: skewed({
        ...annotated('cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes', 'scratch'),
        ...withVolume({ emptyDir: {} }),
      }),
    },
    { case: 'an emptyDir where those may go', objects: skewed(withVolume({ emptyDir: {} })), policy: { allowLocalStorage: true } },
    { case: 'an age of just the minimum', objects: skewed(everyPod({ metadata: { creationTimestamp: '2026-01-01T11:59:00Z' } })) },
    { case: 'a StatefulSet of one revision', objects: skewed(statefulSet({}, { currentRevision: 'web-1', updateRevision: 'web-1' })) },
    { case: 'a budget of other pods', objects: [...skewed(), budget('db', { maxUnavailable: 0 }, { disruptionsAllowed: 0 })] },
    {
      case: 'a ReplicaSet without a Deployment',
      objects: skewed()
        .filter(object => (object as { kind: string }).kind !== 'Deployment')
        .map(object => withoutOwner(object, 'ReplicaSet')),
    },
    { case: 'a pause that is switched off', objects: skewed({ annotations: { 'respread.io/paused': 'false' } }) },
  ])('$case', ({ objects, policy }) => {
    expect(planFor(objects, policy).groups[0]).toMatchObject({ reason: 'MovesPlanned', planned: 4 })
  })
})

it('a pod that is all but old enough does not read as if it were', () => {
  const objects = skewed(everyPod({ metadata: { creationTimestamp: '2026-01-01T11:59:00Z' } }))
  const result = planFor(objects, {}, { now: AT_REST.now - 300 })
  expect(result.groups[0]).toMatchObject({ reason: 'TooYoung', message: 'it is 59s old, the minimum is 60s' })
})

describe('a Deployment that has made fewer pods than it wants', () => {
  const web0 = { namespace: 'shop', pod: 'web-0', uid: 'pod-shop-web-0', node: 'a0', controllerUid: 'ReplicaSet-shop-web-1' }
  const flight: InFlight = {
    ...web0,
    workload: { kind: 'Deployment', name: 'web' },
    evictedAt: AT_REST.now,
    budgets: [],
    budgetShows: false,
    replacementUid: undefined,
  }
  const leaving = { 0: { metadata: { deletionTimestamp: '2026-01-01T12:00:20Z' } } }

  it.each<[string, readonly InFlight[], number, Partial<GroupPlan>]>([
    ['is not held for the one that we have evicted', [flight], 11, { reason: 'MovesPlanned', planned: 3 }],
    ['is held for more than that', [flight], 10, { reason: 'ScaledRecently', message: 'Deployment web wants 12 pods and has made 10' }],
    ['is held for one that others take', [], 11, { reason: 'ScaledRecently', message: 'Deployment web wants 12 pods and has made 11' }],
  ])('%s', (_case, inFlight, made, expected) => {
    const objects = skewed({ pods: leaving, ...status({ replicas: made, updatedReplicas: made }) })
    expect(planFor(objects, {}, { inFlight }).groups[0]).toMatchObject(expected)
  })
})

describe('respread.io/paused', () => {
  it.each<{ case: string; objects: unknown[]; where: string }>([
    { case: 'a workload', objects: skewed({ annotations: { 'respread.io/paused': 'true' } }), where: 'Deployment web' },
    {
      case: 'a namespace',
      objects: [...skewed(), namespace({ annotations: { 'respread.io/paused': 'true' } })],
      where: 'namespace shop',
    },
  ])('on $case holds its groups', ({ objects, where }) => {
    const result = planFor(objects)
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({ status: 'Held', reason: 'Paused', message: `respread.io/paused is "true" on ${where}` })
    expect(new Set([...result.leftAlone.values()].map(({ reason }) => reason))).toEqual(new Set(['Paused']))
  })
})
