import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeNamespace, selecting } from '../../test/support/builders.ts'
import { randomCluster, type RandomCluster } from '../../test/support/random-clusters.ts'
import { budgetRecord } from '../../test/support/records.ts'
import { AT_REST, rawNode, stateOf, workload, ZONE } from '../../test/support/spread-world.ts'
import { createClusterState, type ClusterEvent, type ClusterState } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { Plan } from '../planning/plan-types.ts'
import { plan } from '../planning/plan.ts'
import { createPlanner } from '../planning/planner.ts'
import { DEFAULT_POLICY } from '../planning/policy.ts'
import { createSchedulerModel } from '../scheduling/create-scheduler-model.ts'
import type { Difference } from '../scheduling/difference.ts'
import { DEFAULT_PROFILES } from '../scheduling/profile.ts'
import { createPlanningViews } from './planning-views.ts'
import { createSampling, type Sample } from './sampling.ts'

/** Everything: these clusters are smaller than a sample. */
function all(compare: () => Sample): readonly Difference[] {
  return [compare(), compare(), compare()].flatMap(({ differences }) => differences)
}

/** web stands [1,1,1] over zones a, b and c, one node each: nothing is to be planned. */
function shop() {
  const cluster = stateOf([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    ...['a', 'b', 'c'].map(zone => rawNode({ name: `node-${zone}`, zone })),
    ...workload({
      name: 'web',
      on: ['node-a', 'node-b', 'node-c'],
      spread: [
        {
          topologyKey: ZONE,
          maxSkew: 1,
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { app: 'web' } },
          nodeTaintsPolicy: 'Honor',
        },
      ],
    }),
  ])
  const model = createSchedulerModel(cluster, DEFAULT_PROFILES)
  const planner = createPlanner({ cluster, model }, DEFAULT_POLICY)
  planner.plan(AT_REST)
  const compare = createSampling(cluster, { model: () => model, held: () => planner.held() })
  const pod = (name: string): PodRecord => cluster.pod('shop', name)!
  const node = (name: string) => cluster.node(name)!
  return { cluster, model, planner, compare, pod, node }
}

const GROUP = `shop/web over ${ZONE}`
const written = ({ view, about, held, counted }: Difference): string => `${view} ${about}: ${held} | ${counted}`

describe('a planner', () => {
  it('that has heard of everything is found to differ in nothing', () => {
    expect(all(shop().compare)).toEqual([])
  })

  it.each<[what: string, event: (world: ReturnType<typeof shop>) => ClusterEvent, differences: readonly string[]]>([
    [
      'a pod that came',
      ({ pod }) => ({ type: 'upsert', record: { ...pod('web-0'), name: 'web-3', uid: 'web-3', nodeName: 'node-c' } }),
      [`groups ${GROUP}: without pod shop/web-3 (web-3) | with it`, `groups ${GROUP}: 1 in c | 2 in c`],
    ],
    [
      'a pod that is gone',
      () => ({ type: 'delete', kind: 'Pod', key: 'shop/web-0' }),
      [`groups ${GROUP}: with pod shop/web-0 (pod-shop-web-0) | no such pod`, `groups ${GROUP}: 1 in a | 0 in a`],
    ],
    [
      'a pod that is made anew elsewhere, under the same name',
      ({ pod }) => ({ type: 'upsert', record: { ...pod('web-0'), uid: 'another', nodeName: 'node-c' } }),
      [
        `groups ${GROUP}: without pod shop/web-0 (another) | with it`,
        `groups ${GROUP}: with pod shop/web-0 (pod-shop-web-0) | it is another by now (another)`,
        `groups ${GROUP}: 1 in a, 1 in c | 0 in a, 2 in c`,
      ],
    ],
    [
      'a node that counts no longer',
      ({ node }) => ({
        type: 'upsert',
        record: { ...node('node-c'), taints: [{ key: 'dedicated', value: '', effect: 'NoSchedule' }] },
      }),
      [`groups ${GROUP}: node node-c in domain c | node node-c in no domain`, `groups ${GROUP}: 1 in c | 0 in c`],
    ],
  ])('that has missed %s is found to differ', (_, eventOf, differences) => {
    const world = shop()
    const delta = world.cluster.apply(eventOf(world))
    if (delta !== undefined) world.model.advance(delta)
    expect(all(world.compare).map(written)).toEqual(differences)
  })
})

describe('a scheduler model', () => {
  it('that has missed a move is found to count other pods by domain, even where the planner is about to count anew', () => {
    const { cluster, planner, compare, pod } = shop()
    const delta = cluster.apply({ type: 'upsert', record: { ...pod('web-0'), nodeName: 'node-c' } })
    if (delta !== undefined) planner.note(delta)
    const differences = all(compare).map(written)
    expect(differences).toContain(`counts ${GROUP}: 1 in a, 1 in c | 0 in a, 2 in c`)
    expect(differences.filter(each => each.startsWith('groups'))).toEqual([])
  })
})

function begin({ records }: RandomCluster) {
  const cluster = createClusterState()
  cluster.markKnown('PodDisruptionBudget')
  const budgets = ['web', 'db'].map(app => budgetRecord({ name: app, uid: app, selector: selecting({ app }) }))
  for (const record of [makeNamespace('shop'), makeNamespace('other'), ...budgets, ...records]) cluster.apply({ type: 'upsert', record })
  const views = createPlanningViews(cluster, DEFAULT_PROFILES, DEFAULT_POLICY)
  views.plan(AT_REST)
  return { cluster, views, differences: () => all(() => views.compare()) }
}

/** Where pods are, the API server has a namespace. */
const leavesNamespaces = (event: ClusterEvent): boolean => event.type === 'upsert' || event.kind !== 'Namespace'

function standing({ groups }: Plan): unknown {
  return groups.map(({ id, memberUids, domains }) => [id, memberUids, domains.map(({ name, count }) => [name, count])])
}

const anew = (cluster: ClusterState): Plan =>
  plan({ cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }, DEFAULT_POLICY, AT_REST)

describe('on random clusters', () => {
  it('nothing differs in views that heard of every event, whether or not a plan came between', () => {
    fc.assert(
      fc.property(randomCluster, fc.array(fc.boolean(), { minLength: 1 }), (given, plans) => {
        const { cluster, views, differences } = begin(given)
        for (const [turn, event] of given.events.entries()) {
          const delta = cluster.apply(event)
          if (delta !== undefined) views.advance(delta)
          expect(differences()).toEqual([])
          if (plans[turn % plans.length] === true) views.plan(AT_REST)
          expect(differences()).toEqual([])
        }
      }),
      { numRuns: 300 },
    )
  })

  it('where nothing differs, groups and counts are those of a planner that begins anew, whichever events were missed', () => {
    let found = 0
    fc.assert(
      fc.property(randomCluster, fc.array(fc.boolean(), { minLength: 1 }), (given, isMissed) => {
        const { cluster, views, differences } = begin(given)
        for (const [turn, event] of given.events.filter(leavesNamespaces).entries()) {
          const delta = cluster.apply(event)
          if (delta !== undefined && isMissed[turn % isMissed.length] === false) views.advance(delta)
          if (differences().length > 0) {
            found += 1
            views.renew()
          }
          expect(differences()).toEqual([])
          expect(standing(views.plan(AT_REST, 0))).toEqual(standing(anew(cluster)))
          expect(differences()).toEqual([])
        }
      }),
      { numRuns: 300 },
    )
    expect(found).toBeGreaterThan(100)
  })
})

it('samples come round to every node, pod and group of a cluster that is larger than they are', () => {
  const names = Array.from({ length: 250 }, (_, index) => `node-${index}`)
  const spread = [{ topologyKey: ZONE, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { team: 'shop' } } }]
  const cluster = stateOf([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    ...names.map((name, index) => rawNode({ name, zone: `zone-${index % 3}` })),
    ...Array.from({ length: 60 }, (_, index) =>
      workload({ name: `web-${index}`, on: names.slice(0, 20), spread: spread.map(each => ({ ...each, maxSkew: 1 + index })) }),
    ).flat(),
  ])
  const model = createSchedulerModel(cluster, DEFAULT_PROFILES)
  const planner = createPlanner({ cluster, model }, DEFAULT_POLICY)
  const { groups } = planner.plan(AT_REST, 0)
  const compare = createSampling(cluster, { model: () => model, held: () => planner.held() })
  const left = { nodes: names.length, pods: cluster.count('Pod'), groups: groups.length }
  let samples = 0
  for (; left.nodes > 0 || left.pods > 0 || left.groups > 0; samples += 1) {
    const { of, compared, differences } = compare()
    expect(differences).toEqual([])
    left[of] -= compared
  }
  expect(samples).toBeGreaterThan(3)
})
