import { describe, expect, it } from 'vitest'
import {
  AT_REST,
  groupOf,
  hard,
  rawNode,
  spreadOn,
  stateOf,
  workload,
  zones,
  type WorkloadOptions,
} from '../../test/support/spread-world.ts'
import { createSchedulerModel } from '../scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../scheduling/profile.ts'
import { plan } from './plan.ts'
import { DEFAULT_POLICY } from './policy.ts'
import { standingOf, stayingIn } from './standing.ts'

const THREE = { a: 3, b: 3, c: 3 }

/** Status of the group of web, and the reason of each of its pods by name. */
function standings(options: Partial<WorkloadOptions>): { status: string; reasons: Record<string, string | undefined> } {
  const cluster = stateOf([...zones(THREE), ...workload({ name: 'web', on: [], spread: [hard('web')], ...options })])
  const result = plan({ cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }, DEFAULT_POLICY, AT_REST)
  const reasons = Object.fromEntries([...cluster.pods()].map(pod => [pod.name, standingOf(result, pod)?.reason]))
  return { status: groupOf(result, 'web').status, reasons }
}

describe('why a pod is not moved', () => {
  it('is told of a pod whose node is no more, which carries its constraint all the same', () => {
    const cluster = stateOf([...zones(THREE), ...workload({ name: 'web', on: ['a0', 'x0'], spread: [hard('web')] })])
    const result = plan({ cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }, DEFAULT_POLICY, AT_REST)
    const messages = [...cluster.pods()].map(pod => standingOf(result, pod)?.message)
    expect(messages).toContain('its node x0 is no more, and kube-scheduler counts pods by their nodes')
  })

  it('is said of every pod but those that are', () => {
    const protectedPod = { metadata: { annotations: { 'respread.io/evict': 'false' } } }
    const tooLarge = { spec: { containers: [{ name: 'main', resources: { requests: { cpu: '64' } } }] } }
    const { status, reasons } = standings({
      on: ['a0', 'a1', 'a2', 'a0', 'b0', 'c0', undefined],
      pods: { 0: protectedPod, 1: protectedPod, 2: protectedPod, 6: tooLarge },
    })
    expect(status).toBe('Violated')
    expect(reasons).toEqual({
      'web-0': 'OptedOut',
      'web-1': 'OptedOut',
      'web-2': 'OptedOut',
      'web-3': undefined,
      'web-4': 'NotNeeded',
      'web-5': 'NotNeeded',
      'web-6': 'Pending',
    })
  })

  it.each<[string, Partial<WorkloadOptions>, string, Record<string, string>]>([
    ['in a balanced group', { on: ['a0', 'b0'] }, 'Balanced', { 'web-0': 'WithinMaxSkew', 'web-1': 'WithinMaxSkew' }],
    [
      'in a held group, be it balanced',
      { on: ['a0', 'b0'], annotations: { 'respread.io/paused': 'true' } },
      'Held',
      { 'web-0': 'Paused', 'web-1': 'Paused' },
    ],
    [
      'in a blocked group whose domain has no pod too many',
      { on: ['a0', 'a1', 'b0', ...spreadOn({ a: 3 }, [2])], replicas: 1 },
      'Blocked',
      { 'web-0': 'SingleReplica' },
    ],
    [
      'that is being deleted',
      { on: ['a0', 'b0'], pods: { 1: { metadata: { deletionTimestamp: '2026-01-01T11:59:50Z' } } } },
      'Balanced',
      { 'web-1': 'Terminating' },
    ],
    ['on a node that is gone', { on: ['a0', 'x0'] }, 'Balanced', { 'web-1': 'NotCounted' }],
  ])('%s', (_case, options, status, reasons) => {
    expect(standings(options)).toMatchObject({ status, reasons })
  })
})

it('a pod on a node that does not count is told what keeps it from filling up a domain', () => {
  const stay = { metadata: { annotations: { 'respread.io/evict': 'false' } } }
  const cluster = stateOf([
    ...zones({ a: 1 }),
    rawNode({ name: 'c0', zone: 'c', pods: 1 }),
    rawNode({ name: 'd0', zone: 'd', taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] }),
    ...workload({ name: 'full', on: ['c0'] }),
    ...workload({
      name: 'web',
      on: ['a0', 'a0', 'a0', 'd0'],
      spread: [hard('web', { nodeTaintsPolicy: 'Honor' })],
      pods: { 0: stay, 1: stay, 2: stay },
    }),
  ])
  const result = plan({ cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }, DEFAULT_POLICY, AT_REST)
  expect(stayingIn(result, groupOf(result, 'web'))).toMatchObject([
    { reason: 'OptedOut', pods: ['web-0', 'web-1', 'web-2'] },
    { reason: 'NoRoom', pods: ['web-3'] },
  ])
})

describe('a pod that was looked at on the way and would have found no place', () => {
  const RACK = 'example.com/rack'
  const racks = (of: Record<string, string>): unknown[] =>
    Object.entries(of).map(([name, rack]) => rawNode({ name, zone: name.slice(0, 1), labels: { [RACK]: rack } }))
  const spread = [hard('web'), hard('web', { topologyKey: RACK })]

  it('is not needed once others have restored the spread, and nothing stands in the way of that', () => {
    const nodes = racks({ a0: 'r0', a1: 'r1', b0: 'r2' })
    const cluster = stateOf([...nodes, ...workload({ name: 'web', on: ['b0', 'b0', 'a1', 'a1'], spread })])
    const result = plan({ cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }, DEFAULT_POLICY, AT_REST)
    // Whoever leaves b must come back to b, where rack r2 is full already.
    expect(result.evictions).toMatchObject([{ pod: 'web-2', topologyKey: RACK, toDomain: 'r0' }])
    expect(groupOf(result, 'web', RACK)).toMatchObject({ excessAfter: 0, blockers: [] })
    expect(stayingIn(result, groupOf(result, 'web', RACK))).toMatchObject([{ reason: 'NotNeeded', pods: ['web-0', 'web-1', 'web-3'] }])
  })

  it('is not one too many once its domain is within reach of the lowest, be others beyond it', () => {
    const team = { labels: { team: 'shop' } }
    const rack = hard('web', { topologyKey: RACK, labelSelector: { matchLabels: team.labels } })
    const cluster = stateOf([
      ...racks({ a0: 'r0', a1: 'r1', b0: 'r2' }),
      rawNode({ name: 'c0', zone: 'c', labels: { [RACK]: 'r3' }, taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] }),
      ...workload({
        ...team,
        name: 'web',
        on: ['b0', 'b0', 'a1', 'a1'],
        spread: [hard('web', { nodeTaintsPolicy: 'Honor' }), rack],
      }),
      ...workload({ ...team, name: 'db', on: ['c0', 'c0', 'c0', 'c0'] }),
    ])
    const result = plan({ cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }, DEFAULT_POLICY, AT_REST)
    expect(result.evictions).toMatchObject([{ pod: 'web-2', topologyKey: RACK, toDomain: 'r0' }])
    expect(groupOf(result, 'web', RACK)).toMatchObject({ excessAfter: 2, blockers: [{ reason: 'CountedOnly', pods: 4 }] })
    expect(stayingIn(result, groupOf(result, 'web', RACK))).toMatchObject([{ reason: 'NotNeeded', pods: ['web-0', 'web-1', 'web-3'] }])
  })
})

describe('who stays in a group', () => {
  it('is listed by reason, the commonest first, without those that are moved', () => {
    const protectedPod = { metadata: { annotations: { 'respread.io/evict': 'false' } } }
    const on = ['a0', 'a1', 'a2', 'a0', 'b0', 'c0']
    const pods = { 0: protectedPod, 1: protectedPod, 2: protectedPod }
    const cluster = stateOf([...zones(THREE), ...workload({ name: 'web', on, spread: [hard('web')], pods })])
    const result = plan({ cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }, DEFAULT_POLICY, AT_REST)
    expect(result.evictions.map(({ pod }) => pod)).toEqual(['web-3'])
    expect(stayingIn(result, groupOf(result, 'web'))).toEqual([
      { reason: 'OptedOut', message: 'respread.io/evict is "false" on the pod', pods: ['web-0', 'web-1', 'web-2'] },
      { reason: 'NotNeeded', message: 'the planned evictions do without it', pods: ['web-4', 'web-5'] },
    ])
  })

  it('has the words of the scheduler beside those that wait for it', () => {
    const waiting = { kind: 'Pod', metadata: { namespace: 'shop', name: 'late', uid: 'late', labels: { app: 'web' } }, spec: {} }
    const told = { type: 'PodScheduled', status: 'False', message: '0/9 nodes are available: 9 Insufficient cpu.' }
    const cluster = stateOf([...zones(THREE), { apiVersion: 'v1', ...waiting, status: { phase: 'Pending', conditions: [told] } }])
    const result = plan({ cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }, DEFAULT_POLICY, AT_REST)
    const [late] = cluster.pods()
    expect(late === undefined ? undefined : standingOf(result, late)).toEqual({
      reason: 'Pending',
      message: 'it is not scheduled yet: 0/9 nodes are available: 9 Insufficient cpu.',
    })
  })
})
