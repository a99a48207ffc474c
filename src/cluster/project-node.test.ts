import { describe, expect, it } from 'vitest'
import { project, warningsOf } from '../../test/support/project.ts'

type Raw = Readonly<Record<string, unknown>>

const rawNode = (spec: Raw = {}, status: Raw = {}): Raw => ({ metadata: { name: 'node-a', uid: 'n', labels: { zone: 'a' } }, spec, status })

describe('a node', () => {
  it('is read with all that scheduling asks of it', () => {
    const node = project(
      'Node',
      rawNode(
        {
          unschedulable: true,
          taints: [
            { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' },
            { key: 'gone', effect: 'NoExecute' },
          ],
        },
        {
          allocatable: {
            cpu: '3920m',
            memory: '8Gi',
            'ephemeral-storage': '10G',
            pods: '110',
            'nvidia.com/gpu': '1',
            'hugepages-2Mi': '0',
          },
          conditions: [
            { type: 'MemoryPressure', status: 'False' },
            { type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T00:00:00Z' },
          ],
          images: [
            { names: ['nginx@sha256:abc', 'docker.io/nginx:1'], sizeBytes: 100 },
            { names: ['reg:5000/app'], sizeBytes: 7 },
          ],
          declaredFeatures: ['GuaranteedQoSPodCPUResize'],
        },
      ),
    )

    expect(node).toEqual({
      kind: 'Node',
      name: 'node-a',
      uid: 'n',
      labels: new Map([['zone', 'a']]),
      taints: [
        { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' },
        { key: 'gone', value: '', effect: 'NoExecute' },
      ],
      unschedulable: true,
      allocatable: { cpu: 3920, memory: 8 * 1024 ** 3, ephemeralStorage: 10_000_000_000, scalars: new Map([['nvidia.com/gpu', 1]]) },
      podSlots: 110,
      images: new Map([
        ['nginx@sha256:abc', 100],
        ['docker.io/nginx:1', 100],
        // As it stands: upstream completes the names that pods write, not those that nodes report.
        ['reg:5000/app', 7],
      ]),
      ready: 'False',
      readySince: Date.parse('2026-01-01T00:00:00Z'),
      createdAt: 0,
      deletedAt: undefined,
      declaredFeatures: ['GuaranteedQoSPodCPUResize'],
      problems: [],
    })
  })

  it('that says nothing offers nothing, and nobody knows whether it is ready', () => {
    expect(project('Node', { metadata: { name: 'node-a' } })).toMatchObject({
      podSlots: 0,
      ready: 'Unknown',
      unschedulable: false,
      problems: [],
    })
  })

  it('that says only what it has offers all of it, as the API server fills in', () => {
    const capacity = { cpu: '2', memory: '1Gi', pods: '30', 'nvidia.com/gpu': '1' }
    const expected = { allocatable: { cpu: 2000, memory: 1024 ** 3, scalars: new Map([['nvidia.com/gpu', 1]]) }, podSlots: 30 }

    expect(project('Node', rawNode({}, { capacity }))).toMatchObject(expected)
    expect(project('Node', rawNode({}, { capacity, allocatable: { cpu: '1' } }))).toMatchObject({ allocatable: { cpu: 1000 }, podSlots: 0 })
  })

  it.each<[string, Raw, Raw, string]>([
    [
      'taint effect',
      { taints: [{ key: 'a', effect: 'Maybe' }] },
      {},
      'spec.taints[0].effect: `Maybe` is not legal; legal are NoSchedule, PreferNoSchedule, NoExecute',
    ],
    ['taint without key', { taints: [{ effect: 'NoExecute' }] }, {}, 'spec.taints[0].key: is missing'],
    ['amount', {}, { allocatable: { cpu: 'lots' } }, 'status.allocatable.cpu: `lots` is not a quantity'],
    ['number of pods', {}, { allocatable: { pods: null, memory: true } }, 'status.allocatable.memory: `true` is not a quantity'],
    [
      'image size',
      {},
      { images: [{ names: ['a:1'], sizeBytes: 'big' }] },
      'status.images[0].sizeBytes: `big` is a text, not a whole number of at least 0',
    ],
    [
      'readiness',
      {},
      { conditions: [{ type: 'Ready', status: 'Perhaps' }] },
      'status.conditions[0].status: `Perhaps` is not legal; legal are True, False, Unknown',
    ],
  ])('with a broken %s keeps the rest and says so', (_, spec, status, problem) => {
    const node = project('Node', rawNode(spec, status))

    expect(node.problems).toEqual([problem])
    expect(node.labels.get('zone')).toBe('a')
    expect(warningsOf('Node', rawNode(spec, status))).toEqual([{ kind: 'Node', key: 'node-a', problem }])
  })
})
