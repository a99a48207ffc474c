import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AT_REST, budget, hard, HOST, rawNode, soft, spreadOn, stateOf, workload, ZONE, zones } from '../../test/support/spread-world.ts'
import { createSchedulerModel } from '../scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../scheduling/profile.ts'
import { excessOf } from './excess.ts'
import { DEFAULT_POLICY, type Policy } from './policy.ts'
import { plan } from './plan.ts'
import { createPlanner } from './planner.ts'
import type { Plan } from './plan-types.ts'
import type { Situation } from './situation.ts'
import { surplusIn, type Surplus } from './surplus.ts'

const COST = 'controller.kubernetes.io/pod-deletion-cost'
const SET = 'respread.io/deletion-cost-set'
const THREE = { a: 2, b: 2, c: 2 }

function autoscaler(name: string, spec: object = {}): object {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { namespace: 'shop', name, uid: `autoscaler-${name}` },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, minReplicas: 1, maxReplicas: 20, ...spec },
  }
}

/** What holds evictions of `web` off, so that nothing but scale-in can help. */
const HELD: Partial<Situation> = {
  workloadHolds: [{ namespace: 'shop', kind: 'Deployment', name: 'web', reason: 'ScaledRecently', until: undefined, message: '' }],
}

function planAndSurplus(
  objects: readonly unknown[],
  policy: Partial<Policy> = {},
  given: Partial<Situation> = HELD,
): { readonly made: Plan; readonly surplus: Surplus } {
  const cluster = stateOf(objects)
  const world = { cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }
  const situation = { ...AT_REST, ...given }
  const whole = { ...DEFAULT_POLICY, ...policy }
  const made = plan(world, whole, situation)
  return { made, surplus: surplusIn(world, made, whole, situation) }
}

const surplusFor = (...given: Parameters<typeof planAndSurplus>): Surplus => planAndSurplus(...given).surplus

/** `a -4` for a pod in zone a that gets the cost -4. */
const shown = ({ pods }: Surplus): readonly string[] => pods.map(({ domain, cost }) => `${domain} ${cost}`)
const names = (pods: Surplus['pods']): readonly string[] => pods.map(({ pod }) => pod.name)

/** `web` with these counts in zones a, b and c. */
function web(counts: readonly number[], more: Partial<Parameters<typeof workload>[0]> = {}): unknown[] {
  return [...zones(THREE), ...workload({ name: 'web', on: spreadOn(THREE, counts), spread: [hard('web')], ...more })]
}

describe('surplus are the fewest pods that scale-in must take', () => {
  it.each([
    ['one domain too full', [4, 1, 1], ['a -4', 'a -3']],
    ['the fullest of several first', [5, 4, 1], ['a -5', 'a -4', 'b -4', 'a -3', 'b -3']],
    ['an empty domain', [3, 2, 0], ['a -3', 'a -2', 'b -2']],
    ['nothing too full', [2, 1, 1], []],
  ])('%s: %j', (_, counts, pods) => {
    expect(shown(surplusFor([...web(counts), autoscaler('web')]))).toEqual(pods)
  })

  it('up to maxSkew, and down to it where there are fewer domains than minDomains', () => {
    const spread = [hard('web', { maxSkew: 2, minDomains: 4 })]

    expect(shown(surplusFor([...web([3, 3, 1], { spread }), autoscaler('web')]))).toEqual(['a -3', 'b -3'])
  })

  it('of all that the constraint counts, though only those under an autoscaler can be named', () => {
    const objects = [
      ...zones(THREE),
      ...workload({ name: 'web', on: spreadOn(THREE, [2, 1, 1]), spread: [hard('shop')], labels: { app: 'shop' } }),
      ...workload({ name: 'api', on: spreadOn(THREE, [3, 1, 1]), spread: [hard('shop')], labels: { app: 'shop' } }),
      autoscaler('web'),
    ]

    expect(names(surplusFor(objects).pods)).toEqual(['web-0', 'web-1'])
  })

  it('not one whose going skews another constraint before others have gone, be that in a drain deadlock', () => {
    const inRack = (name: string, rack: string, cordoned = false): unknown =>
      rawNode({ name, zone: name.slice(0, 1), labels: { rack }, cordoned })
    const objects = [
      inRack('a0', 'r0'),
      inRack('a1', 'r2'),
      inRack('b0', 'r1'),
      inRack('c0', 'r0', true),
      ...workload({ name: 'web', on: ['c0', 'a0', 'a0', 'b0', 'b0'], spread: [hard('web'), soft('web', { topologyKey: 'rack' })] }),
      budget('web', { maxUnavailable: 0 }, { disruptionsAllowed: 0 }),
      autoscaler('web'),
    ]
    const { made, surplus } = planAndSurplus(objects, {}, {})

    expect(made.groups.map(({ topologyKey, reason }) => `${topologyKey} ${reason}`)).toEqual([
      `rack BudgetNeverAllows`,
      `${ZONE} CordonedDomain`,
    ])
    expect(names(surplus.pods)).toEqual(['web-1', 'web-3', 'web-0'])
  })

  it('as many as the autoscaler may still take away, and no more', () => {
    expect(shown(surplusFor([...web([4, 1, 1]), autoscaler('web', { minReplicas: 5 })]))).toEqual(['a -4'])
    expect(shown(surplusFor([...web([4, 1, 1]), autoscaler('web', { minReplicas: 6 })]))).toEqual([])
  })

  it('a hundred of a workload at a time: those of the fullest domain', () => {
    const surplus = surplusFor([...web([120, 90, 1]), autoscaler('web')])

    expect(surplus.pods).toHaveLength(100)
    expect(Math.max(...surplus.pods.map(({ cost }) => cost))).toBe(-56)
  })

  it('and a Pending pod, which scale-in takes before any other, counts towards these', () => {
    const on = [...spreadOn(THREE, [4, 1, 1]), undefined]
    const pending = { 6: { spec: { nodeSelector: { disk: 'none' } } } }

    expect(shown(surplusFor([...web([], { on, pods: pending }), autoscaler('web', { minReplicas: 5 })]))).toEqual(['a -4', 'a -3'])
  })
})

describe('no surplus is named', () => {
  const EVICTABLE = { workloadHolds: [] }
  const rollingOut = { workload: { status: { updatedReplicas: 3 } } }
  const paused = { annotations: { 'respread.io/paused': 'true' } }

  it.each<[string, readonly unknown[], Partial<Policy>?, Partial<Situation>?]>([
    ['without an autoscaler', web([4, 1, 1])],
    ['for the autoscaler of another workload', [...web([4, 1, 1]), autoscaler('api')]],
    ['where evictions restore the spread', [...web([4, 1, 1]), autoscaler('web')], {}, EVICTABLE],
    ['of what rolls out', [...web([4, 1, 1], rollingOut), autoscaler('web')]],
    ['of what a person has paused', [...web([4, 1, 1], paused), autoscaler('web')]],
    [
      'of a StatefulSet, which scales in by its ordinals',
      [
        ...web([4, 1, 1], { kind: 'StatefulSet' }),
        autoscaler('web', { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web' } }),
      ],
    ],
    ['of what must not be evicted', [...web([4, 1, 1], { podAnnotations: { 'karpenter.sh/do-not-disrupt': 'true' } }), autoscaler('web')]],
    ['of what opts out', [...web([4, 1, 1], { annotations: { 'respread.io/evict': 'false' } }), autoscaler('web')]],
    [
      'of what the configuration leaves alone',
      [...web([4, 1, 1]), autoscaler('web')],
      { namespaces: { ...DEFAULT_POLICY.namespaces, exclude: ['shop'] } },
    ],
    [
      'for constraints that are not acted on',
      [...web([4, 1, 1], { spread: [soft('web')] }), autoscaler('web')],
      { constraints: { ...DEFAULT_POLICY.constraints, soft: false } },
    ],
    [
      'while a zone is down',
      [
        ...zones({ a: 2, b: 2 }),
        ...zones({ c: 2 }, { ready: false }),
        ...workload({ name: 'web', on: spreadOn(THREE, [4, 1]), spread: [hard('web')] }),
        autoscaler('web'),
      ],
    ],
    [
      'while a zone settles that will take the pods',
      [...web([4, 4, 0], { spread: [soft('web')] }), autoscaler('web')],
      {},
      { domainHolds: [{ topologyKey: ZONE, domain: 'c', reason: 'DomainSettling', until: undefined, message: '' }] },
    ],
  ])('%s', (_, objects, policy, situation) => {
    expect(shown(surplusFor(objects, policy, situation))).toEqual([])
  })

  it('of pods on nodes that do not count: taking them would change nothing', () => {
    const spread = [hard('web', { nodeTaintsPolicy: 'Honor' })]
    const nodes = [...zones({ a: 1, b: 1, c: 1 }), rawNode({ name: 'old', zone: 'a', cordoned: true })]
    const on = ['old', 'old', 'a0', 'a0', 'a0', 'a0', 'b0', 'c0']

    expect(names(surplusFor([...nodes, ...workload({ name: 'web', on, spread }), autoscaler('web')]).pods)).toEqual(['web-2', 'web-3'])
  })
})

describe('surplus is named', () => {
  it('of what a budget keeps from being evicted', () => {
    const objects = [...web([4, 1, 1]), autoscaler('web'), budget('web', { maxUnavailable: 0 }, { disruptionsAllowed: 0 })]

    expect(shown(surplusFor(objects, {}, {}))).toEqual(['a -4', 'a -3'])
  })

  it('of ReplicaSets under a custom resource that the autoscaler scales', () => {
    const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'rollout', controller: true }
    const objects = (web([4, 1, 1]) as { kind: string; metadata: object }[])
      .filter(({ kind }) => kind !== 'Deployment')
      .map(object => (object.kind === 'ReplicaSet' ? { ...object, metadata: { ...object.metadata, ownerReferences: [owner] } } : object))
    const scaled = autoscaler('web', { scaleTargetRef: { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.name } })

    expect(shown(surplusFor([...objects, scaled], {}, { workloadHolds: [{ ...HELD.workloadHolds![0]!, kind: 'Rollout' }] }))).toEqual([
      'a -4',
      'a -3',
    ])
  })

  it('so that no other constraint of the pods gets worse', () => {
    // By zone three of zone a are too many; by node only those on a0 can go without leaving another node behind.
    const on = ['a1', 'a0', 'a0', 'a0', 'b0', 'c0']
    const objects = [
      ...zones({ a: 2, b: 1, c: 1 }),
      ...workload({ name: 'web', on, spread: [hard('web'), hard('web', { topologyKey: HOST })] }),
      autoscaler('web'),
    ]

    expect(names(surplusFor(objects).pods)).toEqual(['web-1', 'web-2'])
  })
})

describe('where costs stand already', () => {
  const carrying = (
    costs: readonly (readonly [cost: string, set?: string] | undefined)[],
    counts: readonly number[] = [4, 1, 1],
  ): Surplus =>
    surplusFor([
      ...web(counts, {
        pods: Object.fromEntries(
          costs.map((cost, index) => [
            index,
            { metadata: { annotations: cost && { [COST]: cost[0], ...(cost[1] !== undefined && { [SET]: cost[1] }) } } },
          ]),
        ),
      }),
      autoscaler('web'),
    ])
  const own = (cost: string): readonly [string, string] => [cost, cost]
  const placed = ({ pods }: Surplus): readonly string[] => pods.map(({ pod, cost }) => `${pod.name} ${cost}`)

  it('those of ours stay where they are', () => {
    expect(placed(carrying([undefined, own('-3'), undefined, own('-4')]))).toEqual(['web-3 -4', 'web-1 -3'])
  })

  it('a cost that nobody needs any more is the first to be written over', () => {
    expect(placed(carrying([own('-5'), undefined, own('-3'), undefined]))).toEqual(['web-0 -4', 'web-2 -3'])
  })

  it('a new pod on top gets the lowest, and the rest stay', () => {
    expect(placed(carrying([own('-4'), own('-3'), undefined, undefined, undefined], [5, 1, 1]))).toEqual([
      'web-2 -5',
      'web-0 -4',
      'web-1 -3',
    ])
  })

  it("somebody else's pods are passed over", () => {
    const surplus = carrying([['100'], ['-9', '-4'], undefined, undefined])

    expect(placed(surplus)).toEqual(['web-2 -4', 'web-3 -3'])
    expect(surplus.foreign).toEqual([])
  })

  it('and said to be surplus only when no others are left: their cost stays theirs', () => {
    const surplus = carrying([['100'], ['100'], ['100'], undefined])

    expect(placed(surplus)).toEqual(['web-3 -4'])
    expect(names(surplus.foreign)).toEqual(['web-0'])
  })
})

it("somebody else's costs do not use up what the autoscaler may still take away", () => {
  const theirs = { metadata: { annotations: { [COST]: '100' } } }
  const on = spreadOn(THREE, [3, 3, 1])
  const objects = web([], { on, pods: { 0: theirs, 1: theirs, 2: theirs } })
  const surplus = surplusFor([...objects, autoscaler('web', { minReplicas: 6 })])

  expect(shown(surplus)).toEqual(['b -3'])
  expect(names(surplus.foreign)).toEqual(['web-0'])
})

describe('nothing is said', () => {
  it.each<[string, readonly unknown[], Partial<Situation>]>([
    ['of pods of a paused workload', [...web([4, 1, 1], { annotations: { 'respread.io/paused': 'true' } }), autoscaler('web')], {}],
    ['of pods of a rollout', [...web([4, 1, 1], { workload: { status: { updatedReplicas: 3 } } }), autoscaler('web')], HELD],
  ])('%s', (_, objects, situation) => {
    expect(surplusFor(objects, {}, situation).unsettled.size).toBe(6)
  })

  it('of groups whose evictions are not worked out yet', () => {
    const worse = workload({ name: 'api', on: spreadOn(THREE, [9, 1, 1]), spread: [hard('api')] })
    const cluster = stateOf([...web([4, 1, 1]), ...worse, autoscaler('web')])
    const world = { cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }
    const made = createPlanner(world, DEFAULT_POLICY).plan(AT_REST, 1)
    const surplus = surplusIn(world, made, DEFAULT_POLICY, AT_REST)

    expect(made.groups.map(({ reason }) => reason)).toEqual(['MovesPlanned', 'NotYetPlanned'])
    expect(surplus.pods).toEqual([])
    const ofWeb = [...cluster.pods()].filter(({ name }) => name.startsWith('web-'))
    expect(surplus.unsettled).toEqual(new Set([...ofWeb, ...made.evictions].map(({ uid }) => uid)))
  })

  it('of pods that are about to be evicted', () => {
    const { made, surplus } = planAndSurplus([...web([4, 1, 1]), autoscaler('web')], {}, {})

    expect(made.evictions).toHaveLength(2)
    expect([...surplus.unsettled]).toEqual(made.evictions.map(({ uid }) => uid))
  })
})

it('whatever the counts: as many as there are too many, each lowers the excess, and taken in the order of their costs none is left', () => {
  const rules = fc.record({ maxSkew: fc.integer({ min: 1, max: 3 }), minDomains: fc.integer({ min: 1, max: 4 }) })
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 3, maxLength: 3 }), rules, (counts, rule) => {
      const surplus = surplusFor([...web(counts, { spread: [hard('web', rule)] }), autoscaler('web', { minReplicas: 0 })])
      const left = [...counts]
      expect(surplus.pods).toHaveLength(excessOf(counts, rule))
      for (const { domain } of surplus.pods.toSorted((a, b) => a.cost - b.cost)) {
        const before = excessOf(left, rule)
        const zone = 'abc'.indexOf(domain)
        left[zone] = (left[zone] ?? 0) - 1
        expect(excessOf(left, rule)).toBe(before - 1)
      }
      expect(excessOf(left, rule)).toBe(0)
    }),
    { seed: 7, numRuns: 150 },
  )
})
