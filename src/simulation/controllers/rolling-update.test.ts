import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newSetSize, nextRolloutStep, rolloutBounds, type SetSize } from './rolling-update.ts'

const set = (name: string, wanted: number, available = wanted): SetSize => ({ name, wanted, available })

describe('bounds of a rollout', () => {
  it.each([
    ['percentages: the surge is rounded up, the unavailable down', 10, '25%', '25%', 3, 2],
    ['absolute numbers are taken as they are', 10, 2, 1, 2, 1],
    ['both 0 would never move: one may be unavailable', 3, 0, '10%', 0, 1],
    ['nothing said: a quarter of each', 4, undefined, undefined, 1, 1],
  ])('%s', (_name, replicas, surge, unavailable, maxSurge, maxUnavailable) => {
    expect(rolloutBounds(replicas, surge, unavailable)).toEqual({ replicas, maxSurge, maxUnavailable })
  })
})

describe('the next step of a rollout', () => {
  const bounds = rolloutBounds(10, '25%', '25%')

  it.each<[string, SetSize, SetSize[], Record<string, number>]>([
    ['the new set grows into the surge', set('new', 0), [set('old', 10)], { new: 3 }],
    ['with the surge used up, the old set gives what may be unavailable', set('new', 3, 0), [set('old', 10)], { old: 8 }],
    ['new pods that are not available yet hold the old ones back', set('new', 5, 0), [set('old', 8)], {}],
    ['unavailable old pods go first, beyond what availability would allow', set('new', 3, 0), [set('old', 10, 8)], { old: 8 }],
    ['of several old sets the oldest gives first', set('new', 5, 5), [set('older', 2), set('old', 6)], { older: 0, old: 3 }],
    ['a new set that is too large shrinks at once', set('new', 12), [], { new: 10 }],
    ['done: nothing to do', set('new', 10), [set('old', 0)], {}],
  ])('%s', (_name, current, old, expected) => {
    expect(Object.fromEntries(nextRolloutStep(bounds, current, old))).toEqual(expected)
  })

  it('creates a new set no larger than the surge allows', () => {
    expect(newSetSize(bounds, { wanted: 0 }, [set('old', 10)])).toBe(3)
    expect(newSetSize(bounds, { wanted: 0 }, [])).toBe(10)
  })

  it('gets to the end, never with too many pods nor too few available, whatever the order in which pods become available', () => {
    const anyBounds = fc
      .record({ replicas: fc.integer({ min: 1, max: 20 }), surge: fc.nat(5), unavailable: fc.nat(5) })
      .map(({ replicas, surge, unavailable }) => rolloutBounds(replicas, surge, Math.min(unavailable, replicas)))
    fc.assert(
      fc.property(anyBounds, fc.infiniteStream(fc.nat(3)), (bounds, becomesAvailable) => {
        let current = set('new', newSetSize(bounds, { wanted: 0 }, [set('old', bounds.replicas)]), 0)
        let old = set('old', bounds.replicas)
        for (let step = 0; step < 1_000 && (current.available < bounds.replicas || old.wanted > 0); step++) {
          const intents = nextRolloutStep(bounds, current, [old])
          const wanted = intents.get('new') ?? current.wanted
          const left = intents.get('old') ?? old.wanted
          const { value = 0 } = becomesAvailable.next()
          current = set('new', wanted, Math.min(wanted, current.available + value))
          old = set('old', left, Math.min(left, old.available))
          expect(current.wanted + old.wanted).toBeLessThanOrEqual(bounds.replicas + bounds.maxSurge)
          expect(current.available + old.available).toBeGreaterThanOrEqual(bounds.replicas - bounds.maxUnavailable)
        }
        expect([current.available, old.wanted]).toEqual([bounds.replicas, 0])
      }),
      { numRuns: 200 },
    )
  })
})
