// RESPREAD_SEED=17 npx vitest run test/closed-loop/any-mishap.test.ts replays one seed; RESPREAD_SEED=1000-1999 tries others.
import { describe, expect, it } from 'vitest'
import { letThingsGoWrong } from './mishaps.ts'
import { afterOutage, setStage } from './scenario.ts'
import { seeds } from './seeds.ts'
import { MINUTE } from './world.ts'

describe('whatever goes wrong in whatever order, what must always hold holds, and in the end nothing is left to do', () => {
  it.each(seeds(80))('RESPREAD_SEED=%i', { timeout: 60_000 }, async seed => {
    const stage = await afterOutage(setStage({ seed }))
    const { world, invariants } = stage
    const mishaps = letThingsGoWrong(stage, world.random.fork('mishaps'))
    await world.pass(50 * MINUTE)

    expect({ mishaps, breaches: invariants.breaches }).toEqual({ mishaps, breaches: [] })
    expect({ mishaps, planned: world.planNow().summary.plannedEvictions }).toEqual({ mishaps, planned: 0 })
  })
})
