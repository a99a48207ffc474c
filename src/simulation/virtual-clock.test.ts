import { describe, expect, it } from 'vitest'
import { createRandom } from './random.ts'
import { createVirtualClock } from './virtual-clock.ts'

const START = Date.parse('2026-11-21T10:00:00Z')

describe('the virtual clock', () => {
  it('fires timers in order of time, and those of one instant in order of insertion', () => {
    const clock = createVirtualClock(START)
    const fired: string[] = []
    clock.after(20, () => fired.push('late'))
    clock.after(10, () => fired.push('first'))
    clock.after(10, () => fired.push('second'))
    clock.after(0, () => fired.push('now'))

    clock.advance(20)

    expect(fired).toEqual(['now', 'first', 'second', 'late'])
  })

  it('shows each callback the time at which it was due, and stands at the end of the advance afterwards', () => {
    const clock = createVirtualClock(START)
    const seen: number[] = []
    clock.after(1_500, () => seen.push(clock.now(), clock.monotonic()))

    clock.advance(4_000)

    expect(seen).toEqual([START + 1_500, 1_500])
    expect([clock.now(), clock.monotonic()]).toEqual([START + 4_000, 4_000])
  })

  it('fires within one advance what callbacks arm on the way', () => {
    const clock = createVirtualClock(START)
    const ticks: number[] = []
    const tick = (): void => {
      ticks.push(clock.monotonic())
      clock.after(10, tick)
    }
    clock.after(10, tick)

    clock.advance(35)

    expect(ticks).toEqual([10, 20, 30])
  })

  it('forgets a timer that was cancelled', () => {
    const clock = createVirtualClock(START)
    const fired: string[] = []
    const cancel = clock.after(10, () => fired.push('cancelled'))
    clock.after(20, () => fired.push('kept'))
    cancel()

    clock.advance(30)

    expect(fired).toEqual(['kept'])
  })

  it('lets promises run on between two instants, so that asynchronous code arms its next timer in time', async () => {
    const clock = createVirtualClock(START)
    const woke: number[] = []
    const sleep = (ms: number): Promise<void> =>
      new Promise(resolve => {
        clock.after(ms, resolve)
      })
    const loop = async (): Promise<void> => {
      for (let turn = 0; turn < 3; turn++) {
        await sleep(10)
        await Promise.resolve().then(() => undefined)
        woke.push(clock.monotonic())
      }
    }
    const done = loop()

    await clock.advanceAsync(100)
    await done

    expect(woke).toEqual([10, 20, 30])
  })

  it('stops where a condition comes true, or says that it did not', async () => {
    const clock = createVirtualClock(START)
    let count = 0
    const tick = (): void => {
      count++
      clock.after(10, tick)
    }
    clock.after(10, tick)

    expect(await clock.runUntil(() => count === 3, 1_000)).toBe(true)
    expect(clock.monotonic()).toBe(30)
    expect(await clock.runUntil(() => count === 99, 100)).toBe(false)
    expect(clock.monotonic()).toBe(130)
  })

  it('shuffles the timers of one instant by seed, and never across instants', () => {
    const orderOf = (seed: number): readonly string[] => {
      const clock = createVirtualClock(START, createRandom(seed))
      const fired: string[] = []
      for (const name of ['a', 'b', 'c', 'd', 'e']) clock.after(10, () => fired.push(name))
      clock.after(5, () => fired.push('before'))
      clock.advance(10)
      return fired
    }
    const orders = new Set([1, 2, 3, 4, 5, 6].map(seed => orderOf(seed).join('')))

    expect(orderOf(1)).toEqual(orderOf(1))
    expect(orders.size).toBeGreaterThan(1)
    for (const order of orders) expect(order).toMatch(/^before/)
  })

  it('refuses to hang on a timer that re-arms itself without delay', () => {
    const clock = createVirtualClock(START)
    const again = (): void => {
      clock.after(0, again)
    }
    clock.after(0, again)

    expect(() => clock.advance(1)).toThrow('virtual time stands still at 2026-11-21T10:00:00.000Z')
  })
})
