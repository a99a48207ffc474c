import { describe, expect, it } from 'vitest'
import type { PodRecord } from '../../src/cluster/pod.ts'
import { deploymentManifest, nodeManifest } from '../../src/simulation/manifests.ts'
import type { RawObject } from '../../src/simulation/object-store.ts'
import { createInProcessEvictor } from '../../src/simulation/ports/in-process-evictor.ts'
import { threeZones } from '../../src/simulation/scenarios/three-zones.ts'
import { watchInvariants } from './invariants.ts'
import { createWorld, MINUTE, readyByZone, SECOND, type World } from './world.ts'

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

/** What `kubectl drain` does to these nodes: cordons them, then asks for the eviction of whatever is left every few seconds. Returns how to end it. */
function drain(world: World, nodes: readonly string[]): () => void {
  const evictor = createInProcessEvictor(world.cluster.store, world.clock, world.random.fork('drain'), {
    delay: { min: 5, max: 50 },
    lostAnswers: 0,
  })
  const isLeft = (pod: PodRecord): boolean => nodes.includes(pod.nodeName ?? '') && pod.deletedAt === undefined
  let cancel = (): void => undefined
  for (const node of nodes) world.cluster.cordon(node)
  const round = (): void => {
    for (const { namespace, name, uid } of [...world.cluster.state.pods()].filter(isLeft)) {
      void evictor.evict({ namespace, pod: name, uid, priority: 0 }, new AbortController().signal)
    }
    cancel = world.clock.after(5 * SECOND, round)
  }
  round()
  return () => cancel()
}

const workloadsOf = (world: World): ReadonlySet<string> => new Set(world.requests.map(({ pod }) => pod.split('-')[0] ?? ''))
const timesOf = (world: World, reason: string): readonly number[] => world.told.filter(told => told.reason === reason).map(({ at }) => at)

describe('a zone is drained, node by node, and uncordoned', () => {
  it.each([1, 2, 3])('what it touches waits meanwhile, the rest goes on, and then it is filled again (seed %i)', async seed => {
    const world = createWorld({ seed, objects: [...threeZones(), apart('a'), apart('b'), batch] })
    const invariants = watchInvariants(world)
    world.start()
    await world.pass(2 * MINUTE)

    // The pool that is apart gets a node in the third zone while the drain goes on.
    const ends: (() => void)[] = []
    const began = world.clock.now()
    for (const node of ZONE_C) {
      ends.push(drain(world, [node]))
      await world.pass(2 * MINUTE)
      if (node === 'node-c1') world.cluster.apply(apart('c'))
    }
    await world.pass(2 * MINUTE)
    for (const end of ends) end()
    const meanwhile = workloadsOf(world)
    const emptied = readyByZone(world, 'web')['zone-c']
    const uncordoned = world.clock.now()
    for (const node of ZONE_C) world.cluster.uncordon(node)
    invariants.disturbed()
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
    const world = createWorld({ seed: 4, objects: threeZones() })
    const invariants = watchInvariants(world)
    world.start()
    await world.pass(2 * MINUTE)
    const end = drain(world, ['node-a1', 'node-a2'])
    await world.pass(3 * MINUTE)
    end()
    await world.pass(30 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect(timesOf(world, 'DrainEnded')).toHaveLength(1)
    // One node is left in zone a, and takes what the spread asks for.
    expect(readyByZone(world, 'web')).toEqual(EVEN)
    expect(world.planNow().summary.plannedEvictions).toBe(0)
  })
})
