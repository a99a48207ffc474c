import { describe, expect, it } from 'vitest'
import type { ClusterState } from '../../src/cluster/cluster-state.ts'
import { plan } from '../../src/planning/plan.ts'
import type { Plan } from '../../src/planning/plan-types.ts'
import { DEFAULT_POLICY } from '../../src/planning/policy.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import { AT_REST, budget, stateOf } from '../support/spread-world.ts'
import { drawCluster, objectsOf } from './small-clusters.ts'

const SEEDS = Array.from({ length: 120 }, (_, index) => 1000 + index)

function planOn(cluster: ClusterState): Plan {
  return plan({ cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }, DEFAULT_POLICY, AT_REST)
}

const own = ({ groups }: Plan): Plan['groups'] => groups.filter(({ origin }) => origin === 'pod')
const excess = (result: Plan): number => own(result).reduce((sum, group) => sum + group.excess, 0)

/** Carries out some evictions of a plan, in its order: each replacement stands where the plan says that it will land. */
function carryOut(cluster: ClusterState, result: Plan, isLeftOut: (uid: string) => boolean = () => false): void {
  for (const { namespace, pod, uid, toNode } of result.evictions) {
    const victim = cluster.pod(namespace, pod)
    if (victim === undefined || isLeftOut(uid)) continue
    cluster.apply({ type: 'delete', kind: 'Pod', key: `${namespace}/${pod}` })
    cluster.apply({ type: 'upsert', record: { ...victim, uid: `${uid}-2`, nodeName: toNode } })
  }
}

describe.each(SEEDS)('a plan for a small cluster (seed %i)', seed => {
  const objects = objectsOf(drawCluster(seed))
  const result = planOn(stateOf(objects))

  it('takes no more evictions than there is excess, and lowers it by each', () => {
    expect(result.evictions.length).toBeLessThanOrEqual(excess(result))
    const after = own(result).reduce((sum, group) => sum + group.excessAfter, 0)
    expect(result.evictions.length).toBeLessThanOrEqual(excess(result) - after)
    for (const group of own(result)) expect(group.excessAfter).toBeLessThanOrEqual(group.excess)
  })

  it('is the same whatever order the objects come in', () => {
    expect(planOn(stateOf([...objects].reverse()))).toEqual(result)
  })
})

describe('small clusters, played through', () => {
  it.each(SEEDS)('carried out, its counts are those promised and nothing is left to plan (seed %i)', seed => {
    const cluster = stateOf(objectsOf(drawCluster(seed)))
    const result = planOn(cluster)
    carryOut(cluster, result)
    const again = planOn(cluster)
    expect(counts(again, 'count')).toEqual(counts(result, 'countAfter'))
    expect(again.evictions).toEqual([])
  })

  it.each(SEEDS)('without any one of its evictions more excess is left (seed %i)', seed => {
    const objects = objectsOf(drawCluster(seed))
    const result = planOn(stateOf(objects))
    const after = own(result).reduce((sum, group) => sum + group.excessAfter, 0)
    for (const { uid } of result.evictions) {
      const cluster = stateOf(objects)
      carryOut(cluster, result, each => each === uid)
      expect(excess(planOn(cluster))).toBeGreaterThan(after)
    }
  })
})

function counts(result: Plan, which: 'count' | 'countAfter'): unknown {
  return own(result).map(({ id, domains }) => [id, domains.map(domain => domain[which])])
}

describe('budgets', () => {
  it.each([0, 1, 2, 3])('that allow %i evictions now have no more in the first wave', allowed => {
    for (const seed of SEEDS) {
      const status = { disruptionsAllowed: allowed, currentHealthy: 8, desiredHealthy: 8 - allowed, expectedPods: 8 }
      const budgets = ['web', 'api'].map(name => budget(name, { maxUnavailable: 3 }, status))
      const { evictions } = planOn(stateOf([...objectsOf(drawCluster(seed)), ...budgets]))
      for (const name of ['web', 'api']) {
        expect(evictions.filter(({ wave, workload }) => wave === 1 && workload.name === name).length).toBeLessThanOrEqual(allowed)
      }
    }
  })
})
