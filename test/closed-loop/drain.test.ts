import { describe, expect, it } from 'vitest'
import { deploymentManifest, nodeManifest } from '../../src/simulation/manifests.ts'
import type { RawObject } from '../../src/simulation/object-store.ts'
import { threeZones } from '../../src/simulation/scenarios/three-zones.ts'
import { drain } from './rivals.ts'
import { setStage } from './scenario.ts'
import { MINUTE, readyByZone, type World } from './world.ts'

const ZONE_C = ['node-c1', 'node-c2', 'node-c3']
const EVEN = { 'zone-a': 4, 'zone-b': 4, 'zone-c': 4 }

/** Nodes apart, and a workload that runs nowhere else. */
const TAINT = { key: 'pool', value: 'apart', effect: 'NoSchedule' }
const apart = (zone: string): RawObject => ({
  ...nodeManifest({ name: `apart-${zone}`, zone: `zone-${zone}`, labels: { pool: 'apart' }, ready: true }),
  spec: { taints: [TAINT] },
})
const batch = deploymentManifest({
  namespace: 'shop',
  name: 'batch',
  replicas: 6,
  spread: [{ over: 'zone' }],
  podSpec: { nodeSelector: { pool: 'apart' }, tolerations: [{ ...TAINT, operator: 'Equal' }] },
})

const workloadsOf = (world: World): ReadonlySet<string> => new Set(world.requests.map(({ pod }) => pod.split('-')[0] ?? ''))
const timesOf = (world: World, reason: string): readonly number[] => world.told.filter(told => told.reason === reason).map(({ at }) => at)

describe('a zone is drained, node by node, and uncordoned', () => {
  it.each([1, 2, 3])('what it touches waits meanwhile, the rest goes on, and then it is filled again (seed %i)', async seed => {
    const stage = setStage({ seed, objects: [...threeZones(), apart('a'), apart('b'), batch] })
    const { world, invariants } = stage
    stage.start()
    await world.pass(2 * MINUTE)

    // The pool that is apart gets a node in the third zone while the drain goes on.
    const began = world.clock.now()
    for (const node of ZONE_C) {
      drain(stage, node)
      await world.pass(2 * MINUTE)
      if (node !== 'node-c1') continue
      stage.somebody('a node is made in the third zone')
      world.cluster.apply(apart('c'))
    }
    await world.pass(2 * MINUTE)
    const meanwhile = workloadsOf(world)
    const emptied = readyByZone(world, 'web')['zone-c']
    const uncordoned = world.clock.now()
    for (const node of ZONE_C) world.cluster.uncordon(node)
    stage.somebody('the zone is opened again')
    await world.pass(30 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect(emptied).toBe(0)
    expect([...meanwhile]).toEqual(['batch'])
    expect(world.reasons()).toContain('DrainInProgress')
    expect(readyByZone(world, 'batch')).toEqual({ 'zone-a': 2, 'zone-b': 2, 'zone-c': 2 })
    expect(readyByZone(world, 'web')).toEqual(EVEN)

    expect(timesOf(world, 'DrainBegan')).toHaveLength(1)
    expect(timesOf(world, 'DrainBegan')[0]! - began).toBeLessThan(MINUTE)
    expect(timesOf(world, 'DrainEnded')).toHaveLength(1)
    expect(timesOf(world, 'DrainEnded')[0]! - uncordoned).toBeLessThan(MINUTE)
    const [story] = world.told.filter(({ reason }) => reason === 'EpisodeDone').slice(-1)
    expect(story?.fields).toMatchObject({ cause: 'Drain', misses: 0, evictions: world.requests.length })
  })

  it('a node that stays cordoned after its drain holds nothing for ever', async () => {
    const stage = setStage({ seed: 4 })
    const { world, invariants } = stage
    stage.start()
    await world.pass(2 * MINUTE)
    for (const node of ['node-a1', 'node-a2']) drain(stage, node)
    await world.pass(33 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect(timesOf(world, 'DrainEnded')).toHaveLength(1)
    // One node is left in zone a, and takes what the spread asks for.
    expect(readyByZone(world, 'web')).toEqual(EVEN)
    expect(world.planNow().summary.plannedEvictions).toBe(0)
  })
})
