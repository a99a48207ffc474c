import { describe, expect, it } from 'vitest'
import { createLoopWorld, MINUTE, NOON, SECOND, type LoopWorld } from '../../test/support/loop-world.ts'
import { createSign } from '../../test/support/stop-sign.ts'
import { EMPTY_HISTORY, formatHistory } from './history.ts'
import type { Loop } from './loop.ts'
import type { StopSign } from './ports.ts'

const HOUR = 60 * MINUTE

/** Two landings have missed elsewhere a moment ago, and here every one does until the test says otherwise. */
function missingWorld(): LoopWorld {
  const world = createLoopWorld([9, 9, 0])
  const misses = ['cart', 'checkout'].map(group => ({ group, cause: 'landing', at: NOON - SECOND }) as const)
  world.store.text = formatHistory({ ...EMPTY_HISTORY, misses })
  world.landing = () => 'a'
  return world
}

const holdOf = (loop: Loop): string | undefined => loop.status().hold?.reason

/** Lets a loop run into its third miss. */
async function stopped(world: LoopWorld, loop: Loop): Promise<void> {
  void loop.start()
  await world.clock.runUntil(() => holdOf(loop) === 'TooManyMisses', HOUR)
  world.landing = zone => zone
  await world.clock.advanceAsync(5 * SECOND)
}

describe('three misses in ten minutes', () => {
  it('stop the loop for good, and a sign says so', async () => {
    const world = missingWorld()
    const { sign, seenBy } = createSign()
    const loop = world.loop({}, {}, { stopSign: seenBy(NOON) })
    await stopped(world, loop)
    const before = world.requests.length
    await world.clock.advanceAsync(24 * HOUR)
    const { hold } = loop.status()
    await loop.stop()

    expect(world.requests).toHaveLength(before)
    expect(hold?.message).toBe(
      'three landings in ten minutes did not help: nothing more is evicted until respread is started anew or somebody takes this back (kubectl annotate it away)',
    )
    expect(sign.text).toMatch(/^2026-11-21T12:\d\d:.*Z TooManyMisses: three landings in ten minutes did not help$/)
  })

  it('stop it until somebody takes the sign away, which is noticed soon', async () => {
    const world = missingWorld()
    const { sign, seenBy } = createSign()
    const loop = world.loop({}, {}, { stopSign: seenBy(NOON) })
    await stopped(world, loop)
    const before = world.requests.length

    sign.text = undefined
    await world.clock.advanceAsync(MINUTE)
    expect(holdOf(loop)).toBeUndefined()
    expect(world.reasons()).toContain('StopLifted')

    await world.clock.advanceAsync(2 * HOUR)
    await loop.stop()
    expect(world.requests.length).toBeGreaterThan(before)
    expect(world.counts()).toEqual({ a: 6, b: 6, c: 6 })
  })

  it('are forgiven with that: they do not stop it a second time', async () => {
    const world = missingWorld()
    const { sign, seenBy } = createSign()
    const loop = world.loop({}, {}, { stopSign: seenBy(NOON) })
    await stopped(world, loop)

    sign.text = undefined
    await world.clock.advanceAsync(9 * MINUTE)
    await loop.stop()

    expect(holdOf(loop)).toBeUndefined()
    expect(sign.text).toBeUndefined()
  })

  it.each<[string, (world: LoopWorld, sign: StopSign) => Loop]>([
    ['a changed configuration', (world, sign) => world.loop({ tick: 20 * SECOND }, { minimumPodAge: 0 }, { stopSign: sign })],
    ['another process, started before', (world, sign) => world.loop({}, {}, { stopSign: { ...sign, liftedBefore: NOON - HOUR } })],
    ['a run that a timer started', (world, sign) => world.loop({}, {}, { stopSign: { ...sign, liftedBefore: undefined } })],
  ])('still stop %s', async (_, next) => {
    const world = missingWorld()
    const { seenBy } = createSign()
    const sign = seenBy(NOON)
    const loop = world.loop({}, {}, { stopSign: sign })
    await stopped(world, loop)
    await loop.stop()
    const before = world.requests.length
    await world.clock.advanceAsync(2 * HOUR)

    const other = next(world, sign)
    void other.start()
    await world.clock.advanceAsync(HOUR)
    await other.stop()

    expect(holdOf(other)).toBe('TooManyMisses')
    expect(world.requests).toHaveLength(before)
  })

  it('no longer stop a process that was started since', async () => {
    const world = missingWorld()
    const { sign, seenBy } = createSign()
    const loop = world.loop({}, {}, { stopSign: seenBy(NOON) })
    await stopped(world, loop)
    await loop.stop()
    const before = world.requests.length

    const restarted = world.loop({}, {}, { stopSign: seenBy(world.clock.now()) })
    void restarted.start()
    await world.clock.advanceAsync(2 * HOUR)
    await restarted.stop()

    expect(sign.text).toBeUndefined()
    expect(world.reasons()).toContain('StopLifted')
    expect(world.requests.length).toBeGreaterThan(before)
  })

  it('that somebody has forgiven while no process ran do not stop the next one', async () => {
    const world = missingWorld()
    const { sign, seenBy } = createSign()
    const loop = world.loop({}, {}, { stopSign: seenBy(undefined) })
    await stopped(world, loop)
    await loop.stop()

    sign.text = undefined
    const next = world.loop({}, {}, { stopSign: seenBy(undefined) })
    void next.start()
    await world.clock.advanceAsync(MINUTE)
    await next.stop()

    expect(sign.text).toBeUndefined()
    expect(world.reasons()).toContain('StopLifted')
  })

  it('stop a holder of the lease that has it back, or not, as the sign says by then', async () => {
    const world = missingWorld()
    const { sign, seenBy } = createSign()
    const loop = world.loop({}, {}, { stopSign: seenBy(NOON) })
    await stopped(world, loop)

    world.lead(false)
    await world.clock.advanceAsync(MINUTE)
    world.lead(true)
    await world.clock.advanceAsync(SECOND)
    const stillStopped = holdOf(loop)
    world.lead(false)
    sign.text = undefined
    world.lead(true)
    await world.clock.advanceAsync(SECOND)
    await loop.stop()

    expect([stillStopped, holdOf(loop)]).toEqual(['TooManyMisses', undefined])
  })

  it('are looked up first: nothing is done where the sign cannot be read', async () => {
    const world = createLoopWorld([6, 6, 0])
    const { sign, seenBy } = createSign()
    sign.broken = true
    const loop = world.loop({}, {}, { stopSign: seenBy(NOON) })
    void loop.start()
    await world.clock.advanceAsync(MINUTE)

    expect(loop.status().hold).toEqual({
      reason: 'HistoryUnreadable',
      message: 'whether it is stopped could be neither read nor noted: no such ConfigMap',
    })
    expect(world.requests).toEqual([])
    sign.broken = false
    await world.clock.advanceAsync(MINUTE)
    await loop.stop()
    expect(world.requests.length).toBeGreaterThan(0)
  })

  it('are looked up now and then only', async () => {
    const world = missingWorld()
    const { sign, seenBy } = createSign()
    const loop = world.loop({ tick: SECOND, debounce: 0 }, {}, { stopSign: seenBy(NOON) })
    await stopped(world, loop)
    const before = sign.reads
    await world.clock.advanceAsync(MINUTE)
    await loop.stop()

    expect(before).toBe(1)
    expect(sign.reads - before).toBeLessThanOrEqual(6)
  })
})
