import { expect, it } from 'vitest'
import { AT_REST, rawNode, stateOf, workload, ZONE } from '../../test/support/spread-world.ts'
import { createClusterState } from '../cluster/cluster-state.ts'
import { DEFAULT_POLICY } from '../planning/policy.ts'
import { DEFAULT_PROFILES } from '../scheduling/profile.ts'
import { createPlanningViews, type PlanningViews } from './planning-views.ts'

const spread = [{ topologyKey: ZONE, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } } }]
const cluster = stateOf([rawNode({ name: 'node-a', zone: 'a' }), ...workload({ name: 'web', on: ['node-a', 'node-a'], spread })])

function groupsHeld(views: PlanningViews): number {
  return [views.compare(), views.compare(), views.compare()].find(({ of }) => of === 'groups')?.compared ?? Number.NaN
}

it('what is built anew in the midst of preparations is prepared as well', () => {
  const views = createPlanningViews(cluster, DEFAULT_PROFILES, DEFAULT_POLICY)
  let isRenewed = false
  for (const _step of views.prepare(AT_REST)) {
    if (!isRenewed) views.renew()
    isRenewed = true
  }
  expect(isRenewed).toBe(true)
  expect(groupsHeld(views)).toBe(1)
})

it('what is not prepared and not planned yet is not compared', () => {
  const views = createPlanningViews(cluster, DEFAULT_PROFILES, DEFAULT_POLICY)
  expect(groupsHeld(views)).toBe(0)
  views.plan(AT_REST)
  expect(groupsHeld(views)).toBe(1)
  views.renew()
  expect(groupsHeld(views)).toBe(0)
})

it('what kube-scheduler does by another configuration is planned with from then on', () => {
  const two = stateOf([
    rawNode({ name: 'node-a', zone: 'a' }),
    rawNode({ name: 'node-b', zone: 'b' }),
    ...workload({ name: 'web', on: ['node-a', 'node-a'], spread }),
  ])
  const views = createPlanningViews(two, new Map(), DEFAULT_POLICY)
  expect(views.plan(AT_REST)).toMatchObject({ evictions: [], groups: [{ reason: 'CannotPredict' }] })

  views.planBy(DEFAULT_POLICY, DEFAULT_PROFILES)
  expect(views.plan(AT_REST).evictions).toHaveLength(1)

  views.renew()
  expect(views.plan(AT_REST).evictions).toHaveLength(1)
})

it('views of an empty cluster that are told of everything, pods before nodes, plan what views of the whole plan', () => {
  const whole = stateOf([
    rawNode({ name: 'node-a', zone: 'a' }),
    rawNode({ name: 'node-b', zone: 'b' }),
    ...workload({ name: 'web', on: ['node-a', 'node-a'], spread }),
  ])
  const arriving = createClusterState()
  const views = createPlanningViews(arriving, DEFAULT_PROFILES, DEFAULT_POLICY)
  for (const kind of ['Pod', 'PodDisruptionBudget', 'ReplicaSet', 'Deployment', 'Namespace', 'Node'] as const) {
    arriving.markKnown(kind)
    for (const record of whole.all(kind)) {
      const delta = arriving.apply({ type: 'upsert', record })
      if (delta !== undefined) views.advance(delta)
    }
  }

  const { evictions } = views.plan(AT_REST)

  expect(evictions).toHaveLength(1)
  expect(evictions).toEqual(createPlanningViews(whole, DEFAULT_PROFILES, DEFAULT_POLICY).plan(AT_REST).evictions)
})
