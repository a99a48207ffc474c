import { describe, expect, it } from 'vitest'
import type { Situation } from './situation.ts'
import {
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
  AT_REST,
} from '../../test/support/spread-world.ts'
import { withZonalVolumes } from '../../test/support/volumes.ts'

const THREE = { a: 3, b: 3, c: 3 }

function zonal(counts: readonly number[], constraint: Record<string, unknown>): unknown[] {
  const sizes = Object.fromEntries(counts.map((_, i) => ['abcdefgh'[i] ?? 'z', 3]))
  return [...zones(sizes), ...workload({ name: 'web', on: spreadOn(sizes, counts), spread: [constraint] })]
}

describe('one constraint, everything movable', () => {
  it.each([
    [[6, 6, 0], 1, 4, [4, 4, 4]],
    [[0, 0, 4], 1, 2, [1, 1, 2]],
    [[0, 4, 4], 2, 2, [2, 3, 3]],
    [[4, 1, 1], 1, 2, [2, 2, 2]],
    [[3, 3, 3], 1, 0, [3, 3, 3]],
  ])('hard, %j, maxSkew %i -> %i evictions', (counts, maxSkew, evictions, after) => {
    const result = planFor(zonal(counts, hard('web', { maxSkew })))
    expect(result.evictions).toHaveLength(evictions)
    const group = groupOf(result, 'web')
    expect(group.skewAfter).toBeLessThanOrEqual(maxSkew)
    expect(countsAfter(group).toSorted((a, b) => a - b)).toEqual(after.toSorted((a, b) => a - b))
    expect(group.lowerBound).toBe(evictions)
    expect(group.reachableBound).toBe(evictions)
  })

  it.each([
    [[6, 6, 0], 1, 4],
    [[0, 0, 4], 1, 2],
    [[5, 0, 0], 2, 2],
    [[0, 4, 4], 2, 2],
    [[0, 1, 5, 5, 5], 2, 3],
    [[4, 1, 1], 1, 2],
  ])('soft, %j, maxSkew %i -> %i evictions, each likely', (counts, maxSkew, evictions) => {
    const result = planFor(zonal(counts, soft('web', { maxSkew })))
    expect(result.evictions.map(eviction => eviction.certainty)).toEqual(Array.from({ length: evictions }, () => 'likely'))
    expect(groupOf(result, 'web').skewAfter).toBeLessThanOrEqual(maxSkew)
  })

  // The filter lets the replacement into any domain with room under maxSkew, and no score pulls it into the emptiest.
  it.each([
    [[0, 1, 4], 2, 1, 2],
    [[5, 0, 0], 2, 2, 3],
    [[0, 1, 5, 5, 5], 2, 3, 4],
  ])(
    'hard, %j, maxSkew %i: bound %i, planned for the worst landings -> %i evictions, each certain',
    (counts, maxSkew, bound, evictions) => {
      const result = planFor(zonal(counts, hard('web', { maxSkew })))
      const group = groupOf(result, 'web')
      expect(group.lowerBound).toBe(bound)
      expect(group.skewAfter).toBeLessThanOrEqual(maxSkew)
      expect(result.evictions.map(eviction => eviction.certainty)).toEqual(Array.from({ length: evictions }, () => 'certain'))
      expect(result.evictions.length).toBeLessThanOrEqual(group.excess)
    },
  )
})

describe('what cannot be met', () => {
  it('[3,3], maxSkew 2, minDomains 3: nothing is evicted', () => {
    const result = planFor(zonal([3, 3], hard('web', { maxSkew: 2, minDomains: 3 })))
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({ status: 'Blocked', reachableBound: undefined })
  })

  it('a cordoned zone under Ignore counts and takes nothing: no eviction, since the replacement would stay Pending', () => {
    const objects = [
      ...zones({ a: 3, b: 3 }),
      ...['c0', 'c1', 'c2'].map(name => rawNode({ name, zone: 'c', cordoned: true })),
      ...workload({ name: 'web', on: spreadOn(THREE, [3, 3, 0]), spread: [hard('web')] }),
    ]
    const result = planFor(objects)
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({ status: 'Blocked', reason: 'CordonedDomain', skew: 3 })
  })

  it('a cordoned zone under Honor is no domain: balanced', () => {
    const objects = [
      ...zones({ a: 3, b: 3 }),
      ...['c0', 'c1', 'c2'].map(name => rawNode({ name, zone: 'c', cordoned: true })),
      ...workload({ name: 'web', on: spreadOn(THREE, [3, 3, 0]), spread: [hard('web', { nodeTaintsPolicy: 'Honor' })] }),
    ]
    expect(groupOf(planFor(objects), 'web')).toMatchObject({ status: 'Balanced', reason: 'WithinMaxSkew' })
  })

  it('zone hard and hostname soft on 5/2/2 nodes that cannot both be met: no loop, nothing worse', () => {
    const sizes = { a: 5, b: 2, c: 2 }
    const objects = [
      ...zones(sizes),
      ...workload({ name: 'web', on: spreadOn(sizes, [4, 4, 4]), spread: [hard('web'), soft('web', { topologyKey: HOST })] }),
    ]
    const result = planFor(objects)
    expect(groupOf(result, 'web').skewAfter).toBeLessThanOrEqual(1)
    expect(groupOf(result, 'web', HOST).excessAfter).toBeLessThanOrEqual(groupOf(result, 'web', HOST).excess)
  })
})

describe('room', () => {
  it('a zone that came back with one small node takes what fits and no more', () => {
    const objects = [
      ...zones({ a: 3, b: 3 }),
      rawNode({ name: 'c0', zone: 'c', cpu: '2' }),
      ...workload({ name: 'web', on: spreadOn(THREE, [6, 6, 0]), spread: [hard('web')], cpu: '1' }),
    ]
    const result = planFor(objects)
    expect(countsAfter(groupOf(result, 'web'))).toEqual([5, 5, 2])
    expect(groupOf(result, 'web').reachableBound).toBeUndefined()
    expect(groupOf(result, 'web').blockers[0]?.reason).toBe('NoRoom')
  })

  it('two workloads competing for the last room: together they take no more than there is', () => {
    const objects = [
      ...zones({ a: 3, b: 3 }),
      rawNode({ name: 'c0', zone: 'c', cpu: '3' }),
      ...workload({ name: 'web', on: spreadOn(THREE, [4, 4, 0]), spread: [hard('web')], cpu: '1' }),
      ...workload({ name: 'api', on: spreadOn(THREE, [4, 4, 0]), spread: [hard('api')], cpu: '1' }),
    ]
    const result = planFor(objects)
    expect(result.evictions.filter(eviction => eviction.toDomain === 'c')).toHaveLength(3)
  })

  it('Pending pods of another workload take the room first', () => {
    const objects = [
      ...zones({ a: 1, b: 1 }, { cpu: '4' }),
      rawNode({ name: 'c0', zone: 'c', cpu: '3' }),
      ...workload({ name: 'web', on: ['a0', 'a0', 'a0', 'a0', 'b0', 'b0', 'b0', 'b0'], spread: [hard('web')], cpu: '1' }),
      ...workload({ name: 'batch', on: [undefined, undefined], cpu: '1' }),
    ]
    expect(planFor(objects).evictions).toHaveLength(1)
  })
})

it('a group that pods on their way will restore waits for them, and nothing stands in its way', () => {
  const objects = [...zones({ a: 1, c: 1 }, { cpu: '4' }), ...workload({ name: 'web', on: ['a0', 'a0', undefined], spread: [hard('web')] })]
  const result = planFor(objects)

  expect(result.evictions).toEqual([])
  expect(groupOf(result, 'web')).toMatchObject({ status: 'Held', reason: 'ReplacementPending', excess: 1, excessAfter: 0 })
})

describe('who is moved', () => {
  it('never a higher priority while a lower one serves; then not Ready, lower deletion cost, younger', () => {
    const objects = [
      ...zones(THREE),
      ...workload({
        name: 'web',
        on: spreadOn(THREE, [3, 1, 1]),
        spread: [hard('web')],
        pods: { 0: { spec: { priority: 100 } }, 1: { spec: { priority: 100 } }, 2: { spec: { priority: 5 } } },
      }),
    ]
    expect(planFor(objects).evictions.map(eviction => eviction.pod)).toEqual(['web-2'])
  })

  it('a pod that the selector counts but that does not carry the constraint is counted and pinned', () => {
    const objects = [
      ...zones(THREE),
      ...workload({ name: 'web', on: spreadOn(THREE, [1, 1, 1]), spread: [hard('web')] }),
      ...workload({ name: 'canary', labels: { app: 'web' }, on: ['a0', 'a1', 'a2'] }),
    ]
    const result = planFor(objects)
    expect(groupOf(result, 'web')).toMatchObject({ skew: 3, status: 'Violated' })
    expect(result.evictions.every(eviction => eviction.workload.name === 'web')).toBe(true)
  })

  it('a selector that does not match its own pods is named and left alone', () => {
    const objects = [...zones(THREE), ...workload({ name: 'web', on: spreadOn(THREE, [3, 0, 0]), spread: [hard('db')] })]
    expect(groupOf(planFor(objects), 'web')).toMatchObject({ reason: 'SelectorMissesOwnPods', planned: 0 })
  })

  it.each([
    { selector: 'null', labelSelector: undefined, message: /^its selector is null/ },
    { selector: 'empty', labelSelector: {}, message: /^its selector is empty/ },
    {
      selector: 'not valid',
      labelSelector: { matchExpressions: [{ key: 'app', operator: 'Foo', values: ['web'] }] },
      message: /^its selector is not valid, .* operator `Foo` is unknown/,
    },
  ])('a selector that is $selector counts nothing, and is told from the others', ({ labelSelector, message }) => {
    const spread = [{ ...hard('web'), labelSelector }]
    const objects = [...zones(THREE), ...workload({ name: 'web', on: spreadOn(THREE, [3, 0, 0]), spread })]
    expect(groupOf(planFor(objects), 'web')).toMatchObject({
      reason: 'SelectorCountsNothing',
      message: expect.stringMatching(message),
      planned: 0,
    })
  })
})

describe('budgets and vetoes', () => {
  it('no data on budgets: nothing is evicted', async () => {
    const { plan } = await import('./plan.ts')
    const { DEFAULT_POLICY } = await import('./policy.ts')
    const { createSchedulerModel } = await import('../scheduling/create-scheduler-model.ts')
    const { DEFAULT_PROFILES } = await import('../scheduling/profile.ts')
    const cluster = stateOf(zonal([6, 6, 0], hard('web')), ['PodDisruptionBudget'])
    const result = plan({ cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }, DEFAULT_POLICY, AT_REST)
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({ status: 'Blocked', reason: 'BudgetsUnknown' })
  })

  it.each([
    [
      'never allows',
      [budget('web', { maxUnavailable: 0 }, { disruptionsAllowed: 0, desiredHealthy: 12, expectedPods: 12, currentHealthy: 12 })],
      'BudgetNeverAllows',
    ],
    [
      'is one of two',
      [
        budget('web', { maxUnavailable: 1 }, {}),
        { ...budget('web', { maxUnavailable: 2 }, {}), metadata: { namespace: 'shop', name: 'other', uid: 'other' } },
      ],
      'SeveralBudgets',
    ],
  ])('a budget that %s blocks: %s', (_name, budgets, reason) => {
    const result = planFor([...zonal([6, 6, 0], hard('web')), ...budgets])
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({ status: 'Blocked', reason })
  })

  it.each([
    ['exhausted', {}, { reason: 'BudgetExhausted', message: 'budget web allows no disruption now' }],
    [
      'lagging',
      { observedGeneration: 0 },
      { reason: 'BudgetLagging', message: 'the controller of budget web has not seen its newest spec' },
    ],
    ['without one', { disruptionsAllowed: 1 }, undefined],
  ])('an eviction says what its budget has against it now: %s', (_case, status, waitsFor) => {
    const refuses = budget('web', { maxUnavailable: 1 }, { disruptionsAllowed: 0, desiredHealthy: 5, expectedPods: 6, ...status })
    const { evictions } = planFor([
      ...zones({ a: 3, b: 3, c: 3 }),
      ...workload({ name: 'web', on: spreadOn({ a: 3, b: 3 }, [3, 3]), spread: [hard('web')] }),
      refuses,
    ])
    expect(evictions.map(eviction => eviction.waitsFor)).toEqual([waitsFor, waitsFor])
  })

  it('an exhausted budget shortens the first wave, not the plan', () => {
    const exhausted = budget(
      'web',
      { maxUnavailable: 1 },
      { disruptionsAllowed: 0, desiredHealthy: 11, expectedPods: 12, currentHealthy: 11 },
    )
    const result = planFor([...zonal([6, 6, 0], hard('web')), exhausted])
    expect(result.evictions.map(eviction => eviction.wave)).toEqual([2, 3, 4, 5])
  })
})

describe('outages and holds', () => {
  const down = [...zones({ a: 3, b: 3 }), ...['c0', 'c1', 'c2'].map(name => rawNode({ name, zone: 'c', ready: false }))]

  it('a zone under outage holds every group it touches, violated or not; others go on', () => {
    const objects = [
      ...down,
      ...workload({ name: 'web', on: spreadOn(THREE, [6, 2, 0]), spread: [soft('web')] }),
      ...workload({ name: 'pinned', on: spreadOn(THREE, [4, 0, 0]), spread: [soft('pinned')], spec: { nodeSelector: { [ZONE]: 'a' } } }),
    ]
    const result = planFor(objects)
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({ status: 'Held', reason: 'DomainOutage' })
    expect(groupOf(result, 'pinned')).toMatchObject({ status: 'Balanced', reason: 'OneDomain' })
  })

  it('a zone within its hold-down counts and accepts no landing: the group waits', () => {
    const hold = { topologyKey: ZONE, domain: 'c', reason: 'DomainSettling', until: undefined, message: 'c came back 20 s ago' } as const
    const result = planFor(zonal([6, 6, 0], hard('web')), {}, { domainHolds: [hold] })
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({ status: 'Held', reason: 'DomainSettling', skew: 6 })
  })
})

describe('evictions in flight', () => {
  const flight = (pod: string): Situation['inFlight'][number] => ({
    namespace: 'shop',
    pod,
    uid: `pod-shop-${pod}`,
    node: 'a0',
    controllerUid: 'ReplicaSet-shop-web-1',
    workload: { kind: 'Deployment', name: 'web' },
    evictedAt: AT_REST.now,
    budgets: [],
    budgetShows: false,
    replacementUid: undefined,
  })

  it('a victim that the watch still shows alive is counted where its replacement will be, and not planned again', () => {
    const result = planFor(zonal([6, 6, 0], hard('web')), {}, { inFlight: [flight('web-0'), flight('web-6')] })
    expect(result.evictions).toHaveLength(2)
    expect(result.evictions.map(eviction => eviction.pod)).not.toContain('web-0')
    expect(countsAfter(groupOf(result, 'web'))).toEqual([4, 4, 4])
  })

  it('the next pod of a StatefulSet is counted where its own volume is, not where those of its siblings are', () => {
    const isVictim = (object: unknown): boolean => (object as { metadata: { uid: string } }).metadata.uid === 'pod-shop-db-2'
    const objects = [...zones({ a: 1, b: 1 }), ...withZonalVolumes(['a0', 'a0', 'b0'], [soft('db')])]
    const gone = { ...flight('db-2'), controllerUid: 'StatefulSet-shop-db', workload: { kind: 'StatefulSet', name: 'db' } }
    const result = planFor(
      objects.filter(object => !isVictim(object)),
      {},
      { inFlight: [gone] },
    )
    expect(countsAfter(groupOf(result, 'db'))).toEqual([2, 1])
  })

  it('what a pod that is gone asked for is read from the same sibling in whatever order the objects come', () => {
    const pods = Object.fromEntries(
      ['2', '100m'].map((cpu, index) => [index, { spec: { containers: [{ name: 'main', resources: { requests: { cpu } } }] } }]),
    )
    const objects = [
      ...zones({ a: 1 }),
      rawNode({ name: 'b0', zone: 'b', cpu: '1' }),
      ...workload({ name: 'web', on: ['a0', 'a0'], spread: [soft('web')], pods, annotations: { 'respread.io/evict': 'false' } }),
    ]
    const gone = { ...flight('web-9'), uid: 'gone' }
    const counts = (given: readonly unknown[]): readonly number[] => countsAfter(groupOf(planFor(given, {}, { inFlight: [gone] }), 'web'))
    expect(counts(objects.toReversed())).toEqual(counts(objects))
  })
})
