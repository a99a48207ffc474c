import { describe, expect, it } from 'vitest'
import { parseSelectorText } from '../cluster/selector-text.ts'
import { groupOf, hard, planFor, spreadOn, workload, zones, type WorkloadOptions } from '../../test/support/spread-world.ts'
import { DEFAULT_POLICY, type Policy } from './policy.ts'

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

/** A bound claim and its volume, which every node can reach. */
const claimed = (name: string, storageClassName: string): unknown[] => [
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace: 'shop', name, uid: name, annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
    spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Gi' } }, storageClassName, volumeName: `pv-${name}` },
    status: { phase: 'Bound' },
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `pv-${name}`, uid: `pv-${name}` },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteMany'],
      storageClassName,
      claimRef: { namespace: 'shop', name, uid: name },
    },
    status: { phase: 'Bound' },
  },
]

const withClaim = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'shared' } }] }
const byNamespace = (change: Partial<Policy['namespaces']>): Partial<Policy> => ({
  namespaces: { ...DEFAULT_POLICY.namespaces, ...change },
})
const heeding = (...heededAnnotations: Policy['heededAnnotations']): Partial<Policy> => ({ heededAnnotations })

describe('what keeps every pod of a workload', () => {
  it.each<{ case: string; objects: unknown[]; policy?: Partial<Policy>; reason: string; message: RegExp }>([
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
      objects: [...skewed({ spec: withClaim }), ...claimed('shared', 'replicated')],
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
      reason: 'ScaledRecently',
      message: /StatefulSet web wants 9 pods and has 12/,
    },
  ])('$case', ({ objects, policy, reason, message }) => {
    const result = planFor(objects, policy)
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({ status: 'Blocked', reason, message: expect.stringMatching(message) })
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
      objects: [...skewed({ spec: withClaim }), ...claimed('shared', 'other')],
      policy: { protectedStorageClasses: ['replicated'] },
    },
    {
      case: 'an annotation of another tool that is not heeded',
      objects: skewed({ podAnnotations: { 'karpenter.sh/do-not-disrupt': 'true' } }),
      policy: heeding('cluster-autoscaler.kubernetes.io/safe-to-evict'),
    },
    { case: 'fewer pods than wanted, as after each eviction', objects: skewed({ workload: { status: { replicas: 11 } } }) },
    { case: 'a pause that is switched off', objects: skewed({ annotations: { 'respread.io/paused': 'false' } }) },
  ])('$case', ({ objects, policy }) => {
    expect(groupOf(planFor(objects, policy), 'web').reason).toBe('MovesPlanned')
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
