import { describe, expect, it } from 'vitest'
import type { ClusterState } from '../../src/cluster/cluster-state.ts'
import type { PodRecord } from '../../src/cluster/pod.ts'
import type { Deferred } from '../../src/planning/deferred.ts'
import { plan } from '../../src/planning/plan.ts'
import type { Plan, PlannedEviction } from '../../src/planning/plan-types.ts'
import { DEFAULT_POLICY } from '../../src/planning/policy.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import { AT_REST, stateOf } from '../support/spread-world.ts'
import { drawCluster, objectsOf } from './small-clusters.ts'

// A plan is interrupted: waves are so ordered that what has been done by then was worth it, whether or not the rest ever comes.

const SEEDS = Array.from({ length: 80 }, (_, index) => 3000 + index)

function planOn(cluster: ClusterState, deferred: readonly Deferred[] = []): Plan {
  return plan({ cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }, DEFAULT_POLICY, { ...AT_REST, deferred })
}

const excess = ({ groups }: Plan): number => groups.filter(({ origin }) => origin === 'pod').reduce((sum, group) => sum + group.excess, 0)

/** The node where the replacement lands as the cluster is now, on the planned one if it may be that; undefined: it stays Pending. */
function landing(cluster: ClusterState, victim: PodRecord, { toNode }: PlannedEviction): string | undefined {
  const model = createSchedulerModel(cluster, DEFAULT_PROFILES)
  const key = `${victim.namespace}/${victim.name}`
  model.advance({ kind: 'Pod', key, before: victim, after: { ...victim, deletedAt: AT_REST.now } })
  const answer = model.replacementOf(victim)
  const prediction = answer.kind === 'replacement' ? model.predict(answer.pod) : undefined
  if (prediction?.kind !== 'placed') return undefined
  return prediction.leading.find(({ name }) => name === toNode)?.name ?? prediction.leading[0]?.name
}

/** Carries out the evictions of one wave, one after the other. Returns those whose replacement would have stayed Pending. */
function carryOut(cluster: ClusterState, wave: readonly PlannedEviction[]): readonly string[] {
  return wave.flatMap(eviction => {
    const victim = cluster.pod(eviction.namespace, eviction.pod)
    if (victim === undefined) return [`${eviction.pod} is gone`]
    const node = landing(cluster, victim, eviction)
    if (node === undefined) return [eviction.pod]
    cluster.apply({ type: 'delete', kind: 'Pod', key: `${victim.namespace}/${victim.name}` })
    cluster.apply({ type: 'upsert', record: { ...victim, uid: `${victim.uid}+`, nodeName: node } })
    return []
  })
}

describe('a plan that is interrupted after any of its waves', () => {
  it.each(SEEDS)('has lowered the excess with each of them, and left no replacement Pending (seed %i)', seed => {
    const cluster = stateOf(objectsOf(drawCluster(seed)))
    const { evictions, ...before } = planOn(cluster)
    const courses = [excess({ evictions, ...before })]
    for (const [, wave] of [...Map.groupBy(evictions, each => each.wave)].sort(([a], [b]) => a - b)) {
      expect(carryOut(cluster, wave)).toEqual([])
      courses.push(excess(planOn(cluster)))
    }
    expect(courses).toEqual(courses.toSorted((a, b) => b - a))
    expect(new Set(courses).size).toBe(courses.length)
  })
})

describe('a first wave without what the API server has deferred', () => {
  it.each(SEEDS)('lowers the excess, and leaves no replacement Pending (seed %i)', seed => {
    const cluster = stateOf(objectsOf(drawCluster(seed)))
    const before = planOn(cluster)
    const stays = before.evictions[seed % before.evictions.length]
    if (stays === undefined) return
    const deferred: readonly Deferred[] = [{ kind: 'pod', namespace: stays.namespace, name: stays.pod, uid: stays.uid }]
    const wave = planOn(cluster, deferred).evictions.filter(each => each.wave === 1 && each.uid !== stays.uid)
    expect(carryOut(cluster, wave)).toEqual([])
    expect(excess(planOn(cluster)) < excess(before)).toBe(wave.length > 0)
  })
})
