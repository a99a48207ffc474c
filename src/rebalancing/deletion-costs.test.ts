import { describe, expect, it } from 'vitest'
import { createLoopWorld, MINUTE, SECOND, type LoopWorld } from '../../test/support/loop-world.ts'
import type { SurplusPod } from '../planning/choose-surplus.ts'
import { NO_SURPLUS } from '../planning/surplus.ts'
import type { Loop } from './loop.ts'
import type { AnnotationOutcome } from './ports.ts'

const COST = 'controller.kubernetes.io/pod-deletion-cost'
const SET = 'respread.io/deletion-cost-set'
const ON = { deletionCosts: true }

/** So many pods in each zone, so that nothing is evicted; the first of zone a are said to be surplus all the same. */
function worldWith(pods: number, surplus: number): LoopWorld {
  const world = createLoopWorld([pods, pods, pods])
  world.surplus = () => ({
    ...NO_SURPLUS,
    pods: Array.from({ length: surplus }, (_, index) => surplusPod(world, `web-a${index}`, index - pods)),
  })
  return world
}

function surplusPod({ state }: LoopWorld, name: string, cost: number): SurplusPod {
  const pod = state.pod('shop', name)!
  return { pod, workload: { kind: 'ReplicaSet', name: 'web' }, topologyKey: 'zone', domain: 'a', cost }
}

/** What a write leads to is seen a moment later. */
function written(world: LoopWorld, name: string, cost: string | undefined): void {
  const annotations: ReadonlyMap<string, string> =
    cost === undefined
      ? new Map()
      : new Map([
          [COST, cost],
          [SET, cost],
        ])
  world.apply({ ...world.state.pod('shop', name)!, annotations })
}

const sent = (world: LoopWorld): readonly string[] => world.written.map(({ pod, cost }) => `${pod} ${cost ?? 'none'}`)

async function started(world: LoopWorld, settings = ON): Promise<Loop> {
  const loop = world.loop(settings)
  void loop.start()
  await world.clock.advanceAsync(SECOND)
  return loop
}

async function stopped(world: LoopWorld, loop: Loop, how?: { readonly handOver: boolean }): Promise<void> {
  let isOver = false
  void loop.stop(how).then(() => (isOver = true))
  await world.clock.runUntil(() => isOver, MINUTE)
}

describe('deletion costs', () => {
  it('are written where the surplus is, the lowest first, and taken back where it is no more', async () => {
    const world = worldWith(3, 2)
    written(world, 'web-b0', '-9')
    const loop = await started(world)

    expect(world.written).toEqual([
      { namespace: 'shop', pod: 'web-a0', uid: 'web-a0', cost: -3 },
      { namespace: 'shop', pod: 'web-a1', uid: 'web-a1', cost: -2 },
      { namespace: 'shop', pod: 'web-b0', uid: 'web-b0', cost: undefined },
    ])
    expect(
      world.told.filter(({ reason }) => reason.startsWith('DeletionCost')).map(({ reason, message }) => `${reason} ${message}`),
    ).toEqual([
      'DeletionCostSet shop/web-a0: its deletion cost is -3: ReplicaSet web has too many pods in zone=a, and the next scale-in should take it',
      'DeletionCostSet shop/web-a1: its deletion cost is -2: ReplicaSet web has too many pods in zone=a, and the next scale-in should take it',
      'DeletionCostTakenBack shop/web-b0: its deletion cost is taken back',
    ])
    expect(loop.status().deletionCosts).toBe(1)
    await stopped(world, loop)
  })

  it('are begun a few at a time, the rest in the passes that follow', async () => {
    const world = worldWith(50, 45)
    const times: number[] = []
    world.annotate = ({ pod, cost }) => {
      times.push(world.clock.now())
      world.clock.after(SECOND, () => written(world, pod, String(cost)))
      return { kind: 'Written' }
    }
    const loop = await started(world)
    await world.clock.advanceAsync(10 * SECOND)

    const rounds = [...Map.groupBy(times, time => time).values()]
    expect(rounds.map(round => round.length)).toEqual([20, 20, 5])
    expect(new Set(sent(world)).size).toBe(45)
    await stopped(world, loop, { handOver: true })
  })

  it('are not asked for again while an answer is outstanding', async () => {
    const world = worldWith(3, 1)
    let answer: (outcome: AnnotationOutcome) => void = () => {}
    world.annotate = () => new Promise(resolve => (answer = resolve))
    const loop = await started(world)
    await world.clock.advanceAsync(2 * MINUTE)

    expect(sent(world)).toEqual(['web-a0 -3'])
    answer({ kind: 'Conflict', message: 'the object has been modified' })
    await world.clock.advanceAsync(MINUTE)
    expect(sent(world)).toEqual(['web-a0 -3', 'web-a0 -3'])
    answer({ kind: 'Written' })
    await stopped(world, loop)
  })

  it('wait as long as a busy server asks', async () => {
    const world = worldWith(3, 1)
    world.annotate = () => ({ kind: 'Throttled', retryAfterMs: 2 * MINUTE, message: 'busy' })
    const loop = await started(world)
    await world.clock.advanceAsync(110 * SECOND)
    expect(sent(world)).toHaveLength(1)
    await world.clock.advanceAsync(MINUTE)

    expect(sent(world)).toHaveLength(2)
    expect(world.reasons()).toContain('DeletionCostNotWritten')
    await stopped(world, loop, { handOver: true })
  })

  it.each<AnnotationOutcome>([
    { kind: 'RefusedByWebhook', message: 'not on Fridays' },
    { kind: 'Invalid', message: 'no' },
  ])('that are refused ($kind) rest, those of other pods do not', async refusal => {
    const world = worldWith(3, 2)
    world.annotate = ({ pod }) => (pod === 'web-a0' ? refusal : { kind: 'Lost', message: 'the connection broke' })
    const loop = await started(world)
    await world.clock.advanceAsync(9 * MINUTE)
    const times = (pod: string): number => world.written.filter(request => request.pod === pod).length

    expect(times('web-a0')).toBe(1)
    expect(times('web-a1')).toBeGreaterThan(10)
    await world.clock.advanceAsync(2 * MINUTE)
    expect(times('web-a0')).toBe(2)
    await stopped(world, loop, { handOver: true })
  })

  it('end for good without the permission, which is told once', async () => {
    const world = worldWith(3, 3)
    world.annotate = () => ({ kind: 'Forbidden', message: 'not allowed' })
    written(world, 'web-b0', '-9')
    const loop = await started(world)
    await world.clock.advanceAsync(10 * MINUTE)
    await stopped(world, loop)

    expect(world.written).toHaveLength(4)
    expect(world.told.filter(({ reason }) => reason === 'DeletionCostForbidden')).toHaveLength(1)
  })

  it("of somebody else's are told of once, and not written", async () => {
    const world = worldWith(3, 0)
    world.surplus = () => ({ ...NO_SURPLUS, foreign: [surplusPod(world, 'web-a0', -3)] })
    written(world, 'web-a0', '-4')
    world.apply({
      ...world.state.pod('shop', 'web-a0')!,
      annotations: new Map([
        [COST, '7'],
        [SET, '-4'],
      ]),
    })
    const loop = await started(world)
    await world.clock.advanceAsync(5 * MINUTE)

    expect(world.written).toEqual([])
    expect(world.told.filter(({ reason }) => reason === 'DeletionCostForeign')).toHaveLength(1)
    await stopped(world, loop, { handOver: true })
  })

  it('stay on pods about which nothing is to be said now, and go with pods that go', async () => {
    const world = worldWith(3, 0)
    world.surplus = () => ({ ...NO_SURPLUS, unsettled: new Set(['web-a0']) })
    written(world, 'web-a0', '-3')
    written(world, 'web-a1', '-3')
    world.apply({ ...world.state.pod('shop', 'web-a1')!, deletedAt: world.clock.now() })
    const loop = await started(world)

    expect(world.written).toEqual([])
    await stopped(world, loop, { handOver: true })
  })
})

describe('nothing is written', () => {
  it.each<[string, (world: LoopWorld) => void, object]>([
    ['in a dry run', () => {}, { dryRun: true }],
    ['while a person has paused it', () => {}, { paused: true }],
    ['without the lease', world => world.lead(false), {}],
    ['on a stale view', world => void (world.freshness[0] = { kind: 'Pod', required: true, synced: true, ageMs: 2 * MINUTE }), {}],
  ])('%s', async (_, given, settings) => {
    const world = worldWith(3, 2)
    written(world, 'web-b0', '-9')
    given(world)
    const loop = await started(world, { ...ON, ...settings })
    await world.clock.advanceAsync(5 * MINUTE)
    await stopped(world, loop, { handOver: true })

    expect(world.written).toEqual([])
  })
})

describe('at the end', () => {
  it.each([
    ['before', [{ handOver: true }, undefined]],
    ['after', [undefined, { handOver: true }]],
  ])('of the process none stays for a loop that was to go on, be that asked for %s', async (_, stops) => {
    const world = worldWith(3, 0)
    world.surplus = () => ({ ...NO_SURPLUS, unsettled: new Set(['web-a0']) })
    written(world, 'web-a0', '-3')
    const loop = await started(world)
    for (const how of stops) void loop.stop(how)
    await stopped(world, loop)

    expect(sent(world)).toEqual(['web-a0 none'])
  })

  it('all that stands is taken back, whoever wrote it and however many', async () => {
    const world = worldWith(30, 0)
    world.surplus = () => ({ ...NO_SURPLUS, unsettled: new Set(Array.from({ length: 30 }, (_, index) => `web-a${index}`)) })
    for (let index = 0; index < 30; index += 1) written(world, `web-a${index}`, '-5')
    const loop = await started(world)
    expect(world.written).toEqual([])
    await stopped(world, loop)

    expect(world.written).toHaveLength(30)
    expect(new Set(world.written.map(({ cost }) => cost))).toEqual(new Set([undefined]))
  })

  it('what was written a moment ago is taken back too, though the view does not show it yet', async () => {
    const world = worldWith(3, 1)
    const loop = await started(world)
    await stopped(world, loop)

    expect(sent(world)).toEqual(['web-a0 -3', 'web-a0 none'])
  })

  it('a short time must do: a server that does not answer holds nobody up', async () => {
    const world = worldWith(3, 0)
    world.surplus = () => ({ ...NO_SURPLUS, unsettled: new Set(['web-a0']) })
    written(world, 'web-a0', '-5')
    world.annotate = (_, signal) =>
      new Promise(resolve => signal.addEventListener('abort', () => resolve({ kind: 'Lost', message: 'given up' })))
    const loop = await started(world)
    const from = world.clock.now()
    await stopped(world, loop)

    expect(world.clock.now() - from).toBe(15 * SECOND)
    expect(world.told.at(-1)).toMatchObject({ reason: 'DeletionCostNotWritten', level: 'warning' })
  })

  it('whoever has lost the lease takes nothing back: what is under way is given up', async () => {
    const world = worldWith(3, 1)
    let isGivenUp = false
    world.annotate = (_, signal) =>
      new Promise(resolve =>
        signal.addEventListener('abort', () => {
          isGivenUp = true
          resolve({ kind: 'Lost', message: 'given up' })
        }),
      )
    const loop = await started(world)
    written(world, 'web-b0', '-9')
    world.lead(false)
    await stopped(world, loop)

    expect(isGivenUp).toBe(true)
    expect(sent(world)).toEqual(['web-a0 -3'])
    expect(world.reasons()).not.toContain('DeletionCostNotWritten')
  })
})
