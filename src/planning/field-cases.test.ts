import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  AT_REST,
  budget,
  countsAfter,
  groupOf,
  hard,
  HOST,
  planFor,
  rawNode,
  soft,
  spreadOn,
  stateOf,
  workload,
  ZONE,
  zones,
} from '../../test/support/spread-world.ts'
import { createSchedulerModel } from '../scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../scheduling/profile.ts'
import { plan } from './plan.ts'
import { DEFAULT_POLICY } from './policy.ts'

const THREE = { a: 3, b: 3, c: 3 }

/** A bound claim of shop and its volume, tied to a zone. */
function zonalVolume(name: string, zone: string): unknown[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { namespace: 'shop', name, uid: name, annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'zonal',
        volumeName: `pv-${name}`,
        resources: { requests: { storage: '1Gi' } },
      },
      status: { phase: 'Bound' },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `pv-${name}`, uid: `pv-${name}` },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'zonal',
        claimRef: { namespace: 'shop', name, uid: name },
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: [zone] }] }] } },
      },
      status: { phase: 'Bound' },
    },
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'zonal', uid: 'zonal' },
      provisioner: 'example.com/disk',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
  ]
}

/** A StatefulSet whose pods each have a volume in the zone where they run. */
function withZonalVolumes(on: readonly string[], spread: Parameters<typeof workload>[0]['spread'] = []): unknown[] {
  const mounting = (name: string): Record<string, unknown> => ({ volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }] })
  return [
    ...workload({
      name: 'db',
      kind: 'StatefulSet',
      on,
      spread,
      workload: {
        spec: {
          volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'zonal' } }],
        },
      },
      pods: Object.fromEntries(on.map((_, index) => [index, { spec: mounting(`data-db-${index}`) }])),
    }),
    ...on.flatMap((node, index) => zonalVolume(`data-db-${index}`, node.slice(0, 1))),
  ]
}

describe('seen in the field: what stands in the way', () => {
  it('a cordoned zone under Ignore: the drain deadlock is named', () => {
    const objects = [
      ...zones({ a: 3, b: 3 }),
      ...['c0', 'c1', 'c2'].map(name => rawNode({ name, zone: 'c', cordoned: true })),
      ...workload({ name: 'web', on: spreadOn(THREE, [3, 3, 0]), spread: [hard('web')] }),
    ]
    const result = planFor(objects)
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({
      reason: 'CordonedDomain',
      message: `drain deadlock: ${ZONE}=c counts (nodeTaintsPolicy Ignore) though its 3 node(s) are cordoned, so replacements stay Pending until it is uncordoned or gone`,
    })
  })

  it.each([
    ['2', [6, 6, 0], 'room is missing for 2 more in c '],
    ['1', [6, 6, 0], 'room is missing for 3 more in c '],
  ])('a zone that came back with one node of %s CPU: how much room is missing where', (cpu, counts, says) => {
    const objects = [
      ...zones({ a: 3, b: 3 }),
      rawNode({ name: 'c0', zone: 'c', cpu }),
      ...workload({ name: 'web', on: spreadOn(THREE, counts), spread: [hard('web')], cpu: '1' }),
    ]
    const [blocker] = groupOf(planFor(objects), 'web').blockers
    expect(blocker).toMatchObject({ reason: 'NoRoom', message: expect.stringContaining(says) })
  })

  it('[3,3] with maxSkew 2 and minDomains 3: too few domains are named', () => {
    const spread = [hard('web', { maxSkew: 2, minDomains: 3 })]
    const result = planFor([...zones({ a: 3, b: 3 }), ...workload({ name: 'web', on: spreadOn(THREE, [3, 3]), spread })])
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({
      status: 'Blocked',
      reason: 'BelowMinDomains',
      message: `${ZONE} has 2 domain(s) and minDomains is 3, so each may hold 2 at most`,
    })
  })

  it('a zonal volume pins a pod for zones', () => {
    const objects = [...zones(THREE), ...withZonalVolumes(['a0', 'a1', 'a2'], [hard('db')])]
    const result = planFor(objects)
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'db')).toMatchObject({ status: 'Blocked', reason: 'VolumePinned' })
  })

  it('a zonal volume pins no pod for hostnames inside its zone', () => {
    const objects = [...zones({ a: 3 }), ...withZonalVolumes(['a0', 'a0', 'a0'], [hard('db', { topologyKey: HOST })])]
    const result = planFor(objects)
    expect(result.evictions).toHaveLength(2)
    expect(countsAfter(groupOf(result, 'db', HOST))).toEqual([1, 1, 1])
  })

  it('a snapshot without budgets: nothing is evicted, and the cluster and every group say why', () => {
    const cluster = stateOf(
      [...zones(THREE), ...workload({ name: 'web', on: spreadOn(THREE, [6, 6, 0]), spread: [hard('web')] })],
      ['PodDisruptionBudget'],
    )
    const result = plan({ cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }, DEFAULT_POLICY, AT_REST)
    expect(result.evictions).toEqual([])
    expect(result.notices).toMatchObject([{ reason: 'BudgetsUnknown' }])
    expect(groupOf(result, 'web')).toMatchObject({ status: 'Blocked', reason: 'BudgetsUnknown' })
  })

  it('a budget with a bad pod selector protects its whole namespace', () => {
    const unreadable = budget('web', { selector: { matchExpressions: [{ key: 'app', operator: 'Like', values: ['web'] }] } }, {})
    const result = planFor([
      ...zones(THREE),
      ...workload({ name: 'web', on: spreadOn(THREE, [6, 6, 0]), spread: [hard('web')] }),
      unreadable,
    ])
    expect(result.evictions).toEqual([])
  })
})

describe('seen in the field: who is counted and who is moved', () => {
  it('canary and stable ReplicaSets that share a selector are one group, and either may be moved', () => {
    const objects = [
      ...zones(THREE),
      ...workload({ name: 'stable', labels: { app: 'web' }, on: ['a0', 'a1', 'b0', 'b1'], spread: [hard('web')] }),
      ...workload({ name: 'canary', labels: { app: 'web' }, on: ['a2', 'b2'], spread: [hard('web')] }),
    ]
    const result = planFor(objects)
    expect(result.groups).toHaveLength(1)
    const group = groupOf(result, 'stable')
    expect(group.workloads.map(({ name }) => name)).toEqual(['stable', 'canary'])
    expect(group).toMatchObject({ members: 6, skew: 3, planned: 2, skewAfter: 0 })
    expect(countsAfter(group)).toEqual([2, 2, 2])
  })

  it('a canary being rolled out holds back its own pods alone', () => {
    const objects = [
      ...zones(THREE),
      ...workload({ name: 'stable', labels: { app: 'web' }, on: ['a0', 'a1', 'b0', 'b1'], spread: [hard('web')] }),
      ...workload({
        name: 'canary',
        labels: { app: 'web' },
        on: ['a2', 'b2'],
        spread: [hard('web')],
        workload: { status: { observedGeneration: 0 } },
      }),
    ]
    const result = planFor(objects)
    expect(result.evictions.map(({ workload: { name } }) => name)).toEqual(['stable', 'stable'])
  })

  it('an HPA scale-in that left [4,1,1] is mended by two evictions from the full zone', () => {
    const objects = [...zones(THREE), ...workload({ name: 'web', on: spreadOn(THREE, [4, 1, 1]), spread: [soft('web')] })]
    const result = planFor(objects)
    expect(result.evictions.map(({ fromDomain }) => fromDomain)).toEqual(['a', 'a'])
    expect(groupOf(result, 'web')).toMatchObject({ skewAfter: 0, risk: { readyPods: 6, now: 0.667, after: 0.333 } })
  })

  it('an HPA that scaled a moment ago holds the workload', () => {
    const objects = [...zones(THREE), ...workload({ name: 'web', on: spreadOn(THREE, [4, 1, 1]), spread: [soft('web')] })]
    const hold = { namespace: 'shop', kind: 'Deployment', name: 'web', until: undefined, message: 'scaled 1 min ago' }
    const result = planFor(objects, {}, { workloadHolds: [{ ...hold, reason: 'ScaledRecently' }] })
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({ status: 'Held', reason: 'ScaledRecently' })
  })

  it("a selector that also matches another workload's pods counts them and names both", () => {
    const objects = [
      ...zones(THREE),
      ...workload({ name: 'web', labels: { tier: 'front' }, on: spreadOn(THREE, [2, 2, 2]), spread: [hard('web')] }),
      ...workload({ name: 'job', labels: { app: 'web' }, on: ['a0', 'a1', 'a2'] }),
    ]
    const group = groupOf(planFor(objects), 'web')
    expect(group).toMatchObject({ members: 6, skew: 3 })
    expect(group.workloads.map(({ name }) => name)).toEqual(['web'])
  })
})

describe('seen in the field: the risk of the next outage', () => {
  it('is the share of the ready pods in the fullest domain, down and cordoned ones included', () => {
    const objects = [
      ...zones({ a: 2, b: 2 }),
      rawNode({ name: 'c0', zone: 'c', cordoned: true }),
      ...workload({ name: 'web', on: ['a0', 'a1', 'b0', 'c0', 'c0', 'c0'], spread: [soft('web')], pods: { 0: { ready: false } } }),
    ]
    expect(groupOf(planFor(objects), 'web').risk).toEqual({ readyPods: 5, now: 0.6, after: 0.6 })
  })

  it('is that of the larger workload where several share a group', () => {
    const objects = [
      ...zones(THREE),
      ...workload({ name: 'stable', labels: { app: 'web' }, on: ['a0', 'b0', 'c0'], spread: [hard('web')] }),
      ...workload({ name: 'canary', labels: { app: 'web' }, on: ['a1'], spread: [hard('web')] }),
    ]
    expect(groupOf(planFor(objects), 'stable').risk).toEqual({ readyPods: 3, now: 0.333, after: 0.333 })
  })

  it('takes a zone for one domain, be some of its nodes not counted', () => {
    const objects = [
      ...zones({ a: 1, b: 2 }),
      rawNode({ name: 'a1', zone: 'a', cordoned: true }),
      ...workload({ name: 'web', on: ['a0', 'a1', 'b0', 'b1'], spread: [hard('web', { nodeTaintsPolicy: 'Honor' })] }),
    ]
    expect(groupOf(planFor(objects), 'web').risk).toMatchObject({ readyPods: 4, now: 0.5 })
  })

  it('is nothing where no pod is ready', () => {
    const objects = [...zones(THREE), ...workload({ name: 'web', on: ['a0'], spread: [hard('web')], pods: { 0: { ready: false } } })]
    expect(groupOf(planFor(objects), 'web').risk).toEqual({ readyPods: 0, now: 0, after: 0 })
  })
})

describe('bad input: no crash, no eviction', () => {
  const skewedBy = (...spread: Record<string, unknown>[]): unknown[] => [
    ...zones(THREE),
    ...workload({ name: 'web', on: spreadOn(THREE, [6, 6, 0]), spread }),
  ]

  it.each<[string, Record<string, unknown>[]]>([
    ['a negative maxSkew', [hard('web', { maxSkew: -1 })]],
    ['a maxSkew of 0', [hard('web', { maxSkew: 0 })]],
    ['a maxSkew that is a text', [hard('web', { maxSkew: '1' })]],
    ['a maxSkew that is a fraction', [hard('web', { maxSkew: 1.5 })]],
    ['an absurd maxSkew', [hard('web', { maxSkew: 2_147_483_647 })]],
    ['a negative minDomains', [hard('web', { minDomains: -3 })]],
    ['a key that no node carries', [hard('web', { topologyKey: 'rack' })]],
    ['an empty key', [hard('web', { topologyKey: '' })]],
    ['an unknown whenUnsatisfiable', [hard('web', { whenUnsatisfiable: 'Maybe' })]],
    ['an unknown operator', [hard('web', { labelSelector: { matchExpressions: [{ key: 'app', operator: 'Like', values: ['web'] }] } })]],
    ['a selector of another shape', [hard('web', { labelSelector: ['web'] })]],
  ])('%s', (_case, spread) => {
    expect(planFor(skewedBy(...spread)).evictions).toEqual([])
  })

  it('the key that no node carries is named', () => {
    expect(groupOf(planFor(skewedBy(hard('web', { topologyKey: 'rack' }))), 'web', 'rack')).toMatchObject({
      reason: 'NoDomains',
      message: expect.stringContaining('rack'),
    })
  })

  it('the same constraint twice is planned once', () => {
    const once = planFor(skewedBy(hard('web')))
    const twice = planFor(skewedBy(hard('web'), hard('web')))
    expect(twice.evictions.length).toBeLessThanOrEqual(once.evictions.length)
    expect(twice.groups.map(({ id }) => id)).toEqual([...new Set(twice.groups.map(({ id }) => id))])
  })

  it('hostile label values and names are taken for what they are: texts', () => {
    const hostile = fc.oneof(
      fc.constantFrom('__proto__', 'constructor', 'toString', '', '\u001b[31m', '=', ',', '$&', '../..'),
      fc.string(),
    )
    fc.assert(
      fc.property(hostile, hostile, fc.constantFrom('hard', 'soft'), (zone, app, when) => {
        const objects = [
          ...zones({ a: 2, b: 2 }),
          rawNode({ name: 'odd', zone }),
          ...workload({ name: 'web', labels: { app }, on: ['a0', 'a1', 'odd'], spread: [when === 'hard' ? hard(app) : soft(app)] }),
        ]
        const { evictions, groups } = planFor(objects)
        // [2,0,1] can be mended by one eviction at most, whatever things are called.
        expect(evictions.length).toBeLessThanOrEqual(1)
        expect(groups.length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 60 },
    )
  })
})
