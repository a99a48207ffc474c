import { expect, it } from 'vitest'
import { groupOf, planFor, stateOf } from '../support/spread-world.ts'
import { fewestEvictions, fewestSureEvictions } from './brute-force.ts'
import { drawPlainCluster, objectsOf } from './small-clusters.ts'

const SEEDS = Array.from({ length: 600 }, (_, index) => index + 1)

const drawn = SEEDS.flatMap(seed => {
  const cluster = drawPlainCluster(seed)
  const { key, maxSkew } = cluster.workloads[0]?.constraints[0] ?? { key: '', maxSkew: 0 }
  if ((cluster.workloads[0]?.pods.length ?? 0) === 0) return []
  const objects = objectsOf(cluster)
  const plan = planFor(objects)
  const { excessAfter, reachableBound } = groupOf(plan, 'web', key)
  return [{ seed, cluster, objects, maxSkew, evictions: plan.evictions.length, excess: excessAfter, bound: reachableBound }]
})
const restored = drawn.filter(({ evictions, excess }) => evictions > 0 && excess === 0)

it('takes as few evictions as can be promised for one constraint, in each case', () => {
  const planned = drawn.map(({ seed, evictions, excess }) => ({ seed, evictions, excess }))
  expect(planned).toEqual(drawn.map(({ seed, cluster, objects }) => ({ seed, ...fewestSureEvictions(cluster, stateOf(objects)) })))
})

it('takes its bound, or more where several domains may have the replacement though some of them do not need it', () => {
  expect(restored.length).toBeGreaterThan(300)
  const more = restored.filter(({ evictions, bound = 0 }) => evictions > bound)
  expect(more.length / restored.length).toBeLessThan(0.06)
  expect(more.filter(({ maxSkew }) => maxSkew === 1)).toEqual([])
  // With luck the bound is enough: it is not too low.
  expect(more.map(({ bound }) => bound)).toEqual(more.map(({ cluster }) => fewestEvictions(cluster).evictions))
})
