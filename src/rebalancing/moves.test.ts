import { describe, expect, it } from 'vitest'
import { clusterOf, makeNode, makePod } from '../../test/support/builders.ts'
import { eviction } from '../../test/support/made-up-plans.ts'
import type { Plan, PlannedEviction } from '../planning/plan-types.ts'
import { stillStanding, undone, type Move } from './moves.ts'

const MINUTE = 60_000
const landed = makePod('web-9', { namespace: 'shop', nodeName: 'node-c' })
const MOVE: Move = {
  namespace: 'shop',
  workload: { kind: 'Deployment', name: 'web' },
  group: 'web over zones',
  controllerUid: 'web-rs',
  topologyKey: 'zone',
  domain: 'c',
  pod: landed.name,
  uid: landed.uid,
  node: 'node-c',
  at: 0,
}
const again = eviction(1, { groups: [MOVE.group], controllerUid: MOVE.controllerUid, toDomain: 'c' })
const planOf = (...evictions: readonly PlannedEviction[]): Plan => ({
  summary: {
    nodes: 0,
    pods: 0,
    groups: 0,
    violatedGroups: 0,
    blockedGroups: 0,
    heldGroups: 0,
    lowerBound: 0,
    reachableBound: 0,
    plannedEvictions: evictions.length,
  },
  groups: [],
  evictions,
  leftAlone: new Map(),
  isWhole: true,
  notices: [],
})

describe('a move is undone when its pod is gone and it is to be made again', () => {
  it.each<[string, readonly (typeof landed)[], PlannedEviction, number]>([
    ['it is', [], again, 1],
    ['its pod is being deleted', [{ ...landed, deletedAt: 1 }], again, 1],
    ['another pod has its name', [{ ...landed, uid: 'another' }], again, 1],
    ['its pod is still there', [landed], again, 0],
    ['the plan moves pods elsewhere', [], { ...again, toDomain: 'b' }, 0],
    ['the plan moves pods of another group', [], { ...again, groups: ['web over nodes'] }, 0],
    ['the workload was rolled out since', [], { ...again, controllerUid: 'newer-rs' }, 0],
  ])('%s', (_, pods, planned, times) => {
    expect(undone([MOVE], planOf(planned), clusterOf(pods))).toHaveLength(times)
  })

  it('once for each eviction that repeats it', () => {
    const moves = ['web-7', 'web-8', 'web-9'].map(pod => ({ ...MOVE, pod }))

    expect(undone(moves, planOf(again, again), clusterOf([]))).toHaveLength(2)
  })
})

describe('a move is remembered', () => {
  it.each<[string, readonly ReturnType<typeof makeNode>[], number, number]>([
    ['while its node is Ready', [makeNode('node-c')], 0, 1],
    ['though its node was taken away, as consolidation does', [], 0, 1],
    ['not when its node was lost: then nobody undid it', [makeNode('node-c', { ready: 'Unknown' })], 0, 0],
    ['for an hour', [makeNode('node-c')], 59 * MINUTE, 1],
    ['no longer', [makeNode('node-c')], 60 * MINUTE, 0],
  ])('%s', (_, nodes, now, left) => {
    expect(stillStanding([MOVE], clusterOf(nodes), now)).toHaveLength(left)
  })
})
