import { describe, expect, it } from 'vitest'
import { createRandom } from '../simulation/random.ts'
import { createBackOff } from './back-off.ts'

describe('createBackOff', () => {
  it('waits twice as long each time, up to half a minute, and from the shortest once something worked', () => {
    const backOff = createBackOff(() => 0)

    expect(Array.from({ length: 8 }, () => backOff.next())).toEqual([800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000])
    backOff.reset()
    expect(backOff.next()).toBe(800)
  })

  it('spreads out those who fail together, and those who are asked to wait together', () => {
    const random = createRandom(1)
    const clients = Array.from({ length: 20 }, () => createBackOff(() => random.next()))

    for (const [asked, least] of [
      [undefined, 800],
      [17_000, 17_000],
    ] as const) {
      const waits = clients.map(backOff => backOff.next(asked))
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(least)
      expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(500)
    }
  })
})
