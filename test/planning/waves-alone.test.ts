import { describe, expect, it } from 'vitest'
import type { ClusterState } from '../../src/cluster/cluster-state.ts'
import type { PodRecord } from '../../src/cluster/pod.ts'
import type { Deferred } from '../../src/planning/deferred.ts'
import { plan } from '../../src/planning/plan.ts'
import type { Plan, PlannedEviction } from '../../src/planning/plan-types.ts'
import { DEFAULT_POLICY } from '../../src/planning/policy.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import { AT_REST, stateOf, ZONE } from '../support/spread-world.ts'
import { drawCluster, drawCrowdedCluster, objectsOf } from './small-clusters.ts'

// A plan is interrupted: waves are so ordered that what has been done by then was worth it, whether or not the rest ever comes.

const SEEDS = Array.from({ length: 80 }, (_, index) => 3000 + index)

const CROWDED_SEEDS = Array.from({ length: 150 }, (_, index) => 1 + index)

function planOn(cluster: ClusterState, deferred: readonly Deferred[] = []): Plan {
  return plan({ cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }, DEFAULT_POLICY, { ...AT_REST, deferred })
}

const excess = ({ groups }: Plan): number => groups.filter(({ origin }) => origin === 'pod').reduce((sum, group) => sum + group.excess, 0)

/** The nodes that the replacement may land on as the cluster is now, the planned one first; none: it stays Pending. */
function landings(cluster: ClusterState, victim: PodRecord, { toNode }: PlannedEviction): readonly string[] {
  const model = createSchedulerModel(cluster, DEFAULT_PROFILES)
  const key = `${victim.namespace}/${victim.name}`
  model.advance({ kind: 'Pod', key, before: victim, after: { ...victim, deletedAt: AT_REST.now } })
  const answer = model.replacementOf(victim)
  const prediction = answer.kind === 'replacement' ? model.predict(answer.pod) : undefined
  if (prediction?.kind !== 'placed') return []
  const names = prediction.leading.map(({ name }) => name)
  return names.includes(toNode) ? [toNode, ...names.filter(name => name !== toNode)] : names
}

/** Carries out the evictions of one wave, one after the other. Returns those whose replacement would have stayed Pending. */
function carryOut(cluster: ClusterState, wave: readonly PlannedEviction[]): readonly string[] {
  return wave.flatMap(eviction => {
    const victim = cluster.pod(eviction.namespace, eviction.pod)
    if (victim === undefined) return [`${eviction.pod} is gone`]
    const [node] = landings(cluster, victim, eviction)
    if (node === undefined) return [eviction.pod]
    cluster.apply({ type: 'delete', kind: 'Pod', key: `${victim.namespace}/${victim.name}` })
    cluster.apply({ type: 'upsert', record: { ...victim, uid: `${victim.uid}+`, nodeName: node } })
    return []
  })
}

/**
 * The same while the evicted pods hold what they have, as they do for their grace period: they go together, once all replacements have landed.
 * Returns those of which one might have landed in another zone than foreseen, or nowhere.
 */
function carryOutSlowly(cluster: ClusterState, wave: readonly PlannedEviction[]): readonly string[] {
  const victims: PodRecord[] = []
  const astray = wave.flatMap(eviction => {
    const victim = cluster.pod(eviction.namespace, eviction.pod)
    if (victim === undefined) return [`${eviction.pod} is gone`]
    const nodes = landings(cluster, victim, eviction)
    const [node] = nodes
    if (node === undefined) return [`${eviction.pod} -> nowhere`]
    cluster.apply({ type: 'upsert', record: { ...victim, deletedAt: AT_REST.now } })
    cluster.apply({ type: 'upsert', record: { ...victim, name: `${victim.name}+`, uid: `${victim.uid}+`, nodeName: node } })
    victims.push(victim)
    const zones = eviction.topologyKey === ZONE ? nodes.map(name => cluster.node(name)?.labels.get(ZONE) ?? '') : []
    return zones.filter(zone => !eviction.toDomains.includes(zone)).map(zone => `${eviction.pod} -> ${zone}`)
  })
  for (const { namespace, name } of victims) cluster.apply({ type: 'delete', kind: 'Pod', key: `${namespace}/${name}` })
  return astray
}

const inWaves = (evictions: readonly PlannedEviction[]): readonly (readonly PlannedEviction[])[] =>
  [...Map.groupBy(evictions, each => each.wave)].sort(([a], [b]) => a - b).map(([, wave]) => wave)

describe('a plan that is interrupted after any of its waves', () => {
  it.each(SEEDS)('has lowered the excess with each of them, and left no replacement Pending (seed %i)', seed => {
    const cluster = stateOf(objectsOf(drawCluster(seed)))
    const { evictions, ...before } = planOn(cluster)
    const courses = [excess({ evictions, ...before })]
    for (const wave of inWaves(evictions)) {
      expect(carryOut(cluster, wave)).toEqual([])
      courses.push(excess(planOn(cluster)))
    }
    expect(courses).toEqual(courses.toSorted((a, b) => b - a))
    expect(new Set(courses).size).toBe(courses.length)
  })
})

describe('a wave whose pods are slow to go, where most nodes are full', () => {
  it.each(CROWDED_SEEDS)('has its replacements land where foreseen all the same (seed %i)', seed => {
    const cluster = stateOf(objectsOf(drawCrowdedCluster(seed)))
    for (const wave of inWaves(planOn(cluster).evictions)) expect(carryOutSlowly(cluster, wave)).toEqual([])
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
