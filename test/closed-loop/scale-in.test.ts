import { describe, expect, it } from 'vitest'
import type { PodRecord } from '../../src/cluster/pod.ts'
import { autoscalerManifest, budgetManifest, deploymentManifest, namespaceManifest, nodeManifest } from '../../src/simulation/manifests.ts'
import { watchInvariants, type Invariants } from './invariants.ts'
import { startRespread } from './respread.ts'
import { createWorld, MINUTE, readyByZone, SECOND, type World, type WorldOptions } from './world.ts'

const COST = 'controller.kubernetes.io/pod-deletion-cost'
const SET = 'respread.io/deletion-cost-set'

const NODES = ['a', 'b', 'c'].flatMap(zone => [1, 2].map(index => ({ name: `node-${zone}${index}`, zone: `zone-${zone}` })))

interface Story {
  readonly world: World
  readonly invariants: Invariants
  readonly process: ReturnType<typeof startRespread>
}

/**
 * `web` as a scale-in has left it a moment ago: four pods in zone-a, one in each of the others, under an autoscaler. That is why nothing is evicted
 * for the next ten minutes.
 */
async function scaledIn(options: Partial<WorldOptions> = {}): Promise<World> {
  const world = createWorld({
    seed: 1,
    objects: [
      namespaceManifest('shop'),
      ...NODES.map(node => nodeManifest({ ...node, ready: true })),
      deploymentManifest({ namespace: 'shop', name: 'web', replicas: 4, spread: [{ over: 'zone' }] }),
    ],
    settings: { deletionCosts: true },
    ...options,
  })
  const away = NODES.filter(({ zone }) => zone !== 'zone-a')
  for (const { name } of away) world.cluster.cordon(name)
  await world.pass(MINUTE)
  for (const { name } of away) world.cluster.uncordon(name)
  await world.pass(5 * SECOND)
  world.cluster.scale('deployments', 'shop', 'web', 6)
  await world.pass(MINUTE)
  expect(readyByZone(world, 'web')).toEqual({ 'zone-a': 4, 'zone-b': 1, 'zone-c': 1 })
  autoscale(world)
  return world
}

/** The same, and a loop begins to look at it. */
async function afterScaleIn(options?: Partial<WorldOptions>): Promise<Story> {
  const world = await scaledIn(options)
  const invariants = watchInvariants(world)
  return { world, invariants, process: startRespread(world) }
}

/** What the autoscaler does: it has just scaled, to as many replicas if they are given. */
function autoscale({ cluster, clock }: World, replicas?: number): void {
  if (replicas !== undefined) cluster.scale('deployments', 'shop', 'web', replicas)
  const lastScaleTime = new Date(clock.now()).toISOString()
  cluster.apply({ ...autoscalerManifest('shop', 'web', { minReplicas: 3, maxReplicas: 12 }), status: { lastScaleTime } })
}

const podsOf = ({ cluster }: World): readonly PodRecord[] =>
  [...cluster.state.pods()].filter(pod => pod.labels.get('app') === 'web' && pod.deletedAt === undefined)

/** Costs and notes of ours as they stand, by zone: `zone-a -4 -4`. */
function standing(world: World): readonly string[] {
  return podsOf(world)
    .filter(({ annotations }) => annotations.has(COST) || annotations.has(SET))
    .map(({ nodeName, annotations }) => {
      const zone = world.cluster.state.node(nodeName ?? '')?.labels.get('topology.kubernetes.io/zone')
      return `${zone} ${annotations.get(COST) ?? '-'} ${annotations.get(SET) ?? '-'}`
    })
    .toSorted((a, b) => (a < b ? -1 : 1))
}

const WRITTEN = ['zone-a -3 -3', 'zone-a -4 -4']

describe('under an autoscaler, what evictions do not mend', () => {
  it.each([1, 2, 3])('the next scale-in does: the surplus carries costs, goes, and nothing of them is left (seed %i)', async seed => {
    const { world, invariants } = await afterScaleIn({ seed })
    await world.pass(MINUTE)
    const written = standing(world)
    const surplus = podsOf(world).filter(({ annotations }) => annotations.has(COST))
    autoscale(world, 4)
    await world.pass(MINUTE)

    expect(written).toEqual(WRITTEN)
    expect(readyByZone(world, 'web')).toEqual({ 'zone-a': 2, 'zone-b': 1, 'zone-c': 1 })
    for (const { uid } of surplus) expect(podsOf(world).map(pod => pod.uid)).not.toContain(uid)
    expect(standing(world)).toEqual([])
    expect(invariants.breaches).toEqual([])
    expect(world.requests).toEqual([])
    expect(world.reasons().filter(reason => reason === 'DeletionCostSet')).toHaveLength(2)
  })

  it('a scale-in by one levels by one, and what it leaves to be done stays written as it was', async () => {
    const { world } = await afterScaleIn()
    await world.pass(MINUTE)
    const sent = world.written.length
    autoscale(world, 5)
    await world.pass(MINUTE)

    expect(readyByZone(world, 'web')).toEqual({ 'zone-a': 3, 'zone-b': 1, 'zone-c': 1 })
    expect(standing(world)).toEqual(['zone-a -3 -3'])
    expect(world.written).toHaveLength(sent)
  })

  it('is taken back when a scale-out restores the spread instead', async () => {
    const { world } = await afterScaleIn()
    await world.pass(MINUTE)
    autoscale(world, 12)
    await world.pass(2 * MINUTE)

    expect(readyByZone(world, 'web')).toEqual({ 'zone-a': 4, 'zone-b': 4, 'zone-c': 4 })
    expect(standing(world)).toEqual([])
    expect(world.reasons()).toContain('DeletionCostTakenBack')
  })

  it('is left to evictions once the autoscaler has come to rest, and taken back before', async () => {
    const { world, invariants } = await afterScaleIn()
    await world.pass(MINUTE)
    expect(standing(world)).toEqual(WRITTEN)
    await world.pass(15 * MINUTE)

    expect(readyByZone(world, 'web')).toEqual({ 'zone-a': 2, 'zone-b': 2, 'zone-c': 2 })
    expect(invariants.flights).toHaveLength(2)
    expect(invariants.breaches).toEqual([])
    expect(standing(world)).toEqual([])
  })

  it('is taken back when the autoscaler is gone', async () => {
    const { world } = await afterScaleIn()
    // Whether scaled in a moment ago or not, nothing of it is evicted.
    world.cluster.apply(budgetManifest('shop', 'web', { maxUnavailable: 0 }))
    await world.pass(15 * MINUTE)
    const written = standing(world)
    world.cluster.store.delete('horizontalpodautoscalers', 'shop', 'web')
    await world.pass(MINUTE)

    expect(written).toEqual(WRITTEN)
    expect(standing(world)).toEqual([])
    expect(readyByZone(world, 'web')).toEqual({ 'zone-a': 4, 'zone-b': 1, 'zone-c': 1 })
  })

  it('is not written where the feature is off', async () => {
    const { world } = await afterScaleIn({ settings: {} })
    await world.pass(5 * MINUTE)

    expect(standing(world)).toEqual([])
    expect(world.written).toEqual([])
  })

  it('is not written in a dry run, which says what it would write', async () => {
    const { world } = await afterScaleIn({ settings: { deletionCosts: true, dryRun: true } })
    await world.pass(5 * MINUTE)

    expect(standing(world)).toEqual([])
    expect(world.written).toEqual([])
    expect(world.reasons().filter(reason => reason === 'WouldSetDeletionCost')).toHaveLength(2)
  })
})

describe("somebody else's costs", () => {
  const annotate = ({ cluster }: World, pod: PodRecord | undefined, annotations: Readonly<Record<string, string>>): void => {
    cluster.objects.update('pods', { namespace: 'shop', name: pod?.name ?? '' }, current => ({
      ...current,
      metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, ...annotations } },
    }))
  }
  const inZoneA = (world: World): readonly PodRecord[] => podsOf(world).filter(({ nodeName }) => nodeName?.startsWith('node-a') === true)

  it('stay, and other pods of the domain are named instead', async () => {
    const { world } = await afterScaleIn()
    for (const pod of inZoneA(world).slice(0, 2)) annotate(world, pod, { [COST]: '100' })
    await world.pass(5 * MINUTE)

    expect(standing(world)).toEqual(['zone-a -3 -3', 'zone-a -4 -4', 'zone-a 100 -', 'zone-a 100 -'])
  })

  it('stay where they replace ours, and are told of', async () => {
    const { world } = await afterScaleIn()
    await world.pass(MINUTE)
    for (const pod of inZoneA(world)) annotate(world, pod, { [COST]: '100' })
    await world.pass(MINUTE)
    const told = world.told.filter(({ reason }) => reason === 'DeletionCostForeign')
    autoscale(world, 12)
    await world.pass(2 * MINUTE)

    expect(told.length).toBeGreaterThan(0)
    // What is left of ours goes; theirs stays.
    expect(standing(world)).toEqual(Array.from({ length: 4 }, () => 'zone-a 100 -'))
  })
})

describe('the process that has written costs', () => {
  it('takes them back when it stops', async () => {
    const { world, process } = await afterScaleIn()
    await world.pass(MINUTE)
    void process.loop.stop()
    await world.pass(20 * SECOND)

    expect(standing(world)).toEqual([])
  })

  it('leaves them to the loop that goes on in its place, which leaves them as they are', async () => {
    const { world, process } = await afterScaleIn()
    await world.pass(MINUTE)
    const sent = world.written.length
    void process.loop.stop({ handOver: true })
    await world.pass(20 * SECOND)
    startRespread(world)
    await world.pass(MINUTE)

    expect(standing(world)).toEqual(WRITTEN)
    expect(world.written).toHaveLength(sent)
  })

  it('may leave them to a loop in which the feature is off, which takes them back', async () => {
    const { world, process } = await afterScaleIn()
    await world.pass(MINUTE)
    void process.loop.stop({ handOver: true })
    await world.pass(20 * SECOND)
    startRespread(world, undefined, { deletionCosts: false })
    await world.pass(MINUTE)

    expect(standing(world)).toEqual([])
  })

  it.each([1, 2, 3, 4])('may die in between: the next one finds what is its own and takes it back (seed %i)', async seed => {
    const { world, process } = await afterScaleIn({ seed })
    await world.clock.runUntil(() => standing(world).length > 0, MINUTE)
    process.kill()
    autoscale(world, 12)
    await world.pass(2 * MINUTE)
    const left = standing(world).length
    startRespread(world)
    await world.pass(MINUTE)

    expect(left).toBeGreaterThan(0)
    expect(standing(world)).toEqual([])
  })

  it('may lose the lease: the other goes on with what is written', async () => {
    const world = await scaledIn()
    let leader = 1
    const listeners = new Set<() => void>()
    const leadership = (id: number) => ({
      mayAct: () => leader === id,
      subscribe: (listener: () => void) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    })
    for (const id of [1, 2]) startRespread(world, leadership(id))
    await world.pass(MINUTE)
    const before = standing(world)
    leader = 2
    for (const listener of listeners) listener()
    autoscale(world, 4)
    await world.pass(MINUTE)

    expect(before).toEqual(WRITTEN)
    expect(readyByZone(world, 'web')).toEqual({ 'zone-a': 2, 'zone-b': 1, 'zone-c': 1 })
    expect(standing(world)).toEqual([])
  })

  it('may lose answers: what is written is written once', async () => {
    const { world } = await afterScaleIn({ way: { lostAnswers: 0.5 }, seed: 3 })
    await world.pass(5 * MINUTE)

    expect(standing(world)).toEqual(WRITTEN)
    expect(new Set(world.written.map(({ uid }) => uid)).size).toBe(2)
  })
})
