import { describe, expect, it } from 'vitest'
import { clusterOf, makeNode, makePod, makeWorkload } from '../../test/support/builders.ts'
import type { ClusterState } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import { createDrainWatch, drainsSeen } from './drain-watch.ts'

const MINUTE = 60_000
const HOLD_DOWN = 5 * MINUTE
const NOON = Date.parse('2026-11-21T12:00:00Z')

const owner = (kind: string) => ({ apiVersion: 'apps/v1', kind, name: 'web', uid: 'web' })
const pod = (name: string, kind = 'ReplicaSet'): PodRecord => makePod(name, { nodeName: 'node-a', controller: owner(kind) })

/** Three pods of `web` on node-a, which is cordoned unless given otherwise; time is for the test to pass. */
function worldOf({
  unschedulable = true,
  ours = [],
  kind = 'ReplicaSet',
}: { unschedulable?: boolean; ours?: string[]; kind?: string } = {}) {
  let now = NOON
  const records: ClusterRecord[] = [
    makeNode('node-a', { unschedulable }),
    makeNode('node-b'),
    makeWorkload('ReplicaSet', 'web', { replicas: 3 }),
    ...['web-0', 'web-1', 'web-2'].map(name => pod(name, kind)),
  ]
  const state: ClusterState = clusterOf(records)
  for (const known of ['ReplicaSet', 'StatefulSet'] as const) state.markKnown(known)
  const watch = createDrainWatch(state, HOLD_DOWN, { now: () => now, monotonic: () => now - NOON }, uid => ours.includes(uid))
  const change = (event: Parameters<ClusterState['apply']>[0]): void => {
    const delta = state.apply(event)
    if (delta !== undefined) watch.note(delta)
  }
  return {
    state,
    pass: (ms: number) => (now += ms),
    put: (record: ClusterRecord) => change({ type: 'upsert', record }),
    remove: (name: string) => change({ type: 'delete', kind: 'Pod', key: `shop/${name}` }),
    /** A pod begins to leave, in its grace period. */
    leave: (name: string, grace = 30_000) => {
      const leaving = state.pod('shop', name)
      if (leaving !== undefined) change({ type: 'upsert', record: { ...leaving, deletedAt: now + grace } })
    },
    drained: () => watch.drains().map(({ node, until }) => [node.name, until - now]),
  }
}

type Story = (world: ReturnType<typeof worldOf>) => void

describe('a node is being drained', () => {
  it('when it is cordoned and a pod leaves it, until none has for one hold-down', () => {
    const world = worldOf()
    const atFirst = world.drained()
    world.leave('web-0')
    const begun = world.drained()
    world.pass(3 * MINUTE)
    world.remove('web-0')
    world.leave('web-1')
    const again = world.drained()
    world.pass(HOLD_DOWN - 1)
    const still = world.drained()
    world.pass(1)

    expect([atFirst, begun, again, still, world.drained()]).toEqual([
      [],
      [['node-a', HOLD_DOWN]],
      [['node-a', HOLD_DOWN]],
      [['node-a', 1]],
      [],
    ])
  })

  it.each<[string, Parameters<typeof worldOf>[0], Story, boolean]>([
    ['a pod is gone at once', {}, ({ remove }) => remove('web-0'), true],
    ['a pod of the same name has replaced it', {}, ({ put }) => put({ ...pod('web-0'), uid: 'anew', nodeName: 'node-b' }), true],
    [
      'its node is gone by now',
      {},
      ({ leave, state }) => (leave('web-0'), void state.apply({ type: 'delete', kind: 'Node', key: 'node-a' })),
      true,
    ],
    ['nothing leaves it', {}, ({ put }) => put(makeNode('node-b', { unschedulable: true })), false],
    ['it is not cordoned', { unschedulable: false }, ({ leave }) => leave('web-0'), false],
    ['it is uncordoned', {}, ({ leave, put }) => (leave('web-0'), put(makeNode('node-a'))), false],
    ['what leaves was evicted by the loop', { ours: ['web-0'] }, ({ leave, remove }) => (leave('web-0'), remove('web-0')), false],
    [
      'its workload was scaled in',
      {},
      ({ leave, put }) => (put(makeWorkload('ReplicaSet', 'web', { replicas: 2 })), leave('web-0')),
      false,
    ],
    ['what leaves belongs to a DaemonSet', { kind: 'DaemonSet' }, ({ leave }) => leave('web-0'), false],
    ['what leaves is a finished Job', { kind: 'Job' }, ({ remove }) => remove('web-0'), false],
  ])('where %s', (_, given, happens, expected) => {
    const world = worldOf(given)
    world.drained()
    happens(world)

    expect(world.drained().map(([name]) => name)).toEqual(expected ? ['node-a'] : [])
  })

  it('for as long as a pod may take to leave', () => {
    const world = worldOf()
    world.leave('web-0', HOLD_DOWN + 3 * MINUTE)

    expect(world.drained()).toEqual([['node-a', HOLD_DOWN + 3 * MINUTE]])
  })

  it('though it began before anybody looked', () => {
    const before = worldOf()
    before.leave('web-0')
    const world = createDrainWatch(before.state, HOLD_DOWN, { now: () => NOON + 10_000, monotonic: () => 0 }, () => false)

    expect(world.drains()).toMatchObject([{ node: { name: 'node-a' }, until: NOON + 30_000, reason: 'DrainInProgress' }])
  })
})

describe('a single look', () => {
  it('shows pods that are leaving cordoned nodes, but none that is stuck on a dead one', () => {
    const { state, leave } = worldOf()
    leave('web-0', 10_000)
    leave('web-1', 20_000)

    expect(drainsSeen(state, NOON).map(({ node, until }) => [node.name, until])).toEqual([['node-a', NOON + 20_000]])
    expect(drainsSeen(state, NOON + 20_000)).toEqual([])
  })
})
