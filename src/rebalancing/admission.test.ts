import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clusterOf, makePod, makeWorkload, selecting } from '../../test/support/builders.ts'
import { eviction } from '../../test/support/made-up-plans.ts'
import { budgetRecord } from '../../test/support/records.ts'
import type { BudgetRecord } from '../cluster/budget.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import { DEFAULT_POLICY } from '../planning/policy.ts'
import { admit, type Admission, type AdmissionWorld } from './admission.ts'
import { expectationOf, type Expectation } from './expectations.ts'

const { caps } = DEFAULT_POLICY

interface PodOf {
  readonly app?: string
  readonly namespace?: string
  readonly node?: string
  readonly ready?: boolean
  readonly wave?: number
}

/** The eviction of a pod of the ReplicaSet `app`, and that pod. */
function planned(order: number, { app = 'web', namespace = 'shop', node = `node-${order}`, ready = true, wave = 1 }: PodOf = {}) {
  const pod = makePod(`${app}-${order}`, {
    namespace,
    nodeName: node,
    ready,
    labels: { app },
    controller: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: app, uid: app },
  })
  const workload = { kind: 'ReplicaSet', name: app }
  return { pod, eviction: eviction(order, { namespace, pod: pod.name, uid: pod.uid, node, workload, controllerUid: app, wave }) }
}

type Planned = ReturnType<typeof planned>

function worldOf(plan: readonly Planned[], more: readonly ClusterRecord[] = [], fields: Partial<AdmissionWorld> = {}): AdmissionWorld {
  const cluster = clusterOf([...plan.map(({ pod }) => pod), ...more])
  return { cluster, caps, expectations: [], rounds: [], deferrals: [], outsideWindows: undefined, now: 0, coolDown: 600_000, ...fields }
}

const admitPlan = (plan: readonly Planned[], world: AdmissionWorld): Admission =>
  admit(
    plan.map(({ eviction }) => eviction),
    world,
  )

/** Orders of what is admitted, and the reasons of the rest. */
function told({ admitted, waiting }: Admission): readonly (number | string)[] {
  return [...admitted.map(({ order }) => order), ...waiting.map(({ reason }) => reason)]
}

const inFlight = ({ eviction, pod }: Planned, fields: Partial<Expectation> = {}): Expectation => ({
  ...expectationOf(eviction, pod, [], 0),
  stage: 'Evicted',
  ...fields,
})

const landed = (plan: readonly Planned[], fields: Partial<Expectation> = {}): readonly Expectation[] =>
  plan.map(one => inFlight(one, { landedIn: 'az-c', ...fields }))

const webBudget = (disruptionsAllowed: number, fields: Partial<BudgetRecord['status']> = {}): BudgetRecord =>
  budgetRecord({
    name: 'web',
    selector: selecting({ app: 'web' }),
    status: { ...budgetRecord().status, disruptionsAllowed, ...fields },
  })

const replicas = (app: string, count: number, namespace = 'shop'): ClusterRecord =>
  makeWorkload('ReplicaSet', app, { namespace, replicas: count })

it('admits nothing while every maintenance window is shut', () => {
  const shut = { reason: 'OutsideWindow', message: 'the next opens tomorrow' } as const

  expect(admitPlan([planned(1), planned(2, { wave: 2 })], worldOf([planned(1)], [], { outsideWindows: shut }))).toMatchObject({
    admitted: [],
    waiting: [
      { eviction: { order: 1 }, ...shut },
      { eviction: { order: 2 }, reason: 'PodGone' },
    ],
  })
})

describe('a later wave', () => {
  it('waits for what keeps it from being an earlier one, be that only the order', () => {
    const plan = [planned(1), planned(2, { wave: 2 }), planned(3, { app: 'api', wave: 2 })]
    expect(told(admitPlan(plan, worldOf(plan, [webBudget(1)])))).toEqual([1, 'LandingAwaited', 'LaterWave'])
    expect(told(admitPlan(plan, worldOf(plan, [webBudget(0)])))).toEqual(['BudgetExhausted', 'BudgetExhausted', 'LaterWave'])
    expect(told(admitPlan(plan, worldOf(plan, [webBudget(9)], { caps: { ...caps, cycle: 1 } })))).toEqual([1, 'LandingAwaited', 'CycleCap'])
  })
})

describe('evictions of a workload go out one after the other until each has landed', () => {
  const plan = [planned(1), planned(2), planned(3)]
  const [first, ...rest] = plan
  const budget = webBudget(3)

  it('in one pass', () => {
    expect(told(admitPlan(plan, worldOf(plan, [budget])))).toEqual([1, 'LandingAwaited', 'LandingAwaited'])
  })

  it('over several passes', () => {
    expect(told(admitPlan(rest, worldOf(plan, [budget], { expectations: [inFlight(first!)] })))).toEqual([
      'LandingAwaited',
      'LandingAwaited',
    ])
    expect(told(admitPlan(rest, worldOf(plan, [budget], { expectations: landed([first!]) })))).toEqual([2, 'LandingAwaited'])
  })

  it('and it is said when the one that is awaited finds no place', () => {
    const replacement = { ...planned(9).pod, nodeName: undefined, unschedulableMessage: '0/9 nodes are available' }
    const awaited = inFlight(first!, { replacementUid: replacement.uid })
    const { waiting } = admitPlan(rest, worldOf(plan, [budget, replacement], { expectations: [awaited] }))

    expect(waiting[0]).toMatchObject({
      reason: 'ReplacementPending',
      message: 'the replacement web-9 of web-1 is Pending: 0/9 nodes are available',
    })
  })
})

describe('without a budget', () => {
  it.each<[number, number]>([
    [2, 1],
    [19, 1],
    [20, 2],
    [50, 5],
  ])('a workload of %i replicas has %i in flight', (count, most) => {
    const plan = Array.from({ length: 6 }, (_, n) => planned(n + 1))
    const beside = (flying: number): unknown =>
      told(
        admitPlan(
          plan.slice(flying, flying + 1),
          worldOf(plan, [replicas('web', count)], { caps: { ...caps, namespace: 99 }, expectations: landed(plan.slice(0, flying)) }),
        ),
      )

    expect(beside(most - 1)).toEqual([most])
    expect(beside(most)).toEqual(['WorkloadCap'])
  })

  it('a workload of which nothing is known has one', () => {
    const plan = [planned(1), planned(2)]

    expect(told(admitPlan(plan.slice(1), worldOf(plan, [], { expectations: landed(plan.slice(0, 1)) })))).toEqual(['WorkloadCap'])
  })
})

describe('under a budget', () => {
  const plan = [planned(1), planned(2), planned(3)]
  const [first, second, third] = plan

  it('goes what it allows, whatever the cap of the workload', () => {
    const beside = (flying: readonly Planned[]): AdmissionWorld =>
      worldOf(plan, [webBudget(2), replicas('web', 3)], { expectations: landed(flying, { budgets: ['web'] }) })

    expect(told(admitPlan([second!], beside([first!])))).toEqual([2])
    expect(told(admitPlan([third!], beside([first!, second!])))).toEqual(['BudgetExhausted'])
  })

  it('less what its status does not show yet', () => {
    const beside = (budgetShows: boolean): AdmissionWorld =>
      worldOf(plan, [webBudget(1)], { expectations: landed([first!], { budgets: ['web'], budgetShows }) })

    expect(told(admitPlan([second!], beside(false)))).toEqual(['BudgetExhausted'])
    expect(told(admitPlan([second!], beside(true)))).toEqual([2])
  })

  it('nothing goes while its controller lags, or while it is spent', () => {
    const lagging = { ...webBudget(2), generation: 2 }

    expect(told(admitPlan(plan, worldOf(plan, [lagging])))).toEqual(Array(3).fill('BudgetLagging'))
    expect(told(admitPlan(plan, worldOf(plan, [webBudget(0)])))).toEqual(Array(3).fill('BudgetExhausted'))
  })

  it('a pod that is not Ready spends nothing of it where the API lets it pass', () => {
    const unready = [planned(1, { ready: false })]
    const healthy = webBudget(0, { currentHealthy: 2, desiredHealthy: 2 })

    expect(told(admitPlan(unready, worldOf(unready, [healthy])))).toEqual([1])
  })

  it('two budgets admit nothing', () => {
    expect(told(admitPlan(plan, worldOf(plan, [webBudget(2), budgetRecord({ name: 'all' })])))).toEqual(Array(3).fill('SeveralBudgets'))
  })
})

describe('caps', () => {
  it('five of a namespace', () => {
    const plan = Array.from({ length: 7 }, (_, n) => planned(n + 1, { app: `app-${n}` }))

    expect(told(admitPlan(plan, worldOf(plan)))).toEqual([1, 2, 3, 4, 5, 'NamespaceCap', 'NamespaceCap'])
  })

  it('two of a node', () => {
    const plan = [1, 2, 3].map(order => planned(order, { app: `app-${order}`, node: 'node-a' }))

    expect(told(admitPlan(plan, worldOf(plan)))).toEqual([1, 2, 'NodeCap'])
  })

  it('twenty of the cluster', () => {
    const plan = Array.from({ length: 22 }, (_, n) => planned(n + 1, { app: `app-${n}`, namespace: `ns-${n}` }))

    expect(told(admitPlan(plan, worldOf(plan))).slice(19)).toEqual([20, 'ClusterCap', 'ClusterCap'])
  })

  it('count what is in flight, but not what is overdue', () => {
    const plan = [planned(1), planned(2)]
    const [first, ...rest] = plan

    expect(told(admitPlan(rest, worldOf(plan, [], { expectations: landed([first!]) })))).toEqual(['WorkloadCap'])
    expect(told(admitPlan(rest, worldOf(plan, [], { expectations: [inFlight(first!, { overdue: true })] })))).toEqual([2])
  })
})

describe('what waits whatever caps and budgets say', () => {
  it('an eviction of a later wave', () => {
    const plan = [planned(1, { wave: 2 })]

    expect(told(admitPlan(plan, worldOf(plan)))).toEqual(['LaterWave'])
  })

  it('a pod whose eviction was requested', () => {
    const plan = [planned(1)]

    expect(told(admitPlan(plan, worldOf(plan, [], { expectations: [inFlight(plan[0]!, { overdue: true })] })))).toEqual([
      'AlreadyRequested',
    ])
  })

  it('a pod that is gone', () => {
    expect(told(admitPlan([planned(1)], worldOf([])))).toEqual(['PodGone'])
  })

  it('what an answer asked to wait for, with the reason of the answer', () => {
    const plan = [planned(1)]
    const { namespace, name, uid } = plan[0]!.pod
    const scope = { kind: 'pod', namespace, name, uid } as const
    const deferral = { reason: 'BudgetConflict', message: 'not now', scope, lifts: { kind: 'at', time: 1 } } as const

    expect(told(admitPlan(plan, worldOf(plan, [], { deferrals: [deferral] })))).toEqual(['BudgetConflict'])
  })

  it('what goes beyond the round of its workload', () => {
    const plan = [planned(1)]
    const round = { namespace: 'shop', workload: { kind: 'ReplicaSet', name: 'web' }, allowed: 3, spent: 2, lastAt: 0 }
    const after = (spent: number): unknown => told(admitPlan(plan, worldOf(plan, [replicas('web', 90)], { rounds: [{ ...round, spent }] })))

    expect(after(2)).toEqual([1])
    expect(after(3)).toEqual(['CoolingDown'])
  })
})

describe('whatever the plan and what is in flight', () => {
  const some = fc.record({
    app: fc.constantFrom('web', 'cart', 'api'),
    namespace: fc.constantFrom('shop', 'other'),
    node: fc.constantFrom('node-a', 'node-b', 'node-c', 'node-d'),
    flying: fc.boolean(),
    shown: fc.boolean(),
    landed: fc.boolean(),
  })
  const limits = fc.record({
    namespace: fc.integer({ min: 1, max: 4 }),
    node: fc.integer({ min: 1, max: 4 }),
    cluster: fc.integer({ min: 1, max: 6 }),
    cycle: fc.integer({ min: 1, max: 6 }),
  })

  it('no cap and no budget is exceeded by what is admitted, and each that waits would exceed one or goes before its turn', () => {
    fc.assert(
      fc.property(fc.array(some, { maxLength: 14 }), limits, fc.nat(3), (given, limit, allowed) => {
        const all = given.map((fields, index) => ({ ...planned(index + 1, fields), ...fields }))
        const isCovered = ({ app, namespace }: (typeof all)[number]): boolean => app === 'web' && namespace === 'shop'
        const flying = all.filter(one => one.flying)
        const waiting = all.filter(one => !one.flying)
        const expectations = flying.map(one =>
          inFlight(one, { budgets: isCovered(one) ? ['web'] : [], budgetShows: one.shown, landedIn: one.landed ? 'az-c' : undefined }),
        )
        const world = worldOf(all, [webBudget(allowed)], { expectations, caps: { workloadPercent: 10, ...limit } })

        const exceeds = (admitted: readonly (typeof all)[number][], last: (typeof all)[number]): boolean => {
          const taken = (counts: (one: (typeof all)[number]) => boolean): number => [...flying, ...admitted].filter(counts).length
          const isSibling = (one: (typeof all)[number]): boolean => one.app === last.app && one.namespace === last.namespace
          const unshown = flying.filter(one => isCovered(one) && !one.shown).length + admitted.filter(isCovered).length
          return (
            flying.some(one => isSibling(one) && !one.landed) ||
            admitted.some(one => one !== last && isSibling(one)) ||
            taken(({ namespace }) => namespace === last.namespace) > limit.namespace ||
            taken(({ node }) => node === last.node) > limit.node ||
            taken(() => true) > limit.cluster ||
            admitted.length > limit.cycle ||
            (isCovered(last) ? unshown > allowed : taken(isSibling) > 1)
          )
        }
        // What is in flight already may exceed a cap that was lowered since; what is admitted may not.
        const expected: (typeof all)[number][] = []
        for (const one of waiting) if (!exceeds([...expected, one], one)) expected.push(one)

        expect(admitPlan(waiting, world).admitted.map(({ order }) => order)).toEqual(expected.map(({ eviction }) => eviction.order))
      }),
    )
  })
})
