import { describe, expect, it } from 'vitest'
import { scaleDownOrder } from './scale-down-order.ts'
import type { PodObject } from '../wire-objects.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const HOUR = 3_600_000

interface Shape {
  readonly node?: string
  readonly phase?: string
  readonly ready?: boolean
  readonly readyFor?: number
  readonly cost?: string
  readonly restarts?: number
  readonly age?: number
}

function pod(name: string, shape: Shape = {}): PodObject {
  const { node = name, phase = 'Running', ready = true, readyFor = 8 * HOUR, cost, restarts = 0, age = 8 * HOUR } = shape
  const at = (ms: number): string => new Date(NOW - ms).toISOString()
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: 'shop',
      name,
      uid: name,
      creationTimestamp: at(age),
      ...(cost !== undefined && { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
    },
    spec: node === '' ? {} : { nodeName: node },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: at(readyFor) }],
      containerStatuses: [{ name: 'app', ready, restartCount: restarts }],
    },
  }
}

describe('the order in which a ReplicaSet gives up pods', () => {
  it.each([
    ['unassigned before assigned', pod('a', { node: '', phase: 'Pending' }), pod('b', { phase: 'Pending' })],
    ['Pending before Unknown', pod('a', { phase: 'Pending' }), pod('b', { phase: 'Unknown', ready: false })],
    ['Unknown before Running', pod('a', { phase: 'Unknown' }), pod('b', { ready: false })],
    ['not Ready before Ready', pod('a', { ready: false, cost: '5' }), pod('b', { cost: '1' })],
    ['the lower pod-deletion-cost', pod('a', { cost: '-10' }), pod('b', { cost: '2' })],
    ['a cost that is no integer counts as 0', pod('a', { cost: '+5' }), pod('b', { cost: '1' })],
    ['Ready for minutes before Ready for hours', pod('a', { readyFor: 60_000 }), pod('b')],
    ['more restarts', pod('a', { restarts: 3 }), pod('b')],
    ['younger by an order of magnitude', pod('a', { age: 60_000 }), pod('b')],
    ['of equals, the lower uid', pod('a'), pod('b')],
  ])('%s', (_name, first, second) => {
    const names = (...pods: PodObject[]): readonly string[] => scaleDownOrder(pods, pods, NOW).map(({ metadata }) => metadata.name)

    expect(names(second, first)).toEqual(['a', 'b'])
    expect(names(first, second)).toEqual(['a', 'b'])
  })

  it('takes a pod from the more crowded node, counting pods of the sibling ReplicaSets too', () => {
    const lonely = pod('lonely', { node: 'node-1' })
    const crowded = pod('crowded', { node: 'node-2' })
    const sibling = pod('sibling-of-another-revision', { node: 'node-2' })

    const order = scaleDownOrder([lonely, crowded], [lonely, crowded, sibling], NOW)

    expect(order.map(({ metadata }) => metadata.name)).toEqual(['crowded', 'lonely'])
  })

  it('does not tell apart times Ready of the same order of magnitude', () => {
    const pods = [pod('a', { readyFor: 7 * HOUR }), pod('b', { readyFor: 6 * HOUR })]

    expect(scaleDownOrder(pods, pods, NOW).map(({ metadata }) => metadata.name)).toEqual(['a', 'b'])
  })

  it('asks for no restarts once times Ready differ, be it within an order of magnitude', () => {
    const pods = [pod('b', { readyFor: 6 * HOUR, restarts: 3 }), pod('a', { readyFor: 7 * HOUR })]

    expect(scaleDownOrder(pods, pods, NOW).map(({ metadata }) => metadata.name)).toEqual(['a', 'b'])
  })
})
