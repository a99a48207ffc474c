import { describe, expect, it } from 'vitest'
import { project, projectAll, warningsOf } from '../../test/support/project.ts'
import { createProjector } from './projection.ts'

type Raw = Readonly<Record<string, unknown>>

const metadata: Raw = {
  namespace: 'shop',
  name: 'web-0',
  uid: 'u0',
  creationTimestamp: '2026-01-01T00:00:00Z',
  labels: { app: 'web' },
}

function rawPod({ metadata: more = {}, ...rest }: { metadata?: Raw; spec?: unknown; status?: unknown } = {}): Raw {
  return { metadata: { ...metadata, ...more }, spec: {}, status: { phase: 'Running' }, ...rest }
}

describe('a pod', () => {
  it('is read with what differs between replicas', () => {
    const pod = project(
      'Pod',
      rawPod({
        metadata: {
          deletionTimestamp: '2026-01-01T00:02:00Z',
          annotations: { 'karpenter.sh/do-not-disrupt': 'true', 'prometheus.io/scrape': 'true' },
          ownerReferences: [
            { apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'n' },
            { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs', controller: true },
          ],
        },
        spec: { nodeName: 'node-a' },
        status: {
          phase: 'Running',
          conditions: [
            { type: 'PodScheduled', status: 'True', message: 'old' },
            { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:01:00Z' },
          ],
        },
      }),
    )

    expect(pod).toMatchObject({
      namespace: 'shop',
      name: 'web-0',
      uid: 'u0',
      labels: new Map([['app', 'web']]),
      annotations: new Map([['karpenter.sh/do-not-disrupt', 'true']]),
      controller: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs' },
      nodeName: 'node-a',
      nominatedNodeName: undefined,
      phase: 'Running',
      ready: true,
      readySince: Date.parse('2026-01-01T00:01:00Z'),
      createdAt: Date.parse('2026-01-01T00:00:00Z'),
      deletedAt: Date.parse('2026-01-01T00:02:00Z'),
      crashLooping: false,
      unschedulableMessage: undefined,
    })
  })

  it('without controller has none, whatever else owns it', () => {
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'n', controller: false }]

    expect(project('Pod', rawPod({ metadata: { ownerReferences } })).controller).toBeUndefined()
  })

  it('that waits says why, in the words of the scheduler', () => {
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available' }]
    const pod = project('Pod', rawPod({ status: { phase: 'Pending', conditions, nominatedNodeName: 'node-b' } }))

    expect(pod).toMatchObject({
      unschedulableMessage: '0/3 nodes are available',
      ready: false,
      nominatedNodeName: 'node-b',
      nodeName: undefined,
    })
  })

  it.each(['containerStatuses', 'initContainerStatuses'])('is crash-looping when one of its %s waits in CrashLoopBackOff', statuses => {
    const state = { waiting: { reason: 'CrashLoopBackOff' } }

    expect(project('Pod', rawPod({ status: { [statuses]: [{ state: { running: {} } }, { state }] } })).crashLooping).toBe(true)
    expect(project('Pod', rawPod({ status: { [statuses]: [{ state: { waiting: { reason: 'ErrImagePull' } } }] } })).crashLooping).toBe(
      false,
    )
  })

  it('names its claims, made ones too', () => {
    const volumes = [
      { name: 'data', persistentVolumeClaim: { claimName: 'data-web-0' } },
      { name: 'scratch', ephemeral: { volumeClaimTemplate: {} } },
      { name: 'tmp', emptyDir: {} },
    ]

    expect(project('Pod', rawPod({ spec: { volumes } })).claims).toEqual(['data-web-0', 'web-0-scratch'])
  })

  it('shares labels, annotations and owner with its siblings', () => {
    const shared = {
      annotations: { 'respread.io/evict': 'false' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs', controller: true }],
    }
    const [first, second] = projectAll('Pod', [
      rawPod({ metadata: { ...shared, labels: { a: '1', b: '2' } } }),
      rawPod({ metadata: { ...shared, name: 'web-1', uid: 'u1', labels: { b: '2', a: '1' } } }),
    ])

    expect(first?.labels).toBe(second?.labels)
    expect(first?.ownLabels).toBe(first?.labels)
    expect(first?.annotations).toBe(second?.annotations)
    expect(first?.controller).toBe(second?.controller)
  })
})

it('shares the labels that are not copied from its node with siblings in other zones', () => {
  const inZone = (zone: string): Raw => rawPod({ metadata: { labels: { app: 'web', 'topology.kubernetes.io/zone': zone } } })
  const [first, second] = projectAll('Pod', [inZone('a'), inZone('b')])

  expect(first?.labels).not.toBe(second?.labels)
  expect(first?.ownLabels).toBe(second?.ownLabels)
  expect(first?.ownLabels).toEqual(new Map([['app', 'web']]))
})

describe('a pod with a part that cannot be read', () => {
  it.each<[string, Raw, string]>([
    [
      'a creation time without its zone',
      { metadata: { creationTimestamp: '2026-01-01T00:00:00' } },
      'metadata.creationTimestamp: `2026-01-01T00:00:00` is not a timestamp',
    ],
    ['a creation time', { metadata: { creationTimestamp: 'yesterday' } }, 'metadata.creationTimestamp: `yesterday` is not a timestamp'],
    [
      'a phase',
      { status: { phase: 'Sleeping' } },
      'status.phase: `Sleeping` is not legal; legal are Pending, Running, Succeeded, Failed, Unknown',
    ],
    ['a label', { metadata: { labels: { app: 1 } } }, 'metadata.labels.app: `1` is not a text'],
    [
      'an owner',
      { metadata: { ownerReferences: [{ controller: true, apiVersion: 'v1', kind: 'X', name: 'x' }] } },
      'metadata.ownerReferences[0].uid: is missing',
    ],
    [
      'a claim',
      { spec: { volumes: [{ name: 'a', persistentVolumeClaim: {} }] } },
      'spec.volumes[0].persistentVolumeClaim.claimName: is missing',
    ],
    [
      'a granted amount',
      { status: { containerStatuses: [{ name: 'a', resources: { requests: { cpu: '?' } } }] } },
      'status.containerStatuses[0].resources.requests.cpu: `?` is not a quantity',
    ],
    ['a condition', { status: { conditions: ['Ready'] } }, 'status.conditions[0]: `Ready` is not an object'],
  ])('%s is kept apart from its siblings and warned about', (_, broken, problem) => {
    const [whole, damaged] = projectAll('Pod', [rawPod(), rawPod(broken)])

    expect(damaged?.spec.problems).toEqual([problem])
    expect(whole?.spec.problems).toEqual([])
    expect(warningsOf('Pod', rawPod(broken))).toEqual([{ kind: 'Pod', key: 'shop/web-0', problem }])
  })

  it('is on its way out even if nobody can read since when', () => {
    expect(project('Pod', rawPod({ metadata: { deletionTimestamp: 'now' } })).deletedAt).toBeDefined()
  })

  it.each<[string, Raw, string]>([
    ['name', { name: undefined }, 'metadata.name: is missing'],
    ['usable name', { name: 'a/b' }, 'metadata.name: `a/b` is not a name'],
    ['usable namespace', { namespace: '' }, 'metadata.namespace: `` is not a name'],
    ['uid', { uid: undefined }, 'metadata.uid: is missing'],
  ])('is left out when it has no %s', (_, broken, problem) => {
    const { record, warnings } = createProjector().projectAs('Pod', rawPod({ metadata: broken }))

    expect(record).toBeUndefined()
    expect(warnings.map(warning => warning.problem)).toEqual([`${problem}; the object is left out`])
  })
})
