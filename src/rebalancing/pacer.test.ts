import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import { createPacer } from './pacer.ts'

describe('createPacer', () => {
  it('lets so many through a second, evenly, and the first at once', async () => {
    const clock = createVirtualClock(0)
    const pacer = createPacer(clock, 5)
    const turns: number[] = []
    void (async () => {
      for (let n = 0; n < 4; n++) {
        await pacer.turn()
        turns.push(clock.monotonic())
      }
    })()

    await clock.advanceAsync(10_000)

    expect(turns).toEqual([0, 200, 400, 600])
  })

  it('lets nothing through while the server asked for a pause, of which the longest counts', async () => {
    const clock = createVirtualClock(0)
    const pacer = createPacer(clock, 5)
    pacer.slowDown(10_000)
    pacer.slowDown(1_000)
    const turns: number[] = []
    void pacer.turn().then(() => turns.push(clock.monotonic()))

    await clock.advanceAsync(4_000)
    const left = pacer.pause()
    await clock.advanceAsync(20_000)

    expect(left).toBe(6_000)
    expect(turns).toEqual([10_000])
    expect(pacer.pause()).toBe(0)
  })
})
