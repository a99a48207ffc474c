import { describe, expect, it } from 'vitest'
import type { WireTaint, WireToleration } from '../wire-objects.ts'
import { stateTaints, toleratedFor, type NodeState } from './node-taints.ts'

const READY: NodeState = { ready: 'True', unschedulable: false, evicting: false }
const NOW = '2026-11-21T10:00:00Z'
const EARLIER = '2026-11-21T09:00:00Z'
const brief = (taints: readonly WireTaint[]): readonly string[] => taints.map(({ key, effect }) => `${key}:${effect}`)

describe('the taints of a node', () => {
  it.each<[string, NodeState, string[]]>([
    ['Ready', READY, []],
    ['cordoned', { ...READY, unschedulable: true }, ['node.kubernetes.io/unschedulable:NoSchedule']],
    ['not Ready, its turn not come', { ...READY, ready: 'False' }, ['node.kubernetes.io/not-ready:NoSchedule']],
    [
      'silent, its turn come',
      { ...READY, ready: 'Unknown', evicting: true },
      ['node.kubernetes.io/unreachable:NoSchedule', 'node.kubernetes.io/unreachable:NoExecute'],
    ],
  ])('%s', (_name, state, expected) => {
    expect(brief(stateTaints([], state, NOW))).toEqual(expected)
  })

  it('keeps what others put there, and the time at which its own were added', () => {
    const existing: readonly WireTaint[] = [
      { key: 'dedicated', value: 'db', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule', timeAdded: EARLIER },
    ]

    expect(stateTaints(existing, { ...READY, ready: 'Unknown', evicting: true }, NOW)).toEqual([
      ...existing,
      { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded: NOW },
    ])
    expect(stateTaints(existing, READY, NOW)).toEqual(existing.slice(0, 1))
  })
})

describe('how long a pod may stay on a tainted node', () => {
  const unreachable: WireTaint = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }
  const tolerating = (tolerationSeconds?: number): WireToleration => ({
    key: unreachable.key,
    operator: 'Exists',
    effect: 'NoExecute',
    ...(tolerationSeconds !== undefined && { tolerationSeconds }),
  })

  it.each<[string, WireTaint[], WireToleration[], number]>([
    ['no toleration: not at all', [unreachable], [], 0],
    ['its tolerationSeconds', [unreachable], [tolerating(300)], 300_000],
    ['the shortest of those that match', [unreachable], [tolerating(300), tolerating(30)], 30_000],
    ['without seconds: for ever', [unreachable], [tolerating()], Infinity],
    ['negative seconds: not at all', [unreachable], [tolerating(-5)], 0],
    ['NoSchedule drives nobody out', [{ ...unreachable, effect: 'NoSchedule' }], [], Infinity],
    ['a second taint that it does not tolerate', [unreachable, { key: 'gone', effect: 'NoExecute' }], [tolerating(300)], 0],
  ])('%s', (_name, taints, tolerations, expected) => {
    expect(toleratedFor(taints, tolerations)).toBe(expected)
  })
})
