import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  AT_REST,
  budget,
  countsAfter,
  groupOf,
  hard,
  HOST,
  type NodeOptions,
  planFor,
  rawNode,
  soft,
  spreadOn,
  stateOf,
  workload,
  ZONE,
  zones,
} from '../../test/support/spread-world.ts'
import { withZonalVolumes } from '../../test/support/volumes.ts'
import { everyEnding } from '../../test/support/play-out.ts'
import { parseLabelSelector } from '../cluster/label-selector.ts'
import { createSchedulerModel } from '../scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILE, DEFAULT_PROFILES } from '../scheduling/profile.ts'
import { plan } from './plan.ts'
import type { Plan } from './plan-types.ts'
import { DEFAULT_POLICY } from './policy.ts'
import { stayingIn } from './standing.ts'

const THREE = { a: 3, b: 3, c: 3 }

const nameOf = (object: Record<string, unknown>): string => (object['metadata'] as { name: string }).name

/** The ReplicaSet of a workload as if it were nobody's, and its template given other labels since its pods were made. */
function relabelled(objects: readonly Record<string, unknown>[], labels: Readonly<Record<string, string>>): unknown[] {
  return objects.flatMap((object): unknown[] => {
    if (object['kind'] === 'Deployment') return []
    if (object['kind'] !== 'ReplicaSet') return [object]
    const { ownerReferences: _owner, ...metadata } = object['metadata'] as Record<string, unknown>
    const spec = object['spec'] as { template: object }
    return [{ ...object, metadata, spec: { ...spec, template: { ...spec.template, metadata: { labels } } } }]
  })
}

/** One workload over as many zones of three nodes as there are counts. */
function zonal(counts: readonly number[], constraint: Record<string, unknown>): unknown[] {
  const sizes = Object.fromEntries(counts.map((_, index) => ['abcde'[index] ?? '', 3]))
  return [...zones(sizes), ...workload({ name: 'web', on: spreadOn(sizes, counts), spread: [constraint] })]
}

describe('seen in the field: counts', () => {
  it.each<[readonly number[], number, number]>([
    [[0, 0, 4], 1, 2],
    [[5, 0, 0], 2, 2],
    [[0, 4, 4], 2, 2],
    [[0, 1, 5, 5, 5], 2, 3],
  ])('%j with maxSkew %i needs %i evictions', (counts, maxSkew, evictions) => {
    const result = planFor(zonal(counts, soft('web', { maxSkew })))
    const group = groupOf(result, 'web')
    expect(result.evictions).toHaveLength(evictions)
    expect(group).toMatchObject({ lowerBound: evictions, reachableBound: evictions, excessAfter: 0 })
    expect(group.skewAfter).toBeLessThanOrEqual(maxSkew)
  })

  // No score pulls a replacement into the emptiest of the zones that a hard maxSkew of 2 leaves it.
  it.each<[readonly number[], number]>([
    [[0, 1, 4], 2],
    [[5, 0, 0], 2],
  ])('%j with a hard maxSkew of %i is within it wherever the replacements land, with no more evictions than planned', (counts, maxSkew) => {
    const objects = zonal(counts, hard('web', { maxSkew }))
    const planned = planFor(objects)
    expect(groupOf(planned, 'web').skewAfter).toBeLessThanOrEqual(maxSkew)
    expect(planned.evictions.every(({ certainty }) => certainty === 'certain')).toBe(true)
    const endings = everyEnding(objects)
    expect(endings.length).toBeGreaterThan(1)
    for (const { evictions, plan: last } of endings) {
      expect(evictions.length).toBeLessThanOrEqual(planned.evictions.length)
      expect(groupOf(last, 'web')).toMatchObject({ excess: 0 })
    }
  })
})

describe('seen in the field: what stands in the way', () => {
  const cordonedC = ['c0', 'c1', 'c2'].map(name => rawNode({ name, zone: 'c', cordoned: true }))
  const onCordonedC = (counts: readonly number[], constraint: Record<string, unknown>): unknown[] => [
    ...zones({ a: 3, b: 3 }),
    ...cordonedC,
    ...workload({ name: 'web', on: spreadOn(THREE, counts), spread: [constraint] }),
  ]
  const DEADLOCK = `drain deadlock: ${ZONE}=c counts (nodeTaintsPolicy Ignore) though its 3 nodes are cordoned, so replacements stay Pending until it is uncordoned or gone`

  it('a cordoned zone under Ignore: no eviction, since the replacement would stay Pending, and the drain deadlock is named', () => {
    const result = planFor(onCordonedC([3, 3, 0], hard('web')))
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({ status: 'Blocked', skew: 3, reason: 'CordonedDomain', message: DEADLOCK })
  })

  it('a drain that has come to a halt under Ignore: within maxSkew, and named all the same', () => {
    const stuck = planFor(onCordonedC([2, 2, 1], hard('web')))
    expect(groupOf(stuck, 'web')).toMatchObject({ status: 'Balanced', skew: 1, reason: 'CordonedDomain', message: DEADLOCK })
    const begun = planFor(onCordonedC([2, 2, 2], hard('web')))
    expect(groupOf(begun, 'web')).toMatchObject({ status: 'Balanced', skew: 0, reason: 'WithinMaxSkew' })
  })

  it('a cordoned zone under Honor is no domain: no eviction, and nothing in the way of the drain', () => {
    const result = planFor(onCordonedC([3, 3, 0], hard('web', { nodeTaintsPolicy: 'Honor' })))
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({ status: 'Balanced', skew: 0, reason: 'WithinMaxSkew' })
  })

  it.each([
    [[3, 3, 0], 'Blocked'],
    [[1, 1, 1], 'Balanced'],
  ])('a cordoned zone under Honor that leaves fewer domains than minDomains, %j: the drain deadlock is named', (counts, status) => {
    const result = planFor(onCordonedC(counts, hard('web', { nodeTaintsPolicy: 'Honor', minDomains: 3 })))
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({
      status,
      reason: 'BelowMinDomains',
      message: `drain deadlock: ${ZONE} has 2 domains and minDomains is 3, so each may hold 1 at most; c counts again (nodeTaintsPolicy Honor) once uncordoned`,
    })
  })

  it('a zone whose cordon shows as no taint yet counts under Honor too', () => {
    const bare = ['c0', 'c1', 'c2'].map(name => ({ ...rawNode({ name, zone: 'c' }), spec: { unschedulable: true } }))
    const spread = [hard('web', { nodeTaintsPolicy: 'Honor' })]
    const result = planFor([...zones({ a: 3, b: 3 }), ...bare, ...workload({ name: 'web', on: spreadOn(THREE, [3, 3, 0]), spread })])
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({
      reason: 'CordonedDomain',
      message: expect.stringContaining('counts (the taint of the cordon is not there yet)'),
    })
  })

  const withSmallC = (node: Partial<Parameters<typeof rawNode>[0]>, more: Partial<Parameters<typeof workload>[0]>): unknown[] => [
    ...zones({ a: 3, b: 3 }),
    rawNode({ name: 'c0', zone: 'c', ...node }),
    ...workload({ name: 'web', on: spreadOn(THREE, [6, 6, 0]), spread: [hard('web')], ...more }),
  ]

  it('a zone that came back with one small node takes what fits, and how much room is missing where is said', () => {
    const group = groupOf(planFor(withSmallC({ cpu: '2500m' }, { cpu: '1' })), 'web')
    expect(countsAfter(group)).toEqual([5, 5, 2])
    expect(group).toMatchObject({ planned: 2, reachableBound: undefined, skewAfter: 3 })
    expect(group.blockers).toEqual([
      { reason: 'NoRoom', pods: 10, message: 'c lacks 2 CPU for 2 more pods of 1 CPU (most free on one node: 500m)' },
    ])
  })

  it.each<[string, Parameters<typeof withSmallC>, string]>([
    ['CPU', [{ cpu: '0' }, { cpu: '500m' }], 'c lacks 2 CPU for 4 more pods of 500m (most free on one node: 0)'],
    ['memory', [{ memory: '100Mi' }, {}], 'c lacks 192Mi memory for 3 more pods of 64Mi (most free on one node: 36Mi)'],
    [
      'both',
      [{ cpu: '100m', memory: '32Mi' }, { cpu: '500m' }],
      'c lacks 2 CPU and 256Mi memory for 4 more pods of 500m and 64Mi (most free on one node: 100m and 32Mi)',
    ],
    ['pod slots', [{ pods: 1 }, {}], 'c lacks 3 pod slots for 3 more pods'],
  ])('what it lacks may be %s', (_what, [node, more], message) => {
    expect(groupOf(planFor(withSmallC(node, more)), 'web').blockers[0]).toMatchObject({ reason: 'NoRoom', message })
  })

  it('also zones that have taken what they could and need more are short of room', () => {
    const objects = [
      ...zones({ a: 3, b: 3 }),
      rawNode({ name: 'c0', zone: 'c', pods: 1 }),
      rawNode({ name: 'd0', zone: 'd', pods: 2 }),
      ...workload({ name: 'web', on: spreadOn(THREE, [6, 6]), spread: [hard('web')] }),
    ]
    const group = groupOf(planFor(objects), 'web')
    expect(countsAfter(group)).toEqual([4, 5, 1, 2])
    expect(group.blockers[0]).toMatchObject({
      reason: 'NoRoom',
      message: 'c lacks 2 pod slots for 2 more pods; d lacks 1 pod slot for 1 more pod',
    })
    // Where d has room left it is not short of any.
    const roomy = objects.with(7, rawNode({ name: 'd0', zone: 'd' }))
    expect(groupOf(planFor(roomy), 'web').blockers[0]?.message).toMatch(/^c lacks [^;]*$/)
  })

  it('nodes that lack different things have no room together', () => {
    const objects = [
      ...withSmallC({ cpu: '100m' }, { cpu: '500m' }),
      rawNode({ name: 'c1', zone: 'c', memory: '32Mi' }),
      rawNode({ name: 'c2', zone: 'c', cordoned: true }),
    ]
    expect(groupOf(planFor(objects), 'web')).toMatchObject({
      reason: 'NoRoom',
      message: 'no node of c has 500m CPU and 64Mi memory free together, which 4 more pods need, where only 2 of 3 nodes would have them',
    })
  })

  it('host ports are room too', () => {
    const ports = { containers: [{ name: 'main', image: 'main', ports: [{ containerPort: 80, hostPort: 80 }] }] }
    const objects = [
      ...zones({ a: 3, b: 3, c: 1 }),
      ...workload({ name: 'web', on: ['a0', 'a1', 'a2', 'b0', 'b1', 'b2'], spread: [hard('web')], spec: ports }),
      ...workload({ name: 'other', on: ['c0'], spec: ports }),
    ]
    expect(groupOf(planFor(objects), 'web').blockers[0]).toMatchObject({
      reason: 'NoRoom',
      message: "c: node(s) didn't have free ports for the requested pod ports, as on c0",
    })
  })

  it('zones that are empty for different reasons are each named', () => {
    const objects = [
      ...zones({ a: 3, b: 3 }),
      ...cordonedC,
      rawNode({ name: 'd0', zone: 'd', cpu: '1' }),
      ...workload({ name: 'web', on: spreadOn(THREE, [6, 6, 0]), spread: [hard('web')], cpu: '2' }),
    ]
    const { message } = groupOf(planFor(objects), 'web')
    expect(message).toContain(`${ZONE}=c counts (nodeTaintsPolicy Ignore)`)
    expect(message).toContain('; d lacks ')
  })

  // Four pods a zone leave a host of zone a empty while those of b and c hold two: whatever mends the one breaks the other.
  it.each([
    [[4, 4, 4], 0],
    [[6, 3, 3], 2],
    [[5, 5, 2], 5],
    [[8, 2, 2], 5],
  ])('zone hard and hostname soft on 5, 2 and 2 nodes, which cannot both be met, %j: it stops after %i at most', (counts, most) => {
    const sizes = { a: 5, b: 2, c: 2 }
    const spread = [hard('web'), soft('web', { topologyKey: HOST })]
    const objects = [...zones(sizes), ...workload({ name: 'web', on: spreadOn(sizes, counts), spread })]
    const planned = planFor(objects)
    const zone = groupOf(planned, 'web')
    for (const ending of everyEnding(objects)) {
      expect(ending.evictions.length).toBeLessThanOrEqual(most)
      expect(groupOf(ending.plan, 'web').excess).toBeLessThanOrEqual(Math.min(1, zone.excess))
    }
  })

  it('two workloads competing for the last room take what there is, and no more', () => {
    const objects = [
      ...zones({ a: 3, b: 3 }),
      rawNode({ name: 'c0', zone: 'c', cpu: '3' }),
      ...['web', 'api'].flatMap(name => workload({ name, on: spreadOn(THREE, [4, 4, 0]), spread: [hard(name)], cpu: '1' })),
    ]
    const result = planFor(objects)
    expect(result.evictions.filter(({ toDomain }) => toDomain === 'c')).toHaveLength(3)
    expect(result.evictions).toHaveLength(3)
    const left = ['web', 'api'].flatMap(name => groupOf(result, name).blockers)
    expect(left.filter(({ reason }) => reason === 'NoRoom').map(({ message }) => message.slice(0, 13))).toContain('c lacks 1 CPU')
  })

  it.each([
    ['about to be removed', { key: 'ToBeDeletedByClusterAutoscaler', value: '1', effect: 'NoSchedule' }],
    ['that its pods tolerate for a minute only', { key: 'spare', value: '', effect: 'NoExecute' }],
  ])('a node %s is no place to land on, and is named where the scheduler may choose it', (_what, taint) => {
    const result = planFor([
      ...zones({ a: 1, b: 1 }),
      rawNode({ name: 'c0', zone: 'c', taints: [taint] }),
      rawNode({ name: 'c1', zone: 'c' }),
      ...workload({
        name: 'web',
        on: ['a0', 'a0', 'b0', 'b0'],
        spread: [hard('web')],
        spec: {
          tolerations: [
            { operator: 'Exists', effect: 'NoSchedule' },
            { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 },
          ],
        },
      }),
    ])
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({
      reason: 'LandingOpen',
      message: 'the replacement may land on c0, where it could not stay',
    })
  })

  it('whoever needs the room that another workload leaves does not go before it, be the budget of that one exhausted', () => {
    const result = planFor([
      ...zones({ a: 1 }, { pods: 2 }),
      ...zones({ b: 1 }),
      ...workload({ name: 'api', on: ['a0', 'a0'], spread: [hard('api', { topologyKey: HOST })] }),
      budget('api', { maxUnavailable: 1 }, { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 2 }),
      ...workload({ name: 'web', on: ['b0', 'b0'], spread: [hard('web')] }),
    ])
    const order = result.evictions.map(({ workload: { name }, node, toNode, wave }) => `${wave} ${name} ${node} -> ${toNode}`)
    expect(order).toEqual(['2 api a0 -> b0', '3 web b0 -> a0'])
  })

  describe('whoever takes the place that another workload leaves', () => {
    /** The pods of api and web leave zones a and b for each other; web's replacement finds room in a only where api's pod has been, or on a1. */
    const planWith = (options: Partial<NodeOptions>, waiting: unknown[] = []): Plan =>
      planFor([
        rawNode({ name: 'a0', zone: 'a', pods: 2 }),
        rawNode({ name: 'a1', zone: 'a', ...options }),
        ...zones({ b: 1, c: 1 }),
        ...workload({ name: 'api', on: ['a0', 'a0'], spread: [hard('api')] }),
        ...workload({ name: 'web', on: ['b0', 'b0', 'c0'], spread: [soft('web')] }),
        ...waiting,
      ])
    const wavesWith = (...given: Parameters<typeof planWith>): readonly string[] =>
      planWith(...given).evictions.map(({ workload: { name }, toDomain, wave }) => `${wave} ${name} -> ${toDomain}`)

    it('goes once that one is gone: until then its room is taken, and the replacement would land elsewhere', () => {
      expect(wavesWith({ cordoned: true })).toEqual(['1 api -> b', '2 web -> a'])
    })

    it('goes with it where the zone has room besides', () => {
      expect(wavesWith({})).toEqual(['1 api -> b', '1 web -> a'])
    })

    describe('while a Pending pod waits for room in its zone', () => {
      const batch = workload({ name: 'batch', on: [undefined], spec: { nodeSelector: { [ZONE]: 'a' } } })

      it('does not go: that one is first', () => {
        expect(wavesWith({ cordoned: true }, batch)).toEqual(['1 api -> b'])
        expect(groupOf(planWith({ cordoned: true }, batch), 'web')).toMatchObject({
          reason: 'NoLanding',
          message: 'what others leave on a0, where the replacement would land, goes to shop/batch-0, which waits for it',
        })
      })

      it('goes where that one has room as things are', () => {
        expect(wavesWith({ pods: 1 }, batch)).toEqual(['1 api -> b', '2 web -> a'])
      })
    })
  })

  describe('whoever is drawn by affinity to where others go', () => {
    const drawn = (topologyKey: string, annotations = {}): unknown[] => {
      const podAffinityTerm = { topologyKey, labelSelector: { matchLabels: { app: 'cache' } } }
      const affinity = { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 30, podAffinityTerm }] } }
      return [
        ...zones(THREE),
        ...workload({ name: 'web', on: spreadOn(THREE, [5, 4, 0]), spread: [hard('web')], spec: { affinity }, annotations }),
        ...workload({ name: 'cache', on: spreadOn(THREE, [3, 3, 0]), spread: [soft('cache')] }),
      ]
    }
    const wavesIn = (objects: unknown[]): string[] => planFor(objects).evictions.map(({ workload: { name }, wave }) => `${wave} ${name}`)

    it('does not go before they are there: until then its replacement may land anywhere', () => {
      expect(wavesIn(drawn(ZONE))).toEqual(['1 web', '2 web', '3 web', '4 cache', '5 cache'])
      // Where they stay, so does it.
      expect(wavesIn(drawn(ZONE, { 'respread.io/evict': 'false' }))).toEqual([])
    })

    it('need not wait for those of its own workload that it keeps away from: all of them want to go where the fewest are', () => {
      const podAffinityTerm = { topologyKey: ZONE, labelSelector: { matchLabels: { app: 'web' } } }
      const affinity = { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 30, podAffinityTerm }] } }
      const objects = [
        ...zones(THREE),
        ...workload({ name: 'web', on: spreadOn(THREE, [6, 6, 0]), spread: [soft('web')], spec: { affinity } }),
        budget('web', { maxUnavailable: 4 }, { disruptionsAllowed: 4 }),
      ]
      expect(wavesIn(objects)).toEqual(['1 web', '1 web', '1 web', '1 web'])
    })

    it('need not wait where only the hosts of a zone are told apart', () => {
      expect(wavesIn(drawn(HOST))).toEqual(['1 web', '1 cache', '2 web', '2 cache', '3 web'])
    })
  })

  it('whose next pod has other labels than it has does not go before those that these labels are counted with', () => {
    const team = { team: 'shop' }
    const notInA = { key: ZONE, operator: 'NotIn', values: ['a'] }
    const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [notInA] }] } }
    const db = workload({
      name: 'db',
      on: ['c0', 'c0', 'c0', 'c0'],
      spread: [hard('db', { maxSkew: 2 })],
      spec: { affinity: { nodeAffinity: required } },
    })
    const { evictions } = planFor([
      ...zones({ a: 1, b: 1, c: 1 }),
      ...workload({ name: 'api', labels: team, on: ['c0', 'c0', 'c0'], spread: [hard('', { labelSelector: { matchLabels: team } })] }),
      ...relabelled(db, { app: 'db', ...team }),
    ])
    // Beside one pod of each zone there is room for one more, and not while c has two.
    expect(evictions.map(({ pod, toDomain }) => `${pod} to ${toDomain}`)).toEqual(['api-0 to a', 'api-1 to b', 'db-0 to b'])
  })

  it('Pending pods of another workload waiting for the same room take it first', () => {
    const objects = (waiting: readonly undefined[]): unknown[] => [
      ...zones({ a: 1, b: 1 }, { cpu: '4' }),
      rawNode({ name: 'c0', zone: 'c', cpu: '3' }),
      ...workload({ name: 'web', on: ['a0', 'a0', 'a0', 'a0', 'b0', 'b0', 'b0', 'b0'], spread: [hard('web')], cpu: '1' }),
      ...workload({ name: 'batch', on: waiting, cpu: '1' }),
    ]
    expect(planFor(objects([])).evictions).toHaveLength(2)
    expect(planFor(objects([undefined, undefined])).evictions).toHaveLength(1)
    expect(planFor(objects([undefined, undefined, undefined])).evictions).toEqual([])
  })

  describe('who else is to have the room that a zone lacks is named', () => {
    const LACK = 'c lacks 2 CPU for 2 more pods of 1 CPU (most free on one node: 0)'
    const PORT = { name: 'main', image: 'main', ports: [{ containerPort: 80, hostPort: 80 }] }
    const pending = (name: string, pods: number, more: Partial<Parameters<typeof workload>[0]> = {}): Record<string, unknown>[] =>
      workload({ name, on: Array.from({ length: pods }, () => undefined), cpu: '1', ...more })
    const promisedC = (object: Record<string, unknown>): unknown =>
      object['kind'] === 'Pod' ? { ...object, status: { phase: 'Pending', nominatedNodeName: 'c0' } } : object
    const inC = (pods: number, more: Partial<Parameters<typeof workload>[0]> = {}): unknown[] =>
      workload({ name: 'filler', on: Array.from({ length: pods }, () => 'c0'), cpu: '1', ...more })

    it.each<[string, readonly unknown[], string]>([
      [
        'those that are about to be placed',
        pending('batch', 3),
        `${LACK}, with 3 Pending pods of Deployment batch to be placed there first`,
      ],
      [
        'those of another namespace',
        pending('batch', 3, { namespace: 'nightly' }),
        `${LACK}, with 3 Pending pods of Deployment batch in nightly to be placed there first`,
      ],
      [
        'those that find none either',
        [...inC(3), ...pending('batch', 2)],
        `${LACK}, with 2 Pending pods of Deployment batch waiting for room there too`,
      ],
      [
        'both',
        [...inC(2), ...pending('cron', 1), ...pending('batch', 2, { cpu: '2' })],
        `${LACK}, with 1 Pending pod of Deployment cron to be placed there first and 2 Pending pods of Deployment batch waiting for room there too`,
      ],
      [
        'the workloads with most pods',
        [...inC(3), ...['j', 'k', 'l', 'm', 'n'].flatMap((name, index) => pending(name, 1 + index))],
        `${LACK}, with 5 Pending pods of Deployment n, 4 Pending pods of Deployment m, 3 Pending pods of Deployment l and those of 2 other workloads waiting for room there too`,
      ],
      [
        'one that preemption has promised a node, until it can go there',
        [
          ...inC(1, { spec: { containers: [PORT] } }),
          ...pending('big', 1, { cpu: '3', spec: { priority: 9, containers: [{ ...PORT, resources: { requests: { cpu: '3' } } }] } }).map(
            promisedC,
          ),
        ],
        'c: Insufficient cpu, as on c0, with 1 Pending pod of Deployment big to be placed there first',
      ],
      ['and nobody who wants to go elsewhere', [...inC(3), ...pending('batch', 2, { spec: { nodeSelector: { [ZONE]: 'b' } } })], LACK],
    ])('%s', (_who, others, message) => {
      const result = planFor([
        ...zones({ a: 1, b: 1 }, { cpu: '4' }),
        rawNode({ name: 'c0', zone: 'c', cpu: '3' }),
        ...workload({ name: 'web', on: ['a0', 'a0', 'a0', 'a0', 'b0', 'b0', 'b0', 'b0'], spread: [hard('web')], cpu: '1' }),
        ...others,
      ])
      expect(groupOf(result, 'web')).toMatchObject({ status: 'Blocked', reason: 'NoRoom', message })
    })

    it('what an eviction in flight has yet to bring', () => {
      const inFlight = {
        namespace: 'shop',
        pod: 'api-9',
        uid: 'pod-shop-api-9',
        node: 'a0',
        controllerUid: 'ReplicaSet-shop-api-1',
        workload: { kind: 'Deployment', name: 'api' },
        evictedAt: AT_REST.now,
        budgets: [],
        budgetShows: true,
        replacementUid: undefined,
      }
      const objects = [
        ...zones({ a: 1 }, { cpu: '4' }),
        rawNode({ name: 'c0', zone: 'c', cpu: '2' }),
        ...workload({ name: 'web', on: ['a0', 'a0'], spread: [hard('web')], cpu: '1' }),
        ...workload({ name: 'api', on: ['a0'], replicas: 2, cpu: '2' }),
      ]
      expect(groupOf(planFor(objects), 'web')).toMatchObject({ planned: 1, excessAfter: 0 })
      expect(groupOf(planFor(objects, {}, { inFlight: [inFlight] }), 'web')).toMatchObject({
        reason: 'NoRoom',
        message:
          'c lacks 1 CPU for 1 more pod of 1 CPU (most free on one node: 0), with 1 replacement of Deployment api to be placed there first',
      })
    })
  })

  it('[3,3] with maxSkew 2 and minDomains 3: too few domains are named', () => {
    const spread = [hard('web', { maxSkew: 2, minDomains: 3 })]
    const result = planFor([...zones({ a: 3, b: 3 }), ...workload({ name: 'web', on: spreadOn(THREE, [3, 3]), spread })])
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({
      status: 'Blocked',
      reason: 'BelowMinDomains',
      message: `${ZONE} has 2 domains and minDomains is 3, so each may hold 2 at most`,
    })
  })

  it('a zonal volume pins a pod for zones', () => {
    const objects = [...zones(THREE), ...withZonalVolumes(['a0', 'a1', 'a2'], [hard('db')])]
    const result = planFor(objects)
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'db')).toMatchObject({ status: 'Blocked', reason: 'VolumePinned' })
  })

  it.each(['PersistentVolumeClaim', 'PersistentVolume'])('without data on %ss nobody can tell where the next pod can run', kind => {
    const objects = [...zones(THREE), ...withZonalVolumes(['a0', 'a1', 'a2'], [hard('db')])]
    const left = objects.filter(object => (object as { kind: string }).kind !== kind)
    const cluster = stateOf(left, [kind])
    const result = plan({ cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }, DEFAULT_POLICY, AT_REST)
    expect(groupOf(result, 'db')).toMatchObject({
      status: 'Blocked',
      reason: 'CannotPredict',
      message: `${kind}s are not in the data, so which nodes its volumes can be reached from cannot be told`,
    })
  })

  describe('pods whose next ones nobody can predict', () => {
    const ungated = (index: number): [number, { spec: Record<string, unknown> }] => [index, { spec: { schedulingGates: [] } }]
    const pods = Object.fromEntries(Array.from({ length: 12 }, (_, index) => ungated(index)))

    it.each([
      ['another scheduler', { schedulerName: 'other' }],
      ['a scheduling gate', { schedulingGates: [{ name: 'example.com/quota' }] }],
      ['resource claims', { resourceClaims: [{ name: 'gpu' }] }],
    ])('for %s are within reach of no number of evictions', (_why, spec) => {
      const group = groupOf(
        planFor([...zones(THREE), ...workload({ name: 'web', on: spreadOn(THREE, [6, 6, 0]), spread: [hard('web')], spec, pods })]),
        'web',
      )
      expect(group).toMatchObject({ status: 'Blocked', reason: 'CannotPredict', lowerBound: 4, reachableBound: undefined, reach: 'beyond' })
    })

    it('stay where they are in the bound, whoever else of the group moves', () => {
      const shared = { labels: { app: 'web' }, spread: [hard('web')] }
      const group = groupOf(
        planFor([
          ...zones(THREE),
          ...workload({ name: 'stable', on: ['a0', 'b0', 'b1', 'b2'], ...shared }),
          ...workload({ name: 'other', on: ['a0', 'a1', 'a1', 'a2', 'a2'], spec: { schedulerName: 'other' }, ...shared }),
        ]),
        'other',
      )
      expect(group).toMatchObject({ planned: 2, lowerBound: 3, reachableBound: undefined, reach: 'beyond' })
      expect(countsAfter(group)).toEqual([5, 2, 2])
      expect(group.blockers).toMatchObject([{ reason: 'CannotPredict', pods: 5 }])
    })

    it('are not told so in the middle of a rollout, which may make others of them', () => {
      const workloadStatus = {
        spec: { updateStrategy: { type: 'RollingUpdate' } },
        status: { currentRevision: 'db-1', updateRevision: 'db-2' },
      }
      const rolling = workload({
        name: 'db',
        kind: 'StatefulSet',
        on: spreadOn(THREE, [3, 3, 0]),
        spread: [hard('db')],
        spec: { schedulerName: 'other' },
        workload: workloadStatus,
      })
      expect(groupOf(planFor([...zones(THREE), ...rolling]), 'db')).toMatchObject({ status: 'Held', reason: 'RollingOut' })
    })
  })

  describe('a StatefulSet that makes its pods in order', () => {
    const unready = (podManagementPolicy: string, replicas = 4): Parameters<typeof workload>[0] => ({
      name: 'db',
      kind: 'StatefulSet',
      on: ['a0', 'a1', 'b0', 'b1'],
      replicas,
      spread: [hard('db')],
      workload: { spec: { podManagementPolicy } },
      pods: { 1: { ready: false } },
    })

    it('makes no pod again while one of a lower ordinal is not Ready: of those above it none is moved', () => {
      const result = planFor([...zones(THREE), ...workload(unready('OrderedReady'))])
      expect(result.evictions.map(({ pod }) => pod)).toEqual(['db-1'])
      const stuck = workload({
        ...unready('OrderedReady'),
        pods: { 0: { ready: false, metadata: { annotations: { 'respread.io/evict': 'false' } } } },
      })
      expect(groupOf(planFor([...zones(THREE), ...stuck]), 'db')).toMatchObject({
        status: 'Held',
        reason: 'OrdinalNotReady',
        message: 'StatefulSet db makes its pods in order, and db-0 is not Ready',
      })
    })

    it('makes them when they are gone where it need not keep the order', () => {
      const stuck = { 0: { ready: false, metadata: { annotations: { 'respread.io/evict': 'false' } } } }
      const result = planFor([...zones(THREE), ...workload({ ...unready('Parallel'), pods: stuck })])
      expect(result.evictions.map(({ pod }) => pod)).toEqual(['db-1'])
    })

    it('begins with the ordinal that it is told to begin with', () => {
      const spec = { podManagementPolicy: 'OrderedReady', ordinals: { start: 2 } }
      const above = workload({ ...unready('OrderedReady'), workload: { spec }, pods: {} }).filter(
        object => !/db-[01]$/.test(nameOf(object)),
      )
      const result = planFor([
        ...zones(THREE),
        ...above,
        ...workload({ name: 'other', labels: { app: 'db' }, on: ['b2'], spread: [hard('db')] }),
      ])
      expect(result.evictions.map(({ pod }) => pod).filter(pod => pod.startsWith('db'))).toEqual(['db-2', 'db-3'])
    })
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

  describe('of replicas whose labels differ by the zone that the API server has copied onto them, those of one zone stay', () => {
    const objects = [...zones(THREE), ...workload({ name: 'web', on: ['a0', 'b0', 'a1', 'b1', 'a2', 'b2'], spread: [hard('web')] })]
    const inZone = (zone: string) => ({ matchLabels: { app: 'web', [ZONE]: zone } })

    it.each(['a', 'b'])('under a budget for zone %s that allows none', zone => {
      const ofZone = budget('web', { selector: inZone(zone), maxUnavailable: 0 }, { disruptionsAllowed: 0 })
      const result = planFor([...objects, ofZone])
      expect(result.evictions).toMatchObject([{ fromDomain: zone === 'a' ? 'b' : 'a', toDomain: 'c' }])
      expect(groupOf(result, 'web').blockers).toContainEqual(expect.objectContaining({ reason: 'BudgetNeverAllows', pods: 3 }))
    })

    it.each(['a', 'b'])('where the configuration selects pods of zone %s', zone => {
      const result = planFor(objects, { podSelector: parseLabelSelector(inZone(zone)) })
      expect(result.evictions).toMatchObject([{ fromDomain: zone, toDomain: 'c' }])
    })
  })

  describe('of workloads that share a constraint and ask for different amounts', () => {
    const team = { labels: { team: 'shop' } }
    const shared = hard('', { labelSelector: { matchLabels: team.labels } })
    const nodes = [...zones({ a: 1, b: 1 }), rawNode({ name: 'c0', zone: 'c', cpu: '1' })]
    const sharing = (big: readonly string[], small: readonly string[]): unknown[] => [
      ...nodes,
      ...workload({ ...team, name: 'big', on: big, spread: [shared], cpu: '2' }),
      ...workload({ ...team, name: 'small', on: small, spread: [shared] }),
    ]

    it('a zone accepts pods and can be reached if it has room for the small ones', () => {
      const group = groupOf(planFor(sharing(['a0', 'b0'], ['a0', 'a0', 'b0'])), 'small')
      expect(group).toMatchObject({ planned: 1, excessAfter: 0, reachableBound: 1 })
      expect(group.domains.map(({ acceptsPods }) => acceptsPods)).toEqual([true, true, true])
    })

    it('those that are too large are told so, and they alone', () => {
      const result = planFor(sharing(['a0', 'a0', 'a0'], ['b0', 'b0', 'b0']))
      const group = groupOf(result, 'big')
      expect(result.evictions).toMatchObject([{ pod: 'small-0', toDomain: 'c' }])
      expect(group).toMatchObject({ excessAfter: 1, blockers: [{ reason: 'NoRoom', pods: 3 }] })
      expect(stayingIn(result, group)).toMatchObject([
        { reason: 'NoRoom', pods: ['big-0', 'big-1', 'big-2'] },
        { reason: 'NotNeeded', pods: ['small-1', 'small-2'] },
      ])
    })
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

  it('of workloads that share a soft constraint each counts the zones that would have its own pods, whatever they are called', () => {
    const gpu = { key: 'gpu', value: 'yes', effect: 'NoSchedule' }
    const withGpuZone = [...zones({ a: 1, b: 1 }), ...zones({ c: 1 }, { taints: [gpu] })]
    for (const [tolerant, other] of [
      ['alpha', 'beta'],
      ['beta', 'alpha'],
    ] as const) {
      const shared = { labels: { app: 'web' }, on: ['a0', 'b0', 'a0', 'b0'], spread: [soft('web')] }
      const result = planFor([
        ...withGpuZone,
        ...workload({ ...shared, name: tolerant, spec: { tolerations: [{ key: 'gpu', operator: 'Exists' }] } }),
        ...workload({ ...shared, name: other }),
      ])
      expect(groupOf(result, tolerant)).toMatchObject({ skew: 4, planned: 2 })
      expect(groupOf(result, other)).toMatchObject({ skew: 0, reason: 'WithinMaxSkew' })
      expect(result.evictions.map(({ workload: { name } }) => name)).toEqual([tolerant, tolerant])
    }
  })

  it('a node counts for a soft constraint if it has the keys of all soft ones of the pod, those of its siblings with fewer aside', () => {
    const racks = zones({ a: 1, b: 1 }, { labels: { rack: 'r1' } })
    const shared = { labels: { app: 'web' }, on: ['a0', 'b0', 'a0', 'b0'] }
    const result = planFor([
      ...racks,
      ...zones({ c: 1 }),
      ...workload({ ...shared, name: 'first', spread: [soft('web'), soft('web', { topologyKey: 'rack' })] }),
      ...workload({ ...shared, name: 'second', spread: [soft('web')] }),
    ])
    expect(groupOf(result, 'first').domains.map(({ name }) => name)).toEqual(['a', 'b'])
    expect(groupOf(result, 'second').domains.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    expect(result.evictions.map(({ workload: { name }, toDomain }) => `${name} to ${toDomain}`)).toEqual(['second to c', 'second to c'])
  })

  it('a zone whose nodes lack the key of a hard constraint is none for the soft ones beside it', () => {
    const result = planFor([
      ...zones({ a: 1, b: 1 }, { labels: { rack: 'r1' } }),
      ...zones({ c: 1 }),
      ...workload({ name: 'web', on: ['a0', 'a0', 'b0', 'b0'], spread: [soft('web'), hard('web', { topologyKey: 'rack' })] }),
    ])
    expect(groupOf(result, 'web')).toMatchObject({ status: 'Balanced', domains: [{ name: 'a' }, { name: 'b' }] })
  })

  it('so it is where both are cluster defaults', () => {
    const defaults = { minDomains: undefined, matchLabelKeys: [], nodeAffinityPolicy: 'Honor', nodeTaintsPolicy: 'Ignore' } as const
    const constraints = [
      { ...defaults, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', maxSkew: 5 },
      { ...defaults, topologyKey: HOST, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 1 },
    ] as const
    const cluster = stateOf([
      ...zones({ a: 1, b: 1 }),
      rawNode({ name: 'edge' }),
      ...workload({ name: 'web', on: ['a0', 'a0', 'b0', 'b0'], spread: [] }),
    ])
    const profile = { ...DEFAULT_PROFILE, defaultConstraints: { type: 'List', constraints } } as const
    const model = createSchedulerModel(cluster, new Map([[profile.schedulerName, profile]]))
    const result = plan({ cluster, model }, DEFAULT_POLICY, AT_REST)
    expect(groupOf(result, 'web', HOST, 'default')).toMatchObject({ excess: 0, domains: [{ name: 'a0' }, { name: 'b0' }] })
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

  it("a selector that also matches another workload's pods counts them, pins them and names them", () => {
    const objects = (ofOthers: readonly string[]): unknown[] => [
      ...zones(THREE),
      ...workload({ name: 'web', labels: { tier: 'front' }, on: spreadOn(THREE, [2, 2, 2]), spread: [hard('web')] }),
      ...workload({ name: 'job', labels: { app: 'web' }, on: ofOthers }),
      ...workload({ name: 'cron', labels: { app: 'web' }, on: ofOthers }),
    ]
    const mended = planFor(objects(['a0']))
    expect(groupOf(mended, 'web')).toMatchObject({
      members: 6,
      skew: 2,
      excessAfter: 0,
      alsoCounted: [
        { workload: { kind: 'Deployment', name: 'cron' }, pods: 1 },
        { workload: { kind: 'Deployment', name: 'job' }, pods: 1 },
      ],
    })
    expect(mended.evictions.map(({ workload: { name }, fromDomain }) => `${name} from ${fromDomain}`)).toEqual(['web from a'])

    // Six of others in a: web can make it [6,3,3] and no better.
    const group = groupOf(planFor(objects(['a0', 'a1', 'a2'])), 'web')
    expect(group).toMatchObject({ planned: 2, skewAfter: 3, reachableBound: undefined })
    expect(group.blockers[0]).toEqual({
      reason: 'CountedOnly',
      pods: 6,
      message:
        'the selector also counts 3 pods of Deployment cron and 3 pods of Deployment job above the minimum, which do not carry the constraint',
    })
  })

  it('a soft constraint over hostnames counts each eviction that is planned to lower it, not only those that do so on any host of the zone', () => {
    const spread = [hard('web'), soft('web', { topologyKey: HOST })]
    const result = planFor([...zones(THREE), ...workload({ name: 'web', on: spreadOn(THREE, [6, 6, 0]), spread })])
    expect(result.evictions).toHaveLength(4)
    expect(groupOf(result, 'web')).toMatchObject({ planned: 4, excessAfter: 0 })
    expect(groupOf(result, 'web', HOST)).toMatchObject({
      lowerBound: 3,
      planned: 3,
      excessAfter: 0,
      message: '3 evictions restore the spread over kubernetes.io/hostname',
    })
  })

  it('an eviction that serves two constraints is told by the one whose domain it goes to, not by one that it merely leaves', () => {
    const front = { labels: { tier: 'front' } }
    const result = planFor([
      ...zones({ a: 1 }, { labels: { rack: 'r1' } }),
      ...zones({ b: 1 }),
      rawNode({ name: 'r2', zone: 'a', labels: { rack: 'r2' } }),
      ...workload({ ...front, name: 'web', on: ['a0', 'a0', 'a0'], spread: [hard('web')] }),
      ...workload({
        ...front,
        name: 'other',
        on: ['r2'],
        spread: [hard('other', { topologyKey: 'rack', labelSelector: { matchLabels: { tier: 'front' } } })],
      }),
    ])
    expect(result.evictions).toMatchObject([{ topologyKey: ZONE, fromDomain: 'a', toDomain: 'b', toDomains: ['b'] }])
    expect(result.evictions[0]?.groups).toHaveLength(2)
  })

  it('a pod that would help one constraint and raise the excess of another stays, and that is the reason', () => {
    const team = { labels: { team: 'shop' } }
    const rack = { topologyKey: 'rack', minDomains: 2, labelSelector: { matchLabels: team.labels } }
    const result = planFor([
      rawNode({ name: 'n1', zone: 'a', labels: { rack: 'r1' } }),
      rawNode({ name: 'x1', zone: 'a' }),
      ...workload({ ...team, name: 'web', on: ['n1', 'n1'], spread: [hard('web', rack)] }),
      ...workload({ ...team, name: 'foo', on: ['x1', 'x1', 'x1'], spread: [hard('foo', { topologyKey: HOST, maxSkew: 2 })] }),
    ])
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'foo', HOST)).toMatchObject({
      status: 'Blocked',
      reason: 'WouldWorsenOther',
      message: 'the replacement may land on n1, which raises the excess over rack',
    })
  })

  it('what stays is judged where the plan ends, be it not the way that was tried first', () => {
    const team = { labels: { team: 'shop' } }
    const result = planFor([
      ...zones({ a: 2, b: 2, c: 2, d: 2 }),
      rawNode({ name: 'old' }),
      ...workload({ ...team, name: 'web', on: ['a1', 'b1', 'b1'], spread: [hard('web', { topologyKey: HOST })] }),
      ...workload({
        ...team,
        name: 'api',
        on: ['old', 'a0', 'c0'],
        spread: [soft('api', { labelSelector: { matchLabels: team.labels } })],
        pods: { 1: { metadata: { annotations: { 'respread.io/evict': 'false' } } } },
      }),
    ])
    expect(groupOf(result, 'web', HOST)).toMatchObject({
      status: 'Blocked',
      reason: 'WouldWorsenOther',
      blockers: [{ reason: 'WouldWorsenOther', pods: 2 }],
    })
  })

  it('what its own pods cannot restore is within reach once those that it merely counts move for a constraint of their own', () => {
    const counted = { labels: { tier: 'front' } }
    const shared = hard('web', { labelSelector: { matchLabels: { tier: 'front' } } })
    const result = planFor([
      ...zones({ a: 1, b: 1, c: 1 }),
      ...workload({ ...counted, name: 'web', on: ['a0', 'a0'], spread: [shared] }),
      ...workload({ ...counted, name: 'api', on: ['a0', 'a0', 'a0', 'a0'], spread: [hard('api')] }),
      ...workload({ name: 'paused', on: ['a0', 'a0'], spread: [hard('paused')], annotations: { 'respread.io/paused': 'true' } }),
      ...workload({ name: 'stuck', on: ['a0', 'a0'], spread: [hard('stuck')], annotations: { 'respread.io/evict': 'false' } }),
    ])
    expect(groupOf(result, 'web')).toMatchObject({ excess: 5, excessAfter: 0, reachableBound: 4, reach: 'within' })
    expect(groupOf(result, 'api')).toMatchObject({ excessAfter: 0, reachableBound: 2, reach: 'within' })
    expect(groupOf(result, 'paused')).toMatchObject({ reachableBound: undefined, reach: 'unknown' })
    expect(groupOf(result, 'stuck')).toMatchObject({ reachableBound: undefined, reach: 'beyond' })
  })

  it('a group that waits for a rollout or a scale-out of its workload is not out of reach', () => {
    const waiting = (name: string, status: Record<string, unknown>): unknown[] =>
      workload({ name, on: ['a0', 'a0', 'a0'], spread: [hard(name)], workload: { spec: { replicas: 6 }, status } })
    const result = planFor([
      ...zones({ a: 1, b: 1 }),
      ...waiting('rolling', { replicas: 6, updatedReplicas: 3 }),
      ...waiting('growing', { replicas: 3, updatedReplicas: 3 }),
    ])
    expect(groupOf(result, 'rolling')).toMatchObject({ status: 'Held', reason: 'RollingOut', reachableBound: undefined, reach: 'unknown' })
    expect(groupOf(result, 'growing')).toMatchObject({
      status: 'Held',
      reason: 'ScaledRecently',
      reachableBound: undefined,
      reach: 'unknown',
    })
  })

  it('evictions that leave the skew where it is are told by the excess', () => {
    const result = planFor([
      ...zones({ a: 1, b: 1 }),
      rawNode({ name: 'c0', zone: 'c', pods: 1 }),
      rawNode({ name: 'd0', zone: 'd', pods: 0 }),
      ...workload({ name: 'web', on: ['a0', 'a0', 'a0', 'b0', 'b0', 'b0'], spread: [soft('web')] }),
    ])
    expect(groupOf(result, 'web')).toMatchObject({
      skew: 3,
      skewAfter: 3,
      message: '1 eviction lowers the excess over topology.kubernetes.io/zone from 4 to 3, and the skew stays 3',
    })
  })

  it('a pod is not moved for a constraint that merely counts it, be its own one violated too', () => {
    const team = { labels: { team: 'shop' } }
    const result = planFor([
      rawNode({ name: 'a0', zone: 'a', labels: { rack: 'r0' }, pods: 4 }),
      rawNode({ name: 'a1', zone: 'a', labels: { rack: 'r1' } }),
      rawNode({ name: 'c0', zone: 'c', pods: 1 }),
      ...workload({ name: 'full', on: ['c0'] }),
      ...workload({ ...team, name: 'db', on: ['a0', 'a0', 'a0'], spread: [soft('db')] }),
      ...workload({
        ...team,
        name: 'web',
        on: ['a0', 'a1'],
        spread: [hard('web', { topologyKey: 'rack', labelSelector: { matchLabels: team.labels } })],
        annotations: { 'respread.io/evict': 'false' },
      }),
    ])
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'db')).toMatchObject({ status: 'Blocked', reason: 'NoRoom' })
    expect(groupOf(result, 'web', 'rack')).toMatchObject({
      status: 'Blocked',
      blockers: [
        { reason: 'CountedOnly', pods: 3 },
        { reason: 'OptedOut', pods: 1 },
      ],
    })
  })

  it('a pod is not moved out of all zones, to a node that lacks the key, though it would be counted no more', () => {
    const result = planFor([
      rawNode({ name: 'a0', zone: 'a', pods: 3 }),
      rawNode({ name: 'c0', zone: 'c', pods: 1 }),
      rawNode({ name: 'edge' }),
      ...workload({ name: 'full', on: ['c0'] }),
      ...workload({ name: 'web', on: ['a0', 'a0', 'a0'], spread: [soft('web')] }),
    ])
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({ status: 'Blocked', reason: 'NoRoom' })
  })

  it('a pod is not moved so that it comes back with other labels, which its constraint does not count', () => {
    const spread = [hard('', { labelSelector: { matchLabels: { team: 'shop' } } })]
    const web = workload({ name: 'web', labels: { team: 'shop' }, on: ['a0', 'a0', 'a0'], spread })
    const result = planFor([...zones({ a: 1, b: 1 }), ...relabelled(web, { app: 'web', team: 'other' })])
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web-1')).toMatchObject({ status: 'Blocked', reason: 'WouldNotHelp' })
  })

  it('a pod on a node that lacks the key is moved where those in zones may not be, and counts in the bound that can be reached', () => {
    const result = planFor([
      ...zones({ a: 1, b: 1, c: 1 }),
      rawNode({ name: 'old' }),
      ...workload({
        name: 'web',
        on: ['a0', 'a0', 'b0', 'b0', 'old'],
        spread: [hard('web')],
        pods: Object.fromEntries([0, 1, 2, 3].map(index => [index, { metadata: { annotations: { 'respread.io/evict': 'false' } } }])),
      }),
    ])
    expect(result.evictions).toMatchObject([{ node: 'old', toDomain: 'c', certainty: 'certain' }])
    expect(groupOf(result, 'web')).toMatchObject({ planned: 1, reachableBound: 1, excessAfter: 0 })
  })

  it('a selector that does not match its own pods is named, moves nothing, and tells whom it counts instead', () => {
    const objects = [
      ...zones(THREE),
      ...workload({ name: 'web', on: spreadOn(THREE, [3, 0, 0]), spread: [hard('db')] }),
      ...workload({ name: 'db', on: ['b0'] }),
    ]
    const result = planFor(objects)
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({
      status: 'Balanced',
      reason: 'SelectorMissesOwnPods',
      alsoCounted: [{ workload: { kind: 'Deployment', name: 'db' }, pods: 1 }],
    })
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
    ['the largest maxSkew', [hard('web', { maxSkew: 2 ** 31 - 1 })]],
    ['a maxSkew beyond 32 bits', [hard('web', { maxSkew: 2 ** 31 })]],
    ['a maxSkew beyond every number', [hard('web', { maxSkew: 1e300 })]],
    ['a negative minDomains', [hard('web', { minDomains: -3 })]],
    ['a minDomains that is a text', [hard('web', { minDomains: '3' })]],
    ['a key that no node carries', [hard('web', { topologyKey: 'rack' })]],
    ['an empty key', [hard('web', { topologyKey: '' })]],
    ['a key that objects have by nature', [hard('web', { topologyKey: '__proto__' })]],
    ['an unknown whenUnsatisfiable', [hard('web', { whenUnsatisfiable: 'Maybe' })]],
    ['an unknown policy', [hard('web', { nodeTaintsPolicy: 'honor' })]],
    ['an unknown operator', [hard('web', { labelSelector: { matchExpressions: [{ key: 'app', operator: 'Like', values: ['web'] }] } })]],
    ['a selector of another shape', [hard('web', { labelSelector: ['web'] })]],
    ['a selector that selects nothing', [hard('web', { labelSelector: null })]],
    ['a selector that selects everything', [hard('web', { labelSelector: {} })]],
    ['matchLabelKeys of another shape', [hard('web', { matchLabelKeys: 'app' })]],
    ['the same constraint twice', [hard('web'), hard('web')]],
    ['two maxSkews for one key', [hard('web', { maxSkew: 2 }), hard('web')]],
  ])('%s', (_case, spread) => {
    expect(planFor(skewedBy(...spread)).evictions).toEqual([])
  })

  it('the key that no node carries is named', () => {
    expect(groupOf(planFor(skewedBy(hard('web', { topologyKey: 'rack' }))), 'web', 'rack')).toMatchObject({
      status: 'Balanced',
      reason: 'NoDomains',
      message: 'no node that its pods can run on carries the key rack',
    })
  })

  it('the constraint that is there twice is named', () => {
    const { groups } = planFor(skewedBy(hard('web'), hard('web')))
    expect(groups.map(({ id }) => id)).toEqual([...new Set(groups.map(({ id }) => id))])
    expect(groups[0]).toMatchObject({
      reason: 'CannotPredict',
      message: `it has two constraints over ${ZONE} with DoNotSchedule; legal is one`,
    })
  })

  it('hard and soft over one key are legal', () => {
    expect(planFor(skewedBy(hard('web', { maxSkew: 3 }), soft('web'))).evictions.length).toBeGreaterThan(0)
  })

  it('pods on nodes that do not exist are neither counted nor moved', () => {
    const objects = [
      ...zones({ a: 2, b: 2 }),
      ...workload({ name: 'web', on: ['gone', 'gone', 'gone', 'a0', 'b0'], spread: [hard('web')] }),
    ]
    const result = planFor(objects)
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({ members: 2, skew: 0, reason: 'WithinMaxSkew' })
  })

  it.each<[string, unknown, string]>([
    ['a percentage of another kind', budget('web', { maxUnavailable: 'half' }, {}), 'BudgetsUnknown'],
    ['a negative number', budget('web', { minAvailable: -1 }, {}), 'BudgetsUnknown'],
    ['a selector of another shape', budget('web', { maxUnavailable: 1, selector: 'web' }, {}), 'BudgetsUnknown'],
    ['more than all of them', budget('web', { minAvailable: '150%' }, { disruptionsAllowed: 0 }), 'BudgetNeverAllows'],
    ['more than there are', budget('web', { minAvailable: 2 ** 31 - 1 }, { disruptionsAllowed: 0 }), 'BudgetNeverAllows'],
    ['nothing at all', budget('web', {}, { disruptionsAllowed: 0 }), 'BudgetNeverAllows'],
    ['a status that is a text', { ...budget('web', { maxUnavailable: 1 }, {}), status: 'fine' }, 'BudgetsUnknown'],
  ])('a budget that asks for %s: nothing is evicted', (_case, nonsense, reason) => {
    const result = planFor([...skewedBy(hard('web')), nonsense])
    expect(result.evictions).toEqual([])
    expect(groupOf(result, 'web')).toMatchObject({ status: 'Blocked', reason })
  })

  it('a budget whose status allows less than nothing lets nothing go now', () => {
    const result = planFor([...skewedBy(hard('web')), budget('web', { maxUnavailable: 1 }, { disruptionsAllowed: -3 })])
    expect(result.evictions.filter(({ wave }) => wave === 1)).toEqual([])
  })

  it('hostile label values and names are taken for what they are: texts', () => {
    const hostile = fc.oneof(
      fc.constantFrom(
        '__proto__',
        'constructor',
        'toString',
        '',
        '\u001b[31m',
        '=',
        ',',
        '$&',
        '../..',
        '\u202e\u0000',
        '😀',
        'x'.repeat(10_000),
      ),
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
