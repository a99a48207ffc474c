import { describe, expect, it } from 'vitest'
import { project, projectAll, warningsOf } from '../../test/support/project.ts'
import type { WorkloadKind } from './workload.ts'

type Raw = Readonly<Record<string, unknown>>

const template: Raw = {
  metadata: { labels: { app: 'web' }, annotations: { 'respread.io/evict': 'false', other: 'x' } },
  spec: {
    containers: [{ name: 'a', image: 'a:1' }],
    volumes: [
      { name: 'shared', persistentVolumeClaim: { claimName: 'shared' } },
      { name: 'scratch', ephemeral: {} },
    ],
  },
}

const workload = (spec: Raw = {}, status: Raw = {}, metadata: Raw = {}): Raw => ({
  metadata: { namespace: 'shop', name: 'web', uid: 'w', generation: 3, ...metadata },
  spec: { selector: { matchLabels: { app: 'web' } }, template, ...spec },
  status,
})

describe('a workload', () => {
  it('is read as far as planning asks for it', () => {
    const raw = workload(
      { replicas: 4, paused: true },
      { observedGeneration: 2, replicas: 5, readyReplicas: 3, availableReplicas: 2, updatedReplicas: 1 },
    )
    const deployment = project('Deployment', {
      ...raw,
      metadata: {
        ...(raw['metadata'] as Raw),
        annotations: { 'respread.io/paused': 'true', 'deployment.kubernetes.io/revision': '7' },
        ownerReferences: [{ apiVersion: 'x/v1', kind: 'App', name: 'app', uid: 'o', controller: true }],
      },
    })

    expect(deployment).toMatchObject({
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
      uid: 'w',
      annotations: new Map([['respread.io/paused', 'true']]),
      controller: { kind: 'App', uid: 'o' },
      selector: { kind: 'requirements', requirements: [{ key: 'app', operator: 'In', values: ['web'] }] },
      replicas: 4,
      paused: true,
      generation: 3,
      observedGeneration: 2,
      status: { replicas: 5, updatedReplicas: 1 },
      statefulSet: undefined,
      revision: '7',
      problems: [],
    })
  })

  it.each<WorkloadKind>(['ReplicaSet', 'ReplicationController', 'StatefulSet'])(
    '%s creates pods from its template, whose spec they may share',
    kind => {
      expect(project(kind, workload({ replicas: 4 })).template).toMatchObject({
        labels: new Map([['app', 'web']]),
        annotations: new Map([['respread.io/evict', 'false']]),
        spec: { images: ['a:1'] },
        claims: ['shared'],
        ephemeralVolumes: ['scratch'],
      })
    },
  )

  it.each<[string, WorkloadKind, Raw]>([
    ['Deployment, whose ReplicaSets have it', 'Deployment', {}],
    ['ReplicaSet that a rollout has left behind', 'ReplicaSet', { replicas: 0 }],
    ['Job', 'Job', {}],
    ['DaemonSet', 'DaemonSet', {}],
  ])('keeps no template that no replacement is made from: %s', (_, kind, spec) => {
    const { template, problems } = project(kind, workload(spec))
    expect(template).toBeUndefined()
    expect(problems).toEqual([])
  })

  it.each<[WorkloadKind, Raw, Raw, number]>([
    ['Deployment', {}, {}, 1],
    ['ReplicaSet', { replicas: 0 }, {}, 0],
    ['DaemonSet', {}, { desiredNumberScheduled: 9 }, 9],
    ['Job', { parallelism: 5 }, {}, 5],
    ['Job', {}, {}, 1],
  ])('%s %j %j wants %d replicas', (kind, spec, status, replicas) => {
    expect(project(kind, workload(spec, status)).replicas).toBe(replicas)
  })

  it.each<[WorkloadKind, Raw, Raw]>([
    ['ReplicaSet', { replicas: 4, readyReplicas: 3, availableReplicas: 2 }, { replicas: 4, updatedReplicas: 4 }],
    [
      'DaemonSet',
      { currentNumberScheduled: 4, numberReady: 3, numberAvailable: 2, updatedNumberScheduled: 1 },
      { replicas: 4, updatedReplicas: 1 },
    ],
    ['Job', { active: 2, ready: 1 }, { replicas: 2, updatedReplicas: 2 }],
  ])('%s tells its status in words of its own', (kind, status, expected) => {
    expect(project(kind, workload({}, status)).status).toEqual(expected)
  })

  it('a ReplicaSet that is scaled to nothing selects all the same, unless a rollout has left it behind', () => {
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'd', controller: true }]
    const idle = { replicas: 0 }

    expect(project('ReplicaSet', workload(idle)).selector.kind).toBe('requirements')
    expect(project('ReplicaSet', workload(idle, { replicas: 1 }, { ownerReferences })).selector.kind).toBe('requirements')
    expect(project('ReplicaSet', workload(idle, {}, { ownerReferences })).selector).toEqual({ kind: 'nothing' })
  })

  it('a ReplicationController selects by plain labels', () => {
    const selected = project('ReplicationController', workload({ selector: { app: 'web' } }))

    expect(selected.selector).toEqual({ kind: 'requirements', requirements: [{ key: 'app', operator: 'In', values: ['web'] }] })
    expect(project('ReplicationController', workload({ selector: null })).selector).toEqual({ kind: 'nothing' })
  })

  it('a Job, which does not say what it has observed, is never behind', () => {
    const { generation, observedGeneration } = project('Job', workload({}))
    expect(observedGeneration).toBe(generation)
  })

  it('a Job is paused when it is suspended', () => {
    expect(project('Job', workload({ suspend: true })).paused).toBe(true)
  })

  it('a StatefulSet says how a changed template reaches its pods', () => {
    const spec = {
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } },
      volumeClaimTemplates: [{ metadata: { name: 'data' } }, { metadata: { name: 'wal' } }],
    }

    expect(project('StatefulSet', workload(spec, { currentRevision: 'r1', updateRevision: 'r2' })).statefulSet).toEqual({
      updateStrategy: 'RollingUpdate',
      partition: 2,
      isOrdered: true,
      firstOrdinal: 0,
      currentRevision: 'r1',
      updateRevision: 'r2',
      claimTemplates: ['data', 'wal'],
    })
    expect(project('StatefulSet', workload({ updateStrategy: { type: 'OnDelete' } })).statefulSet?.updateStrategy).toBe('OnDelete')
  })

  it('a StatefulSet says in what order it makes its pods', () => {
    const spec = { podManagementPolicy: 'Parallel', ordinals: { start: 3 } }
    expect(project('StatefulSet', workload(spec)).statefulSet).toMatchObject({ isOrdered: false, firstOrdinal: 3 })
  })

  it('shares the spec of equal templates', () => {
    const [first, second] = projectAll('ReplicaSet', [workload(), workload({}, {}, { name: 'other', uid: 'o' })])

    expect(first?.template?.spec).toBe(second?.template?.spec)
  })

  it.each<[string, Raw, string]>([
    ['template', { template: { spec: { priority: 'high' } } }, 'spec.template.spec.priority: `high` is a text, not a whole number'],
    ['number of replicas', { replicas: -1 }, 'spec.replicas: `-1` is not a whole number of at least 0'],
    ['selector', { selector: 'app=web' }, 'spec.selector: a label selector must be an object with matchLabels and matchExpressions'],
  ])('with a broken %s says so', (_, spec, problem) => {
    expect(project('ReplicaSet', workload(spec)).problems).toEqual([problem])
    expect(warningsOf('ReplicaSet', workload(spec))).toEqual([{ kind: 'ReplicaSet', key: 'shop/web', problem }])
  })
})
