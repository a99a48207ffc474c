import { describe, expect, it } from 'vitest'
import { clusterOf, inZones, labels, makeClaim, makePod, makeVolume, makeWorkload } from '../../test/support/builders.ts'
import type { PriorityClassRecord } from '../cluster/other-records.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { createProjector } from '../cluster/projection.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import { createReplacements } from './replacements.ts'
import { replacementOf } from './replacement.ts'
import type { Replacement } from './scheduler-model.ts'

const owner = (kind: string, apiVersion: string) => ({ controller: { apiVersion, kind, name: 'web', uid: 'web' } })
const CLONE_SET = owner('CloneSet', 'apps.kruise.io/v1alpha1')

const member = (fields: Parameters<typeof makePod>[1] = {}): PodRecord =>
  makePod('web-x7k2p', { nodeName: 'a1', nominatedNodeName: 'a1', ready: true, labels: { app: 'web' }, ...CLONE_SET, ...fields })

const answerFor = (pod: PodRecord, ...records: readonly ClusterRecord[]): Replacement => replacementOf(clusterOf([pod, ...records]), pod)
function replace(pod: PodRecord, ...records: readonly ClusterRecord[]) {
  const answer = answerFor(pod, ...records)
  if (answer.kind === 'unknown') throw new Error(answer.problem)
  return answer
}

describe('the replacement of a pod whose owner has no template in the data', () => {
  it.each([
    ['a custom resource', CLONE_SET],
    ["one that is called like one of Kubernetes' own", owner('StatefulSet', 'apps.kruise.io/v1beta1')],
    ['a Job', owner('Job', 'batch/v1')],
  ])('of %s is like the pod, and that is said', (_owner, owned) => {
    const pod = member(owned)
    const answer = replace(pod)
    expect(answer.assumption).toBe(
      `the pod template of ${owned.controller.kind} web is not in the data: its next pod is assumed to be like this one`,
    )
    expect(answer.pod.spec).toBe(pod.spec)
    expect(answer.pod.labels).toBe(pod.labels)
    expect(answer.pod.controller).toBe(pod.controller)
  })

  it('has nothing of what befell the pod', () => {
    const { pod } = replace(member({ deletedAt: 7, crashLooping: true }))
    expect(pod).toMatchObject({
      name: 'web-x7k2p~replacement',
      phase: 'Pending',
      ready: false,
      nodeName: undefined,
      nominatedNodeName: undefined,
      deletedAt: undefined,
      crashLooping: false,
    })
  })

  it('has no label that the API server has copied from the node of the pod', () => {
    const { pod } = replace(member({ labels: { app: 'web', 'topology.kubernetes.io/zone': 'a' } }))
    expect(pod.labels).toEqual(labels({ app: 'web' }))
  })

  it('is expected when the old pod is gone, so that it may come back to where that was', () => {
    expect(replace(member()).comesAfter).toBe('gone')
  })

  it('is no assumption where the template is there', () => {
    const set = makeWorkload('ReplicaSet', 'web', {
      template: { labels: labels({ app: 'web' }), annotations: labels({}), claims: [], ephemeralVolumes: [], spec: member().spec },
    })
    expect(replace(member(owner('ReplicaSet', 'apps/v1')), set)).not.toHaveProperty('assumption')
  })

  it('gets the priority that its class has by now', () => {
    const raised: PriorityClassRecord = {
      kind: 'PriorityClass',
      name: 'high',
      value: 200,
      globalDefault: false,
      preemptionPolicy: 'PreemptLowerPriority',
    }
    const pod = member({ spec: { priority: 100, priorityClassName: 'high' } })
    expect(replace(pod, raised).pod.spec.priority).toBe(200)
    expect(answerFor(pod, { ...raised, name: 'another' })).toMatchObject({ problem: 'its PriorityClass high does not exist' })
  })

  it.each([
    ['the name of the pod', 'statefulset.kubernetes.io/pod-name', 'web-x7k2p'],
    ['its ordinal', 'apps.kubernetes.io/pod-index', '3'],
    ['the index of a Job', 'batch.kubernetes.io/job-completion-index', '3'],
    ['the instance of a CloneSet', 'apps.kruise.io/cloneset-instance-id', 'x7k2p'],
    ['its name under a key of its owner', 'strimzi.io/pod-name', 'web-x7k2p'],
  ])('carries a label with %s, and nobody knows with which value', (_what, key, value) => {
    const { pod } = replace(member({ labels: { app: 'web', [key]: value } }))
    expect(pod.labels.get('app')).toBe('web')
    expect(pod.labels.has(key)).toBe(true)
    expect(pod.labels.get(key)).not.toBe(value)
  })

  it('is not yet told by its labels where it runs', () => {
    const places = { 'topology.kubernetes.io/zone': 'a', 'topology.kubernetes.io/region': 'r' }
    const { pod } = replace(member({ labels: { app: 'web', ...places } }))
    expect(Object.fromEntries(pod.labels)).toEqual({ app: 'web' })
  })

  it.each([
    ['a DaemonSet of another group', owner('DaemonSet', 'apps.kruise.io/v1alpha1'), /belong to their nodes/],
    ['the node itself', owner('Node', 'v1'), /belong to their nodes/],
  ])('cannot be told for %s', (_owner, owned, problem) => {
    expect(answerFor(member(owned))).toMatchObject({ kind: 'unknown', problem: expect.stringMatching(problem) })
  })

  it('cannot be told for an owner that is being deleted, where that is known', () => {
    const job = makeWorkload('Job', 'web', { deletedAt: 1 })
    expect(answerFor(member(owner('Job', 'batch/v1')), job)).toMatchObject({ problem: 'Job web is being deleted and replaces nothing' })
  })

  it('is one for siblings that are alike, and another for those that are not', () => {
    const like = member()
    const canary = labels({ app: 'canary' })
    const siblings = ['web-1', 'web-2'].map(name => ({ ...like, name, uid: name }))
    const unlike = { ...like, name: 'web-3', uid: 'web-3', labels: canary, ownLabels: canary }
    const replacements = createReplacements(clusterOf([...siblings, unlike]))
    const [one, other, third] = [...siblings, unlike].map(pod => replacements.of(pod))
    expect(one).toMatchObject({ kind: 'replacement', pod: { name: 'web-1~replacement' } })
    expect(other).toBe(one)
    expect(third).toMatchObject({ kind: 'replacement', pod: { name: 'web-3~replacement', labels: unlike.labels } })
  })
})

describe('the claims of such a replacement', () => {
  const pod = member({ claims: ['data'] })
  const sibling = makePod('web-other', { ...CLONE_SET, claims: ['data'] })
  const zonal = makeVolume('data', { nodeAffinity: { terms: [inZones('a')] } })
  const labelled = makeVolume('data', { labels: labels({ 'topology.kubernetes.io/zone': 'a' }) })

  it.each<[string, readonly ClusterRecord[]]>([
    ['its own, with a volume that can be reached from everywhere', [makeClaim('data'), makeVolume('data')]],
    ['shared with a sibling, wherever its volume is', [makeClaim('data'), zonal, sibling]],
  ])('are the same again: %s', (_case, records) => {
    expect(replace(pod, ...records).pod.claims).toEqual(['data'])
  })

  it.each<[string, readonly ClusterRecord[], RegExp]>([
    ['its own, with a volume of one zone', [makeClaim('data'), zonal], /whether the next pod of CloneSet web has claim data again/],
    ['its own, with a volume that is labelled with a zone', [makeClaim('data'), labelled], /whether the next pod .* or a new one/],
    ['not in the data', [], /^its claim data is not in the data/],
    ['of a volume that is not in the data', [makeClaim('data')], /^the volume of its claim data is not in the data/],
    [
      'owned by the pod, under a name that does not tell of which volume',
      [makeClaim('data', { ownerUid: pod.uid }), makeVolume('data')],
      /^its claim data goes with it/,
    ],
  ])('cannot be told: %s', (_case, records, problem) => {
    expect(answerFor(pod, ...records)).toMatchObject({ kind: 'unknown', problem: expect.stringMatching(problem) })
  })

  it('of a generic ephemeral volume are made anew, as the old ones were', () => {
    const ephemeral = member({ claims: ['data', 'web-x7k2p-scratch'] })
    const scratch = makeClaim('web-x7k2p-scratch', { ownerUid: ephemeral.uid, requestedBytes: 42 })
    const next = replace(ephemeral, makeClaim('data'), makeVolume('data'), scratch).pod
    expect(next.claims).toEqual(['data', `${next.name}-scratch`])
    expect(next.claimsToCome).toMatchObject([{ ownerUid: next.uid, volumeName: '', requestedBytes: 42 }])
  })
})

it('volumes of a pod as the API server has it: tokens, maps and scratch space in memory are nothing to hold on to', () => {
  const raw = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'shop', name: 'web-x7k2p', uid: 'web-x7k2p', ownerReferences: [CLONE_SET.controller] },
    spec: {
      nodeName: 'a1',
      containers: [{ name: 'main', image: 'web:1' }],
      ephemeralContainers: [{ name: 'debugger', image: 'busybox:1' }],
      volumes: [
        { name: 'kube-api-access-4xk2p', projected: { sources: [] } },
        { name: 'settings', configMap: { name: 'settings' } },
        { name: 'cache', emptyDir: { medium: 'Memory' } },
      ],
    },
  }
  const { record } = createProjector().project({
    ...raw,
    metadata: { ...raw.metadata, ownerReferences: [{ ...CLONE_SET.controller, controller: true }] },
  })
  if (record?.kind !== 'Pod') throw new Error('no pod')
  const next = replace(record).pod
  expect(next.claims).toEqual([])
  expect(next.spec).toMatchObject({ containerCount: 1, images: ['web:1'], localVolumes: [] })
})
