import { describe, expect, it } from 'vitest'
import { project, projectAll } from '../../test/support/project.ts'
import type { PodRecord } from './pod.ts'

type Raw = Readonly<Record<string, unknown>>

const Mi = 1024 * 1024

function container(name: string, requests?: Raw, more: Raw = {}): Raw {
  return { name, image: 'app:1', ...(requests === undefined ? {} : { resources: { requests } }), ...more }
}

function sidecar(name: string, requests?: Raw): Raw {
  return container(name, requests, { restartPolicy: 'Always' })
}

function podOf(spec: Raw, status: Raw = {}): PodRecord {
  return project('Pod', { metadata: { namespace: 'shop', name: 'web', uid: 'u1' }, spec, status })
}

describe('requests of an incoming pod', () => {
  it.each<[string, Raw, number]>([
    ['containers are added up', { containers: [container('a', { cpu: '200m' }), container('b', { cpu: '200m' })] }, 400],
    [
      'the largest init container wins over the sum (V41)',
      { containers: [container('a', { cpu: '200m' }), container('b', { cpu: '200m' })], initContainers: [container('i', { cpu: '700m' })] },
      700,
    ],
    [
      'a sidecar before a plain init container runs beside it (V42)',
      { containers: [container('a', { cpu: '100m' })], initContainers: [sidecar('s', { cpu: '300m' }), container('i', { cpu: '500m' })] },
      800,
    ],
    [
      'a sidecar after a plain init container does not (V43)',
      { containers: [container('a', { cpu: '100m' })], initContainers: [container('i', { cpu: '500m' }), sidecar('s', { cpu: '300m' })] },
      500,
    ],
    [
      'sidecars pile up while they start',
      { containers: [container('a')], initContainers: [sidecar('s', { cpu: '300m' }), sidecar('t', { cpu: '400m' })] },
      700,
    ],
    ['overhead comes on top (V44)', { containers: [container('a', { cpu: '1' })], overhead: { cpu: '100m' } }, 1100],
    [
      'a pod-level request takes the place of the sum (V45)',
      { containers: [container('a', { cpu: '300m' })], resources: { requests: { cpu: '500m' } } },
      500,
    ],
    ['even when it is lower (V45)', { containers: [container('a', { cpu: '300m' })], resources: { requests: { cpu: '200m' } } }, 200],
    [
      'amounts are added up before they are rounded',
      { containers: [container('a', { cpu: '0.5m' }), container('b', { cpu: '0.5m' }), container('c', { cpu: '0.5m' })] },
      2,
    ],
    ['no request is none', { containers: [container('a')] }, 0],
  ])('%s', (_, spec, cpu) => {
    expect(podOf(spec).spec.requests.cpu).toBe(cpu)
  })

  it.each<[string, Raw, number]>([
    ['a limit is the request where there is none', { containers: [{ name: 'a', resources: { limits: { cpu: '700m' } } }] }, 700],
    [
      '... resource by resource',
      { containers: [{ name: 'a', resources: { limits: { cpu: '700m', memory: '1Gi' }, requests: { memory: '1Mi' } } }] },
      700,
    ],
    ['... and no request beside one', { containers: [{ name: 'a', resources: { limits: { cpu: '2' }, requests: { cpu: '0' } } }] }, 0],
    [
      '... of init containers too',
      { containers: [container('a')], initContainers: [{ name: 'i', resources: { limits: { cpu: '2' } } }] },
      2000,
    ],
    [
      'a limit of the pod as a whole is its request where no container asks',
      { containers: [container('a')], resources: { limits: { cpu: '3' } } },
      3000,
    ],
    [
      '... and gives way to what containers ask for',
      { containers: [container('a', { cpu: '1' })], resources: { limits: { cpu: '3' } } },
      1000,
    ],
    [
      '... and to a request of the pod',
      { containers: [container('a')], resources: { limits: { cpu: '3' }, requests: { cpu: '2' } } },
      2000,
    ],
  ])('%s, as the API server writes into pods and not into templates', (_, spec, cpu) => {
    expect(podOf(spec).spec.requests.cpu).toBe(cpu)
  })

  it('is the limit of extended resources and huge pages, which need no request of their own', () => {
    const limits = { 'nvidia.com/gpu': '1', 'hugepages-2Mi': '4Mi' }

    expect(podOf({ containers: [{ name: 'a', resources: { limits } }] }).spec.requests.scalars).toEqual(
      new Map([
        ['nvidia.com/gpu', 1],
        ['hugepages-2Mi', 4 * Mi],
      ]),
    )
  })

  it('leaves its status alone', () => {
    const pod = podOf(
      { containers: [container('a', { cpu: '500m' })] },
      { containerStatuses: [{ name: 'a', resources: { requests: { cpu: '1' } }, allocatedResources: { cpu: '1' } }] },
    )

    expect(pod.spec.requests.cpu).toBe(500)
  })

  it('takes the scalar resources that the scheduler counts, and no others', () => {
    const requests = {
      memory: '1Gi',
      'ephemeral-storage': '1.5Ki',
      'nvidia.com/gpu': '2',
      'hugepages-2Mi': '4Mi',
      'attachable-volumes-aws-ebs': 1,
      'custom.kubernetes.io/thing': '3',
      'example.com/zero': '0',
      'requests.example.com/quota': '5',
      storage: '1Gi',
      unheard: '1',
      pods: '7',
    }

    expect(podOf({ containers: [container('a', requests)] }).spec.requests).toEqual({
      cpu: 0,
      memory: 1024 * Mi,
      ephemeralStorage: 1536,
      scalars: new Map([
        ['nvidia.com/gpu', 2],
        ['hugepages-2Mi', 4 * Mi],
        ['attachable-volumes-aws-ebs', 1],
        ['custom.kubernetes.io/thing', 3],
      ]),
    })
  })

  it('lets pods set only cpu, memory and huge pages as a whole', () => {
    const spec = {
      containers: [container('a', { cpu: '1', 'nvidia.com/gpu': '1' })],
      resources: { requests: { memory: '2Mi', 'hugepages-2Mi': '4Mi', 'nvidia.com/gpu': '9' } },
    }

    expect(podOf(spec).spec.requests).toEqual({
      cpu: 1000,
      memory: 2 * Mi,
      ephemeralStorage: 0,
      scalars: new Map([
        ['nvidia.com/gpu', 1],
        ['hugepages-2Mi', 4 * Mi],
      ]),
    })
  })
})

describe('what a pod is charged on its node', () => {
  const shrinking = { requests: { cpu: '1' } }

  it.each<[string, string, Raw, number]>([
    ['nothing is known of it', '500m', {}, 500],
    [
      'it shrinks and the kubelet has not followed (V46)',
      '500m',
      { status: { resources: shrinking, allocatedResources: { cpu: '1' } } },
      1000,
    ],
    ['only the allocation is still higher', '500m', { status: { resources: {}, allocatedResources: { cpu: '1' } } }, 1000],
    ['its status has no resources, so the allocation is not read', '500m', { status: { allocatedResources: { cpu: '1' } } }, 500],
    ['it grows and that is infeasible (V47)', '2', { status: { resources: shrinking }, reason: 'Infeasible' }, 1000],
    ['it grows and that is deferred (V47)', '2', { status: { resources: shrinking }, reason: 'Deferred' }, 2000],
  ])('when %s', (_, cpu, { status, reason }, charged) => {
    const spec = { containers: [container('a', { cpu })] }
    const conditions = reason === undefined ? [] : [{ type: 'PodResizePending', status: 'True', reason }]
    const pod = podOf(spec, {
      conditions,
      containerStatuses: [
        { name: 'a', ...(status as Raw | undefined) },
        { name: 'unknown', resources: {} },
      ],
    })

    expect(pod.charged.cpu).toBe(charged)
  })

  it('looks at the status of sidecars, but not at that of plain init containers', () => {
    const initContainerStatuses = ['s', 'i'].map(name => ({ name, resources: { requests: { cpu: '3' } } }))
    const plain = podOf({ containers: [container('a')], initContainers: [container('i', { cpu: '1' })] }, { initContainerStatuses })
    const beside = podOf({ containers: [container('a')], initContainers: [sidecar('s', { cpu: '1' })] }, { initContainerStatuses })

    expect(plain.charged.cpu).toBe(1000)
    expect(beside.charged.cpu).toBe(3000)
  })

  it('takes the larger of what the pod as a whole asks for and was given', () => {
    const spec = { containers: [container('a', { cpu: '1' })], resources: { requests: { cpu: '2' } } }

    expect(podOf(spec).charged.cpu).toBe(2000)
    expect(podOf(spec, { resources: { requests: { cpu: '3' } } }).charged.cpu).toBe(3000)
    expect(podOf(spec, { resources: { requests: {} }, allocatedResources: { cpu: '4' } }).charged.cpu).toBe(4000)
  })

  it('leaves to the containers what the pod as a whole does not ask for, whatever its status tells of', () => {
    const spec = { containers: [container('a', { cpu: '1', memory: '64Mi' })], resources: { requests: { cpu: '2' } } }
    const resources = { requests: { cpu: '2', memory: '32Mi' } }

    expect(podOf(spec, { resources, allocatedResources: { memory: '16Mi' } }).charged.memory).toBe(64 * Mi)
  })

  it('is nothing of what a pod-level resize that is infeasible asks for anew', () => {
    const spec = { containers: [container('a', { cpu: '1' })], resources: { requests: { cpu: '2' } } }
    const conditions = [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }]

    expect(podOf(spec, { conditions, resources: { requests: { memory: '1Mi' } } }).charged.cpu).toBe(0)
  })

  it('is one object for replicas that were given the same', () => {
    const status = { containerStatuses: [{ name: 'a', resources: { requests: { cpu: '1' } } }] }
    const [first, second] = projectAll('Pod', [
      { metadata: { name: 'p1', uid: 'u1' }, spec: { containers: [container('a')] }, status },
      { metadata: { name: 'p2', uid: 'u2' }, spec: { containers: [container('a')] }, status },
    ])

    expect(first?.charged).toBe(second?.charged)
  })
})

describe('what LeastAllocated charges', () => {
  it.each<[string, Raw, { cpu: number; memory: number }]>([
    ['a container without requests', { containers: [container('a')] }, { cpu: 100, memory: 200 * Mi }],
    ['two of them', { containers: [container('a'), container('b')] }, { cpu: 200, memory: 400 * Mi }],
    ['an explicit zero', { containers: [container('a', { cpu: '0', memory: 0 })] }, { cpu: 0, memory: 0 }],
    ['one request of two', { containers: [container('a', { cpu: '1' })] }, { cpu: 1000, memory: 200 * Mi }],
    [
      'an init container without requests',
      { containers: [container('a', { cpu: '10m', memory: '1Mi' })], initContainers: [container('i')] },
      { cpu: 100, memory: 200 * Mi },
    ],
    ['overhead', { containers: [container('a')], overhead: { cpu: '50m' } }, { cpu: 150, memory: 200 * Mi }],
  ])('%s, arriving and running', (_, spec, scored) => {
    expect(podOf(spec).spec.scoredRequests).toEqual(scored)
    expect(podOf(spec).chargedScored).toEqual(scored)
  })

  it('ignores pod-level requests of an arriving pod and honours those of a running one', () => {
    const pod = podOf({ containers: [container('a'), container('b')], resources: { requests: { cpu: '2' } } })

    expect(pod.spec.scoredRequests).toEqual({ cpu: 200, memory: 400 * Mi })
    expect(pod.chargedScored).toEqual({ cpu: 2000, memory: 400 * Mi })
  })

  it('fills in no more once the pod as a whole has a limit and some container asks for the resource', () => {
    const pod = podOf({ containers: [container('a', { memory: '1Mi' }), container('b')], resources: { limits: { memory: '1Gi' } } })

    expect(pod.chargedScored).toEqual({ cpu: 200, memory: Mi })
  })

  it('with pod-level requests fills in only what nobody asks for', () => {
    const pod = podOf({ containers: [container('a', { memory: '1Mi' }), container('b')], resources: { requests: { cpu: '2' } } })

    expect(pod.chargedScored).toEqual({ cpu: 2000, memory: Mi })
  })
})
