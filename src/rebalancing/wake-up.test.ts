import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import { createWakeUp } from './wake-up.ts'

const TICK = 30_000
const DEBOUNCE = 2_000

function sleeper() {
  const clock = createVirtualClock(0)
  const wakeUp = createWakeUp(clock, { tick: TICK, debounce: DEBOUNCE })
  const woken: number[] = []
  const sleepForEver = async (): Promise<never> => {
    for (;;) {
      await wakeUp.sleep()
      woken.push(clock.now())
    }
  }
  return { clock, wakeUp, woken, sleepForEver }
}

describe('createWakeUp', () => {
  it('wakes at every tick when nothing happens', async () => {
    const { clock, woken, sleepForEver } = sleeper()
    void sleepForEver()

    await clock.advanceAsync(3 * TICK)

    expect(woken).toEqual([TICK, 2 * TICK, 3 * TICK])
  })

  it('wakes earlier than the tick where it is asked to, once', async () => {
    const { clock, wakeUp, woken, sleepForEver } = sleeper()
    void wakeUp.sleep(4_000).then(() => {
      woken.push(clock.now())
      return sleepForEver()
    })

    await clock.advanceAsync(4_000 + TICK)

    expect(woken).toEqual([4_000, 4_000 + TICK])
  })

  it('makes one waking of events that come together, and does not let a steady stream put it off', async () => {
    const { clock, wakeUp, woken, sleepForEver } = sleeper()
    void sleepForEver()

    for (let at = 0; at < 10_000; at += 500) {
      wakeUp.ring()
      await clock.advanceAsync(500)
    }

    expect(woken).toEqual([2_000, 4_000, 6_000, 8_000, 10_000])
  })

  it('does not lose what happens while nobody sleeps', async () => {
    const { clock, wakeUp, woken, sleepForEver } = sleeper()
    wakeUp.ring()
    await clock.advanceAsync(DEBOUNCE)

    void sleepForEver()
    await clock.advanceAsync(1)

    expect(woken).toEqual([DEBOUNCE])
  })

  it('wakes at once when told to', async () => {
    const { clock, wakeUp, woken, sleepForEver } = sleeper()
    void sleepForEver()
    await clock.advanceAsync(10)

    wakeUp.wakeNow()
    await clock.advanceAsync(1)

    expect(woken).toEqual([10])
  })
})
