// RESPREAD_SEED=17 npx vitest run test/closed-loop/any-scheduler.test.ts replays one seed; RESPREAD_SEED=1000-1999 tries others.
import { describe, expect, it } from 'vitest'
import type { SchedulerQuirks } from '../../src/simulation/scheduler/scheduler-quirks.ts'
import { EVEN, expectReady, wasted } from './evenness.ts'
import { afterOutage, FEWEST, setStage } from './scenario.ts'
import { seeds } from '../support/seeds.ts'
import { MINUTE } from './world.ts'

/** One after the other with shuffled timers: what falls into the same millisecond happens in any order. */
describe('however threads interleave, a zone is filled again with the fewest evictions, where the scheduler', () => {
  const worlds: readonly (readonly [name: string, count: number, quirks: Partial<SchedulerQuirks>])[] = [
    ['is up to date', 40, {}],
    ['is two seconds behind', 20, { lag: 2_000 }],
  ]
  for (const [name, count, quirks] of worlds) {
    it.each(seeds(count))(`${name} (RESPREAD_SEED=%i)`, { timeout: 60_000 }, async seed => {
      const stage = await afterOutage(setStage({ seed, quirks }))
      await stage.world.pass(10 * MINUTE)

      expect(stage.invariants.breaches).toEqual([])
      expect(stage.invariants.flights).toHaveLength(FEWEST)
      expect(wasted(stage)).toEqual([])
      expectReady(stage, EVEN)
    })
  }
})

it.each(seeds(20))(
  'a scheduler that knows of images nobody else sees costs nothing (RESPREAD_SEED=%i)',
  { timeout: 60_000 },
  async seed => {
    const stage = await afterOutage(setStage({ seed, quirks: { hiddenImages: true } }))
    await stage.world.pass(10 * MINUTE)

    // A landing that cannot be told is not tried: fewer pods may move, none in vain.
    expect(stage.invariants.breaches).toEqual([])
    expect(stage.invariants.flights.length).toBeLessThanOrEqual(FEWEST)
    expect(wasted(stage)).toEqual([])
    expectReady(stage, { checkout: EVEN.checkout })
  },
)

it.each(seeds(20))(
  'a scheduler that picks any feasible node costs three misses, and those under way by then (RESPREAD_SEED=%i)',
  { timeout: 60_000 },
  async seed => {
    const stage = await afterOutage(setStage({ seed, quirks: { choice: 'anyFeasible' } }))
    await stage.world.pass(20 * MINUTE)

    expect(stage.invariants.breaches).toEqual([])
    expect(wasted(stage).length).toBeLessThanOrEqual(5)
  },
)
