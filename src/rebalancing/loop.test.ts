import { describe, expect, it } from 'vitest'
import { makeWorkload } from '../../test/support/builders.ts'
import { budgetRecord } from '../../test/support/records.ts'
import { createLoopWorld, MINUTE, NOON, SECOND, type LoopWorld } from '../../test/support/loop-world.ts'
import { EMPTY_HISTORY, formatHistory } from './history.ts'
import type { Loop } from './loop.ts'
import type { EvictionOutcome } from './ports.ts'

const HOUR = 60 * MINUTE

/** Runs a loop until it settles by itself or an hour has passed. */
async function settle(world: LoopWorld, loop: Loop, timeoutMs = HOUR) {
  let summary: Awaited<ReturnType<Loop['runUntilSettled']>> | undefined
  void loop.runUntilSettled({ timeoutMs }).then(ended => (summary = ended))
  await world.clock.runUntil(() => summary !== undefined, 2 * HOUR)
  if (summary === undefined) throw new Error('the loop did not settle')
  return summary
}

const evicted = (world: LoopWorld): readonly string[] => world.requests.map(({ pod }) => pod)

describe('from skew to balance', () => {
  it('evicts what the plan asks for, and no more', async () => {
    const world = createLoopWorld([6, 6, 0])

    const summary = await settle(world, world.loop())

    expect(summary).toMatchObject({ reason: 'Balanced', evictions: 4, landed: 4, missed: 0, remaining: [] })
    expect(world.counts()).toEqual({ a: 4, b: 4, c: 4 })
    expect(new Set(evicted(world)).size).toBe(4)
  })

  it('keeps within the cap of the workload at every moment', async () => {
    const world = createLoopWorld([6, 6, 0])
    const loop = world.loop({}, { caps: { workloadPercent: 10, namespace: 99, node: 99, cluster: 99, cycle: 99 } })
    let most = 0
    world.clock.after(0, function sample() {
      most = Math.max(most, loop.status().inFlight)
      world.clock.after(100, sample)
    })

    await settle(world, loop)

    expect(most).toBe(1)
    expect(evicted(world)).toHaveLength(4)
  })

  it('leaves a workload alone for a while that somebody has just scaled', async () => {
    const world = createLoopWorld([2, 2, 2])
    const scaled = (replicas: number): void => world.apply(makeWorkload('ReplicaSet', 'web', { replicas }))
    scaled(6)
    const loop = world.loop()
    void loop.start()
    await world.clock.advanceAsync(SECOND)

    scaled(9)
    for (const name of ['web-a2', 'web-a3', 'web-a4']) world.apply({ ...world.state.pod('shop', 'web-a0')!, name, uid: name })
    await world.clock.advanceAsync(9 * MINUTE)
    expect(evicted(world)).toEqual([])
    expect(world.reasons()).toContain('ScaledRecently')
    await world.clock.advanceAsync(5 * MINUTE)
    expect(world.counts()).toEqual({ a: 3, b: 3, c: 3 })
    await loop.stop()
  })

  it('does nothing when nothing is to be done', async () => {
    const world = createLoopWorld([2, 2, 2])

    expect(await settle(world, world.loop())).toMatchObject({ reason: 'Balanced', evictions: 0 })
    expect(world.told).toEqual([])
  })

  it('acts at once on an event and not only at the tick', async () => {
    const world = createLoopWorld([2, 2, 1])
    const loop = world.loop()
    void loop.start()
    await world.clock.advanceAsync(SECOND)

    world.apply({ ...world.state.pod('shop', 'web-a0')!, name: 'web-a2', uid: 'web-a2' })
    await world.clock.advanceAsync(3 * SECOND)
    await loop.stop()

    expect(evicted(world)).toHaveLength(1)
  })

  it('tells the story in order', async () => {
    const world = createLoopWorld([2, 0, 1])

    await settle(world, world.loop())

    expect(world.reasons()).toEqual([
      'EpisodeBegan',
      'MovesPlanned',
      'Evicting',
      'Evicted',
      'Landed',
      'WithinMaxSkew',
      'ReplacementReady',
      'EpisodeDone',
    ])
  })
})

const fail = (): never => {
  throw new Error('the ConfigMap is not there')
}

describe('holds', () => {
  it.each<[string, (world: LoopWorld) => void, string]>([
    ['a cache that is not listed yet', world => (world.freshness[0] = { ...world.freshness[0]!, synced: false }), 'CachesNotSynced'],
    ['a cache that is behind', world => (world.freshness[0] = { ...world.freshness[0]!, ageMs: 91 * SECOND }), 'ViewStale'],
    ['another holder of the lease', world => world.lead(false), 'NotLeader'],
    ['a history that cannot be read', world => (world.store.loading = fail), 'HistoryUnreadable'],
    ['a history that cannot be stored', world => (world.store.saving = fail), 'HistoryNotStored'],
  ])('%s stops every eviction, and says so once', async (_, disturb, reason) => {
    const world = createLoopWorld([6, 6, 0])
    disturb(world)

    const summary = await settle(world, world.loop(), 5 * MINUTE)

    expect(summary.reason).toBe('TimedOut')
    expect(evicted(world)).toEqual([])
    expect(world.reasons().filter(told => told === reason)).toHaveLength(1)
  })

  it('end by themselves', async () => {
    const world = createLoopWorld([6, 6, 0])
    const [pods] = world.freshness
    world.freshness[0] = { ...pods!, ageMs: 91 * SECOND }
    world.clock.after(5 * MINUTE, () => (world.freshness[0] = pods!))

    expect(await settle(world, world.loop())).toMatchObject({ reason: 'Balanced', evictions: 4 })
    expect(world.reasons()).toContain('Acting')
  })

  it('a zone that has just come back gets nothing until it has held still', async () => {
    const world = createLoopWorld([6, 6, 0])
    const node = world.state.node('node-c')!
    world.apply({ ...node, name: 'node-c2', uid: 'node-c2', ready: 'True', readySince: NOON - MINUTE })
    world.apply({ ...node, ready: 'True', readySince: NOON - MINUTE })
    let first: number | undefined
    world.answer = () => {
      first ??= world.clock.now()
      return { kind: 'Accepted' }
    }

    const summary = await settle(world, world.loop())

    expect(summary).toMatchObject({ reason: 'Balanced', evictions: 4 })
    expect(first).toBeGreaterThanOrEqual(NOON + 4 * MINUTE)
  })
})

describe('dry run', () => {
  it('says what it would do, once each, and does nothing', async () => {
    const world = createLoopWorld([3, 1, 0])
    const loop = world.loop({ dryRun: true })
    void loop.start()

    await world.clock.advanceAsync(10 * MINUTE)
    await loop.stop()

    expect(evicted(world)).toEqual([])
    expect(world.store.text).toBeUndefined()
    expect(world.told.filter(({ reason }) => reason === 'WouldEvict').map(({ about }) => about?.name)).toEqual(['web-a0'])
  })

  it('settles with what is planned', async () => {
    const world = createLoopWorld([3, 1, 0])

    const summary = await settle(world, world.loop({ dryRun: true }))

    expect(summary).toMatchObject({ reason: 'DryRun', evictions: 0 })
    expect(summary.remaining).toHaveLength(1)
  })
})

describe('answers', () => {
  const once = (outcome: EvictionOutcome): ((request: unknown) => EvictionOutcome) => {
    let asked = false
    return () => {
      if (asked) return { kind: 'Accepted' }
      asked = true
      return outcome
    }
  }

  it.each<[EvictionOutcome]>([
    [{ kind: 'BudgetLagging', retryAfterMs: 10 * SECOND, message: '' }],
    [{ kind: 'Throttled', retryAfterMs: 10 * SECOND, message: '' }],
    [{ kind: 'Conflict', message: '' }],
    [{ kind: 'BudgetExhausted', message: '' }],
    [{ kind: 'RefusedByWebhook', message: '' }],
  ])('after $kind it comes to balance all the same', async outcome => {
    const world = createLoopWorld([3, 3, 0])
    world.answer = once(outcome)

    expect(await settle(world, world.loop())).toMatchObject({ reason: 'Balanced', evictions: 2 })
    expect(world.requests).toHaveLength(3)
  })

  it('a spent budget is asked again only when it has changed', async () => {
    const world = createLoopWorld([3, 1, 1])
    const budget = budgetRecord({ status: { ...budgetRecord().status, disruptionsAllowed: 2 } })
    world.apply(budget)
    world.answer = () => ({ kind: 'BudgetExhausted', message: 'needs 4 healthy pods and has 4 currently' })
    const loop = world.loop()
    void loop.start()
    await world.clock.advanceAsync(10 * MINUTE)
    const before = world.requests.length

    world.apply({ ...budget, status: { ...budget.status, disruptionsAllowed: 1 } })
    await world.clock.advanceAsync(10 * MINUTE)
    await loop.stop()

    expect(before).toBe(1)
    expect(world.requests).toHaveLength(2)
  })

  it('a budget that was freed while the answer was on its way is asked again', async () => {
    const world = createLoopWorld([3, 1, 1])
    const budget = budgetRecord({ status: { ...budgetRecord().status, disruptionsAllowed: 1 } })
    world.apply(budget)
    const spentThen = new Promise<EvictionOutcome>(resolve => {
      world.clock.after(5 * SECOND, () => resolve({ kind: 'BudgetExhausted', message: 'needs 4 healthy pods and has 4 currently' }))
    })
    world.answer = () => (world.requests.length > 1 ? { kind: 'Accepted' } : spentThen)
    for (const [after, disruptionsAllowed] of [0, 1].entries()) {
      world.clock.after((1 + after) * SECOND, () => world.apply({ ...budget, status: { ...budget.status, disruptionsAllowed } }))
    }

    expect(await settle(world, world.loop())).toMatchObject({ reason: 'Balanced', evictions: 1 })
    expect(world.requests).toHaveLength(2)
  })

  it('a missing permission stops the loop, and it says which', async () => {
    const world = createLoopWorld([3, 3, 0])
    world.answer = () => ({ kind: 'Forbidden', message: 'no' })

    const summary = await settle(world, world.loop())

    expect(summary.reason).toBe('Stopped')
    expect(summary.message).toContain('create pods/eviction in namespace shop')
    expect(world.requests).toHaveLength(1)
  })

  it('a missing permission is looked for again, one eviction every cool-down: a server that has just started may not have read its roles', async () => {
    const world = createLoopWorld([3, 3, 0])
    const asked: number[] = []
    world.answer = () => {
      asked.push(world.clock.now())
      return asked.length > 2 ? { kind: 'Accepted' } : { kind: 'Forbidden', message: 'no' }
    }
    const loop = world.loop({ coolDown: 10 * MINUTE })
    void loop.start()

    await world.clock.advanceAsync(9 * MINUTE)
    expect(asked).toHaveLength(1)
    expect(loop.status().hold).toMatchObject({ reason: 'EvictionForbidden', until: asked[0]! + 10 * MINUTE })
    await world.clock.advanceAsync(HOUR)
    await loop.stop()

    expect(asked[1]! - asked[0]!).toBeGreaterThanOrEqual(10 * MINUTE)
    expect(world.counts()).toEqual({ a: 2, b: 2, c: 2 })
  })

  it('a pod that no answer can free is left alone for good', async () => {
    const world = createLoopWorld([3, 1, 1])
    world.answer = () => ({ kind: 'Invalid', message: 'no' })

    expect(await settle(world, world.loop(), HOUR)).toMatchObject({ reason: 'NothingMoreToDo', evictions: 0 })
    expect(world.requests).toHaveLength(1)
  })

  it.each<[EvictionOutcome]>([
    [{ kind: 'RefusedByWebhook', message: 'not this one' }],
    [{ kind: 'Invalid', message: 'no' }],
    [{ kind: 'SeveralBudgets', message: 'two of them' }],
  ])('$kind for one pod for ever: others of its group serve instead', async refusal => {
    const world = createLoopWorld([4, 1, 1])
    let refused: string | undefined
    world.answer = ({ pod }) => ((refused ??= pod) === pod ? refusal : { kind: 'Accepted' })
    const loop = world.loop({ coolDown: 10 * MINUTE })
    void loop.start()
    await world.clock.advanceAsync(HOUR)
    await loop.stop()

    expect(world.counts()).toEqual({ a: 2, b: 2, c: 2 })
    expect(world.state.pod('shop', refused ?? '')).toBeDefined()
  })

  it('where every pod is refused, the workload is asked for once a cool-down, and each pod ever more seldom', async () => {
    const world = createLoopWorld([3, 1, 1])
    const asked: { readonly pod: string; readonly at: number }[] = []
    world.answer = ({ pod }) => {
      asked.push({ pod, at: world.clock.now() })
      return { kind: 'RefusedByWebhook', message: 'not this one' }
    }
    const loop = world.loop({ coolDown: 10 * MINUTE })
    void loop.start()
    await world.clock.advanceAsync(24 * HOUR)
    await loop.stop()

    const pauses = asked.slice(1).map(({ at }, n) => at - (asked[n]?.at ?? 0))
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(10 * MINUTE)
    // Every cool-down it would be 48 times each.
    const times = [...Map.groupBy(asked, ({ pod }) => pod).values()].map(({ length }) => length)
    expect(times).toHaveLength(3)
    for (const count of times) expect(count).toBeLessThan(10)
  })

  it('what would come after such a pod is not waited for', async () => {
    const world = createLoopWorld([3, 3, 0])
    world.answer = () => ({ kind: 'Invalid', message: 'no' })

    expect(await settle(world, world.loop(), HOUR)).toMatchObject({ reason: 'NothingMoreToDo', evictions: 0 })
    expect(world.requests).toHaveLength(1)
  })

  it('an answer that never comes is not asked for twice while the request may have happened', async () => {
    const world = createLoopWorld([3, 1, 1])
    const asked: number[] = []
    world.answer = () => {
      asked.push(world.clock.now())
      return asked.length > 1 ? { kind: 'Accepted' } : new Promise(() => {})
    }

    expect(await settle(world, world.loop())).toMatchObject({ reason: 'Balanced', evictions: 1 })
    expect(asked).toHaveLength(2)
    expect(asked[1]! - asked[0]!).toBeGreaterThanOrEqual(MINUTE)
  })

  it('a request that was lost and had taken effect is found out by the watch', async () => {
    const world = createLoopWorld([3, 1, 1])
    world.answer = ({ pod }) => {
      world.evict(pod)
      return { kind: 'Lost', message: 'connection reset' }
    }

    expect(await settle(world, world.loop())).toMatchObject({ reason: 'Balanced', evictions: 1, landed: 1 })
    expect(world.requests).toHaveLength(1)
  })
})

describe('learning', () => {
  it('two landings that do not help quarantine the group', async () => {
    const world = createLoopWorld([4, 4, 0])
    world.landing = () => 'a'

    const loop = world.loop({}, { caps: { workloadPercent: 1, namespace: 99, node: 99, cluster: 99, cycle: 99 } })
    void loop.start()
    await world.clock.advanceAsync(9 * MINUTE)
    await loop.stop()

    expect(world.requests).toHaveLength(2)
    expect(world.reasons()).toContain('GroupQuarantined')
    expect(world.reasons()).toContain('Quarantined')
  })

  it('a quarantine ends when a node has come', async () => {
    const world = createLoopWorld([4, 4, 0])
    world.landing = () => 'a'
    const loop = world.loop({}, { caps: { workloadPercent: 1, namespace: 99, node: 99, cluster: 99, cycle: 99 } })
    void loop.start()
    await world.clock.runUntil(() => world.reasons().includes('GroupQuarantined'), 9 * MINUTE)
    const before = world.requests.length

    world.landing = zone => zone
    world.apply({ ...world.state.node('node-c')!, name: 'node-c2', uid: 'node-c2' })
    await world.clock.advanceAsync(MINUTE)
    const told = world.reasons()
    await world.clock.advanceAsync(HOUR)
    await loop.stop()

    expect(told).toContain('QuarantineLifted')
    expect(world.requests.length).toBeGreaterThan(before)
  })

  it('after a quarantine one eviction shows whether it is over, before the rest follows', async () => {
    const world = createLoopWorld([6, 6, 0])
    world.landing = planned => (world.requests.length <= 2 ? 'a' : planned)
    const loop = world.loop()
    void loop.start()
    const requestsBy = async (minutes: number): Promise<number> => {
      await world.clock.advanceAsync(NOON + minutes * MINUTE - world.clock.now())
      return world.requests.length
    }

    const course = [await requestsBy(9), await requestsBy(19), await requestsBy(29)]
    await loop.stop()

    // Two misses, ten minutes of quarantine, one move, ten minutes of rest, and the others.
    expect(course).toEqual([2, 3, 6])
    expect(world.counts()).toEqual({ a: 4, b: 4, c: 4 })
  })

  it('three misses in ten minutes stop the loop', async () => {
    const world = createLoopWorld([9, 9, 0])
    world.landing = () => 'a'
    const elsewhere = ['cart', 'checkout'].map(group => ({ group, cause: 'landing' as const, at: world.clock.now() - MINUTE }))
    world.store.text = formatHistory({ ...EMPTY_HISTORY, misses: elsewhere })

    const summary = await settle(world, world.loop())

    expect(summary).toMatchObject({ reason: 'Stopped', missed: 1, evictions: 1 })
    expect(world.reasons()).toContain('TooManyMisses')
  })

  it('a replacement that is never Ready holds its workload', async () => {
    const world = createLoopWorld([6, 6, 0])
    world.becomesReady = false
    const loop = world.loop({}, { caps: { workloadPercent: 10, namespace: 99, node: 99, cluster: 99, cycle: 99 } })
    void loop.start()

    await world.clock.advanceAsync(HOUR)
    const status = loop.status()
    await loop.stop()

    expect(world.requests).toHaveLength(1)
    expect(status).toMatchObject({ inFlight: 0, overdue: 1 })
    expect(world.reasons()).toContain('ReplacementPending')
  })

  it('rests after a round although the plan asks for more', async () => {
    const world = createLoopWorld([3, 1, 1])
    // Somebody adds a pod to the fullest zone each time that one was moved away from it.
    world.landing = zone => {
      world.apply({ ...world.state.pod('shop', 'web-a2')!, name: `web-x${world.requests.length}`, uid: `x${world.requests.length}` })
      return zone
    }
    const loop = world.loop()
    void loop.start()

    await world.clock.advanceAsync(9 * MINUTE)
    const early = world.requests.length
    await world.clock.advanceAsync(3 * MINUTE)
    await loop.stop()

    expect(early).toBe(1)
    expect(world.requests.length).toBeGreaterThan(1)
  })
})

describe('over a restart', () => {
  it('knows what is in flight', async () => {
    const world = createLoopWorld([3, 1, 1])
    const first = world.loop()
    void first.start()
    await world.clock.advanceAsync(100)
    // The process dies: its loop is stopped without being told, here by losing the lease.
    world.lead(false)
    const second = world.loop()
    world.lead(true)

    const summary = await settle(world, second)

    expect(world.requests).toHaveLength(1)
    expect(summary).toMatchObject({ reason: 'Balanced', landed: 1 })
  })

  it('a history that a hand has sent far into the future is set aside too, instead of holding its workload for ever', async () => {
    const world = createLoopWorld([3, 1, 1])
    const first = world.loop()
    await settle(world, first)
    world.store.text = world.store.text?.replace(/"lastAt":\d+/, '"lastAt":8640000000000001')
    world.apply({ ...world.state.pod('shop', 'web-b0')!, name: 'web-a9', uid: 'web-a9', nodeName: 'node-a' })

    const summary = await settle(world, world.loop())

    expect(world.told.find(({ reason }) => reason === 'HistorySetAside')?.message).toContain(
      'rounds.0.lastAt: a time that lies too far ahead',
    )
    expect(summary).toMatchObject({ reason: 'Balanced' })
  })

  it('a history that cannot be read is set aside with a warning', async () => {
    const world = createLoopWorld([3, 1, 1])
    world.store.text = '{"version":1,'

    expect(await settle(world, world.loop())).toMatchObject({ reason: 'Balanced', evictions: 1 })
    expect(world.reasons()).toContain('HistorySetAside')
  })

  it('writes each eviction down before it asks for it', async () => {
    const world = createLoopWorld([6, 6, 0])
    const written: boolean[] = []
    world.answer = ({ uid }) => {
      written.push(world.store.text?.includes(`"uid":"${uid}"`) ?? false)
      return { kind: 'Accepted' }
    }

    await settle(world, world.loop())

    expect(written).toEqual([true, true, true, true])
  })

  it('reads the history anew when it leads again, since another may have written it', async () => {
    const world = createLoopWorld([2, 2, 2])
    const loop = world.loop()
    void loop.start()
    await world.clock.advanceAsync(SECOND)

    world.lead(false)
    world.lead(true)
    await world.clock.advanceAsync(SECOND)
    await loop.stop()

    expect(world.store.loads).toBe(2)
  })
})

describe('an eviction admitted a moment ago', () => {
  /** Between two requests: long enough for the replacement of the first to land, so that the second is admitted and waits. */
  const SLOW = 20 * SECOND

  it('is not sent when the world has changed meanwhile', async () => {
    const world = createLoopWorld([6, 6, 0])
    // While the second waits for its turn, somebody deletes its pod.
    world.answer = () => {
      if (world.requests.length === 1) world.clock.after(SLOW / 2, () => world.evict('web-b0'))
      return { kind: 'Accepted' }
    }

    await settle(world, world.loop({ evictionsPerSecond: SECOND / SLOW }))

    expect(evicted(world)).not.toContain('web-b0')
    expect(world.reasons()).toContain('PodChanged')
  })

  it('is not sent when the newest plan does without it', async () => {
    const world = createLoopWorld([3, 3, 0])
    // While the second waits for its turn, two pods appear where they were missing.
    world.answer = () => {
      const pod = world.state.pod('shop', 'web-b0')!
      const appear = (): void => {
        for (const name of ['web-c0', 'web-c1']) world.apply({ ...pod, name, uid: name, nodeName: 'node-c' })
      }
      world.clock.after(SLOW / 2, appear)
      return { kind: 'Accepted' }
    }

    await settle(world, world.loop({ evictionsPerSecond: SECOND / SLOW }))

    expect(world.requests).toHaveLength(1)
    expect(world.reasons()).toContain('NoLongerPlanned')
  })

  it('waits, and no other is decided on, while a list goes in record by record', async () => {
    const world = createLoopWorld([6, 6, 0])
    const [pods] = world.freshness
    let before: number | undefined
    let after: number | undefined
    const goIn = (): void => {
      world.freshness[0] = { ...pods!, synced: false }
      world.apply({ ...world.state.pod('shop', 'web-b5')!, annotations: new Map([['note', 'new']]) })
      before = world.plans
    }
    const isIn = (): void => {
      after = world.plans
      world.freshness[0] = pods!
    }
    world.answer = () => {
      if (before === undefined) {
        world.clock.after(SLOW / 2, goIn)
        world.clock.after(2 * SLOW, isIn)
      }
      return { kind: 'Accepted' }
    }

    const summary = await settle(world, world.loop({ evictionsPerSecond: SECOND / SLOW }))

    expect(before).toBeGreaterThan(0)
    expect(after).toBe(before)
    expect(summary).toMatchObject({ reason: 'Balanced', evictions: 4 })
  })

  it('is not sent by a holder that has lost the lease while it wrote the history', async () => {
    const world = createLoopWorld([6, 6, 0])
    const loop = world.loop()
    world.store.saving = () => world.lead(false)
    void loop.start()

    await world.clock.advanceAsync(10 * MINUTE)
    await loop.stop()

    expect(evicted(world)).toEqual([])
  })

  it('is not sent when what it was decided on is put right while it is written to the history', async () => {
    const world = createLoopWorld([6, 6, 0])
    const loop = world.loop()
    world.store.saving = () => {
      world.store.saving = () => {}
      // Nobody has told: it was so all along.
      for (const name of ['web-a4', 'web-a5', 'web-b4', 'web-b5']) {
        world.state.apply({ type: 'upsert', record: { ...world.state.pod('shop', name)!, nodeName: 'node-c' } })
      }
      loop.reconsider()
    }

    const summary = await settle(world, loop)

    expect(world.requests).toEqual([])
    expect(summary).toMatchObject({ reason: 'Balanced', evictions: 0 })
  })
})

describe('maintenance windows', () => {
  // The world begins at noon; the window is open from 12:40 to 12:43.
  const windows = [{ schedule: '40 12 * * *', timeZone: 'UTC', duration: 3 * MINUTE }]
  const opensAt = NOON + 40 * MINUTE

  it('while they are shut the loop plans, says when the next opens, and evicts nothing', async () => {
    const world = createLoopWorld([6, 6, 0])
    const loop = world.loop({ windows })
    void loop.start()
    await world.clock.advanceAsync(10 * MINUTE)
    const { hold, plan } = loop.status()
    await loop.stop()

    expect(world.requests).toEqual([])
    expect(plan?.evictions).toHaveLength(4)
    expect(hold).toMatchObject({ reason: 'OutsideWindow', until: opensAt, message: expect.stringContaining('2026-11-21T12:40:00Z') })
    // Of the loop and, as an event, of the workload whose evictions wait.
    const told = world.told.filter(({ reason }) => reason === 'OutsideWindow')
    expect(told.map(({ about, level }) => [about?.name, level])).toEqual([
      ['web', 'info'],
      [undefined, 'info'],
    ])
  })

  it('wakes up when one opens, whatever the tick, and is free again', async () => {
    const world = createLoopWorld([6, 6, 0])
    const loop = world.loop({ windows, tick: HOUR })
    void loop.start()
    await world.clock.advanceAsync(40 * MINUTE - 1)
    const before = world.requests.length
    await world.clock.advanceAsync(SECOND)
    const { hold } = loop.status()
    await loop.stop()

    expect(before).toBe(0)
    expect(world.requests.length).toBeGreaterThan(0)
    expect(hold).toBeUndefined()
    expect(world.reasons()).toContain('Acting')
  })

  it('sends nothing once one has shut, and goes on observing what is in flight', async () => {
    const world = createLoopWorld([8, 0, 0])
    world.becomesReady = false
    const loop = world.loop({ windows }, { caps: { workloadPercent: 10, namespace: 99, node: 99, cluster: 99, cycle: 99 } })
    void loop.start()
    // The one replacement is Ready only after the window has shut; four more evictions are planned.
    await world.clock.advanceAsync(45 * MINUTE)
    const during = loop.status()
    for (const pod of world.state.pods()) if (!pod.ready) world.apply({ ...pod, ready: true, phase: 'Running' })
    await world.clock.advanceAsync(HOUR)
    const after = loop.status()
    await loop.stop()

    expect(during).toMatchObject({ inFlight: 1, hold: { reason: 'OutsideWindow' } })
    expect(after).toMatchObject({ inFlight: 0, hold: { reason: 'OutsideWindow', until: opensAt + 24 * HOUR } })
    expect(after.plan?.evictions.length).toBeGreaterThan(0)
    expect(world.reasons()).toContain('ReplacementReady')
    expect(world.requests).toHaveLength(1)
  })

  it('a window that shuts between two requests stops the second', async () => {
    const world = createLoopWorld([6, 6, 0])
    const loop = world.loop({ windows: [{ schedule: '0 12 * * *', timeZone: 'UTC', duration: 2 * MINUTE }] })
    // Storing the history takes long, time and again.
    world.store.saving = () => world.clock.advance(70 * SECOND)
    void loop.start()
    await world.clock.advanceAsync(HOUR)
    await loop.stop()

    expect(world.requests).toHaveLength(1)
  })

  it('a run that is to settle waits for a window that opens in time, and does not wait for another', async () => {
    const world = createLoopWorld([6, 6, 0])

    expect(await settle(world, world.loop({ windows }), 30 * MINUTE)).toMatchObject({
      reason: 'OutsideWindow',
      evictions: 0,
      message: expect.stringMatching(/1 group over maxSkew.*no maintenance window is open; the next opens at 2026-11-21T12:40/),
    })
    expect(world.clock.now()).toBeLessThan(NOON + MINUTE)
    expect(await settle(world, world.loop({ windows }), 50 * MINUTE)).toMatchObject({ reason: 'Balanced', evictions: 4 })
  })

  it('a dry run says that it would have to wait', async () => {
    const world = createLoopWorld([6, 6, 0])
    const loop = world.loop({ windows, dryRun: true })
    void loop.start()
    await world.clock.advanceAsync(39 * MINUTE)
    const shut = [...world.reasons()]
    await world.clock.advanceAsync(2 * MINUTE)
    await loop.stop()

    expect(shut).toContain('OutsideWindow')
    expect(shut).not.toContain('WouldEvict')
    expect(world.reasons()).toContain('WouldEvict')
    expect(world.requests).toEqual([])
  })
})

describe('a loop that the configuration pauses', () => {
  it('evicts nothing and says why', async () => {
    const world = createLoopWorld([6, 6, 0])
    const loop = world.loop({ paused: true })
    void loop.start()
    await world.clock.advanceAsync(10 * MINUTE)

    expect(loop.status().hold?.reason).toBe('Paused')
    expect(world.requests).toEqual([])
    expect(world.reasons()).toEqual(['Paused'])
  })

  it('does not wait for the pause to end when it is to settle', async () => {
    const world = createLoopWorld([6, 6, 0])

    expect(await settle(world, world.loop({ paused: true }))).toMatchObject({ reason: 'Paused', evictions: 0 })
  })
})
