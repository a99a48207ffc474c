import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, drawDelay } from './random.ts'

describe('the seeded generator', () => {
  it('draws the same numbers from the same seed, on every machine', () => {
    const random = createRandom(42)

    expect([random.between(0, 999), random.between(0, 999), random.between(0, 999)]).toEqual([601, 448, 852])
  })

  it('keeps the streams of two components apart: a draw in one does not move the other', () => {
    const kubelet = (drawsElsewhere: number): number => {
      const root = createRandom(7)
      const scheduler = root.fork('scheduler')
      for (let draw = 0; draw < drawsElsewhere; draw++) scheduler.next()
      return root.fork('kubelet').next()
    }

    expect(kubelet(0)).toBe(kubelet(5))
    expect(createRandom(7).fork('kubelet').next()).not.toBe(createRandom(7).fork('scheduler').next())
  })

  it('stays within every range', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(1_000), fc.nat(1_000), (seed, min, width) => {
        const drawn = drawDelay(createRandom(seed), { min, max: min + width })
        expect(drawn).toBeGreaterThanOrEqual(min)
        expect(drawn).toBeLessThanOrEqual(min + width)
      }),
    )
  })

  it('says so when there is nothing to pick from', () => {
    expect(() => createRandom(1).pick([])).toThrow('nothing to pick from')
  })
})
