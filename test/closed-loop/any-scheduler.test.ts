import { describe, expect, it } from 'vitest'
import type { SchedulerQuirks } from '../../src/simulation/scheduler/scheduler-quirks.ts'
import { afterOutage } from './after-outage.ts'
import { seeds } from './seeds.ts'
import { MINUTE, readyByZone } from './world.ts'

/** Four of web, two each of cart and checkout must go to the zone that has none. */
const FEWEST = 8
const BALANCED = { web: [4, 4, 4], cart: [2, 2, 2], checkout: [2, 2, 2] }

/** One after the other with shuffled timers: what falls into the same millisecond happens in any order. */
describe('however threads interleave, a zone is filled again with the fewest evictions, where the scheduler', () => {
  const worlds: readonly (readonly [name: string, count: number, quirks: Partial<SchedulerQuirks>])[] = [
    ['is up to date', 50, {}],
    ['is two seconds behind', 25, { lag: 2_000 }],
  ]
  for (const [name, count, quirks] of worlds) {
    it.each(seeds(count))(`${name} (RESPREAD_SEED=%i)`, { timeout: 60_000 }, async seed => {
      const { world, invariants } = await afterOutage({ seed, quirks })
      await world.pass(20 * MINUTE)

      expect(invariants.breaches).toEqual([])
      expect(invariants.evicted).toHaveLength(FEWEST)
      const spread = Object.keys(BALANCED).map(app => [app, Object.values(readyByZone(world, app))])
      expect(Object.fromEntries(spread)).toEqual(BALANCED)
    })
  }
})

it.each(seeds(25))(
  'a scheduler that knows of images nobody else sees costs nothing (RESPREAD_SEED=%i)',
  { timeout: 60_000 },
  async seed => {
    const { world, invariants } = await afterOutage({ seed, quirks: { hiddenImages: true } })
    await world.pass(20 * MINUTE)

    // A landing that cannot be told is not tried: fewer pods may move, none in vain.
    expect(invariants.breaches).toEqual([])
    expect(invariants.evicted.length).toBeLessThanOrEqual(FEWEST)
    expect(world.reasons()).not.toContain('LandingMissed')
    expect(readyByZone(world, 'checkout')).toEqual({ 'zone-a': 2, 'zone-b': 2, 'zone-c': 2 })
  },
)

it.each(seeds(20))(
  'a scheduler that picks any feasible node costs two misses a group at most (RESPREAD_SEED=%i)',
  { timeout: 60_000 },
  async seed => {
    const { world, invariants } = await afterOutage({ seed, quirks: { choice: 'anyFeasible' } })
    await world.pass(20 * MINUTE)

    // Nobody can foresee where it puts a pod that it may put anywhere; what a hard constraint forces must stay.
    const breaches = invariants.breaches.filter(breach => !breach.includes('"ScheduleAnyway"'))
    expect(breaches).toEqual([])
    expect(invariants.evicted.length).toBeLessThanOrEqual(2 * FEWEST)
  },
)
