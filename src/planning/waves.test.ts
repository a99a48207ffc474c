import { describe, expect, it } from 'vitest'
import { budget, spreadOn, stateOf, workload, zones, AT_REST, type WorkloadOptions } from '../../test/support/spread-world.ts'
import type { Deferred } from './deferred.ts'
import { DEFAULT_POLICY, type Policy } from './policy.ts'
import type { InFlight } from './situation.ts'
import { wavesOf } from './waves.ts'
import { ownersOf } from './workloads.ts'

const THREE = { a: 3, b: 3, c: 3 }
const NO_TIES = { leansOn: [], weighsIn: [] }
const WIDE_OPEN: Policy['caps'] = { workloadPercent: 100, namespace: 99, node: 99, cluster: 99, cycle: 99 }

interface Case {
  /** Pods of web on nodes a0, a1, ...; their evictions are planned in this order. */
  readonly pods?: number
  readonly more?: Partial<WorkloadOptions>
  readonly objects?: readonly unknown[]
  readonly caps?: Partial<Policy['caps']>
  readonly inFlight?: readonly InFlight[]
  readonly deferred?: readonly Deferred[]
  /** Each eviction helps a group of its own, so that none must come after another. */
  readonly apart?: boolean
  /** By index of the eviction: those of earlier ones whose place its replacement takes. */
  readonly leavers?: Readonly<Record<number, readonly number[]>>
}

/** Four pods of a CloneSet, of which three are Ready. */
const CLONED: Partial<WorkloadOptions> = {
  pods: Object.fromEntries(
    [0, 1, 2, 3].map(index => {
      const owner = { apiVersion: 'apps.kruise.io/v1alpha1', kind: 'CloneSet', name: 'web', uid: 'web', controller: true }
      return [index, { metadata: { ownerReferences: [owner] }, ready: index !== 3 }]
    }),
  ),
}

/** The wave of each eviction. */
function waves({
  pods = 4,
  more = {},
  objects = [],
  caps = {},
  inFlight = [],
  deferred = [],
  apart = false,
  leavers = {},
}: Case): readonly number[] {
  const cluster = stateOf([...zones(THREE), ...workload({ name: 'web', on: spreadOn(THREE, [pods]), ...more }), ...objects])
  const going = [...cluster.pods()].filter(pod => pod.labels.get('app') === 'web')
  const victims = going.map((pod, index) => ({
    pod,
    owners: ownersOf(cluster, pod),
    groups: [apart ? `group ${index}` : 'group'],
    leavers: going.filter((_, other) => leavers[index]?.includes(other)),
    affinity: NO_TIES,
  }))
  const turns = wavesOf(victims, cluster, { ...DEFAULT_POLICY, caps: { ...WIDE_OPEN, ...caps } }, { ...AT_REST, inFlight, deferred })
  return turns.map(({ wave }) => wave)
}

const flight = (fields: Partial<InFlight> = {}): InFlight => ({
  namespace: 'shop',
  pod: 'gone',
  uid: 'gone',
  node: 'c2',
  controllerUid: 'elsewhere',
  workload: { kind: 'Deployment', name: 'other' },
  evictedAt: AT_REST.now,
  budgets: [],
  budgetShows: false,
  replacementUid: undefined,
  ...fields,
})

/** A budget that allows so many evictions now, and two once all is well. */
const allowing = (disruptionsAllowed: number, spec = {}, status = {}): unknown =>
  budget(
    'web',
    { maxUnavailable: 2, ...spec },
    { disruptionsAllowed, currentHealthy: 2 + disruptionsAllowed, desiredHealthy: 2, expectedPods: 4, ...status },
  )

describe('the caps', () => {
  it.each<[string, Case, readonly number[]]>([
    ['none reached', {}, [1, 1, 1, 1]],
    ['half of a workload', { caps: { workloadPercent: 50 } }, [1, 1, 2, 2]],
    ['10 % of four replicas, which is one', { caps: { workloadPercent: 10 } }, [1, 2, 3, 4]],
    [
      'half of the Ready pods of an owner that does not say how many it wants',
      { more: CLONED, caps: { workloadPercent: 50 } },
      [1, 2, 3, 4],
    ],
    ['three in a namespace', { caps: { namespace: 3 } }, [1, 1, 1, 2]],
    ['one from a node: a0, a1, a2 and a0 again', { caps: { node: 1 } }, [1, 1, 1, 2]],
    ['two in the cluster', { caps: { cluster: 2 } }, [1, 1, 2, 2]],
    ['three in a cycle', { caps: { cycle: 3 } }, [1, 1, 1, 2]],
    ['caps of 0, which the configuration refuses', { caps: { cluster: 0, cycle: 0 } }, [1, 2, 3, 4]],
  ])('%s', (_case, given, expected) => {
    expect(waves(given)).toEqual(expected)
  })

  it.each<[string, Case, readonly number[]]>([
    ['the namespace', { caps: { namespace: 3 }, inFlight: [flight()] }, [1, 1, 2, 2]],
    ['another namespace', { caps: { namespace: 3 }, inFlight: [flight({ namespace: 'other' })] }, [1, 1, 1, 2]],
    ['a node', { caps: { node: 1 }, inFlight: [flight({ node: 'a1' })], apart: true }, [1, 2, 1, 2]],
    ['the cluster', { caps: { cluster: 2 }, inFlight: [flight({ namespace: 'other' })] }, [1, 2, 2, 3]],
    [
      'the workload',
      { caps: { workloadPercent: 50 }, inFlight: [flight({ workload: { kind: 'Deployment', name: 'web' } })] },
      [1, 2, 2, 3],
    ],
  ])('what is in flight takes places of %s', (_case, given, expected) => {
    expect(waves(given)).toEqual(expected)
  })

  it.each<[string, Case, readonly number[]]>([
    [
      'a pod',
      { apart: true, caps: { cluster: 1 }, deferred: [{ kind: 'pod', namespace: 'shop', name: 'web-0', uid: 'pod-shop-web-0' }] },
      [1, 1, 2, 3],
    ],
    [
      'another pod',
      { apart: true, caps: { cluster: 1 }, deferred: [{ kind: 'pod', namespace: 'shop', name: 'cart-0', uid: 'pod-shop-cart-0' }] },
      [1, 2, 3, 4],
    ],
    ['a budget', { objects: [allowing(1)], deferred: [{ kind: 'budgets', namespace: 'shop', names: ['web'] }], apart: true }, [1, 1, 1, 1]],
  ])('what an answer about %s defers takes no place', (_case, given, expected) => {
    expect(waves(given)).toEqual(expected)
  })

  it('ReplicaSets of one custom resource share a cap, each by the share of its own replicas', () => {
    const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'rollout', controller: true }
    const cluster = stateOf([
      ...zones(THREE),
      ...[2, 4].flatMap(replicas =>
        workload({ name: `web-${replicas}`, on: spreadOn(THREE, [replicas]) })
          .filter(({ kind }) => kind !== 'Deployment')
          .map(object =>
            object['kind'] === 'ReplicaSet'
              ? { ...object, metadata: { ...(object['metadata'] as object), ownerReferences: [owner] } }
              : object,
          ),
      ),
    ])
    const victims = ['web-2-0', 'web-2-1', 'web-4-0', 'web-4-1'].map(name => {
      const pod = cluster.pod('shop', name)!
      return { pod, owners: ownersOf(cluster, pod), groups: [name], leavers: [], affinity: NO_TIES }
    })
    // Half of two is one, half of four is two: what is full for the one has room for the other.
    const turns = wavesOf(victims, cluster, { ...DEFAULT_POLICY, caps: { ...WIDE_OPEN, workloadPercent: 50 } }, AT_REST)
    expect(turns.map(({ wave }) => wave)).toEqual([1, 2, 1, 2])
  })

  it('what is in flight from earlier cycles takes no place of this one', () => {
    expect(waves({ caps: { cycle: 3 }, inFlight: [flight(), flight()] })).toEqual([1, 1, 1, 2])
  })
})

describe('a budget', () => {
  it.each<[string, Case, readonly number[]]>([
    ['that allows two', { objects: [allowing(2)] }, [1, 1, 2, 2]],
    ['that allows none now leaves the first wave empty', { objects: [allowing(0)] }, [2, 2, 3, 3]],
    ['stands in for the cap on its workload', { objects: [allowing(2)], caps: { workloadPercent: 1 } }, [1, 1, 2, 2]],
    [
      'whose controller has not seen its newest spec allows nothing now',
      { objects: [allowing(2, {}, { observedGeneration: 0 })] },
      [2, 2, 3, 3],
    ],
    ['whose status makes no sense allows nothing now', { objects: [allowing(-1)] }, [2, 2, 3, 3]],
  ])('%s', (_case, given, expected) => {
    expect(waves(given)).toEqual(expected)
  })

  it.each<[string, Partial<InFlight>, readonly number[]]>([
    ['its status does not show yet', { budgets: ['web'] }, [1, 2, 2, 3]],
    ['its status counts already', { budgets: ['web'], budgetShows: true }, [1, 1, 2, 2]],
    ['another budget covers', { budgets: ['api'] }, [1, 1, 2, 2]],
  ])('and an eviction in flight that %s', (_case, fields, expected) => {
    expect(waves({ objects: [allowing(2)], inFlight: [flight(fields)] })).toEqual(expected)
  })
})

describe('unhealthyPodEvictionPolicy', () => {
  const notReady = { pods: { 0: { ready: false }, 1: { ready: false } } }

  it.each<[string, unknown, readonly number[]]>([
    ['IfHealthyBudget, healthy: what is not Ready goes without spending of the budget', allowing(0), [1, 1, 2, 2]],
    ['IfHealthyBudget, not healthy: what is not Ready waits like the rest', allowing(0, {}, { currentHealthy: 1 }), [2, 2, 3, 3]],
    [
      'AlwaysAllow, not healthy: what is not Ready goes all the same',
      allowing(0, { unhealthyPodEvictionPolicy: 'AlwaysAllow' }, { currentHealthy: 1 }),
      [1, 1, 2, 2],
    ],
  ])('%s', (_case, object, expected) => {
    expect(waves({ more: notReady, objects: [object] })).toEqual(expected)
  })
})

describe('the order of a group', () => {
  it('is kept: no eviction comes before an earlier one of its group, be there a place for it', () => {
    // The second pod of a0 must wait for the first; the one after it could go at once.
    const on = { on: ['a0', 'a0', 'a1'] }
    expect(waves({ more: on, caps: { node: 1 } })).toEqual([1, 2, 2])
    expect(waves({ more: on, caps: { node: 1 }, apart: true })).toEqual([1, 2, 1])
  })

  it('is that of the plan where a replacement takes the place of others: it comes once they are gone', () => {
    const on = { on: ['a0', 'a0', 'a1'] }
    expect(waves({ more: on, caps: { node: 1 }, apart: true, leavers: { 2: [0] } })).toEqual([1, 2, 2])
    expect(waves({ more: on, caps: { node: 1 }, apart: true, leavers: { 2: [0, 1] } })).toEqual([1, 2, 3])
    expect(waves({ more: on, caps: { node: 1 }, apart: true })).toEqual([1, 2, 1])
  })

  it('holds for what is deferred: nothing comes with it in its group, or takes a place that it has not left', () => {
    const on = { on: ['a0', 'a0', 'a1'] }
    const deferred: readonly Deferred[] = [{ kind: 'pod', namespace: 'shop', name: 'web-1', uid: 'pod-shop-web-1' }]
    expect(waves({ more: on, deferred })).toEqual([1, 1, 2])
    expect(waves({ more: on, deferred, apart: true })).toEqual([1, 1, 1])
    expect(waves({ more: on, deferred, apart: true, leavers: { 2: [1] } })).toEqual([1, 1, 3])
  })
})
