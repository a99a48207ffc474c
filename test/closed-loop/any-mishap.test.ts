// RESPREAD_SEED=17 npx vitest run test/closed-loop/any-mishap.test.ts replays one seed; RESPREAD_SEED=1000-1999 tries others.
import { describe, expect, it } from 'vitest'
import { letThingsGoWrong } from './mishaps.ts'
import { afterOutage, setStage } from './scenario.ts'
import { seeds } from '../support/seeds.ts'
import { MINUTE } from './world.ts'

describe('whatever goes wrong in whatever order, what must always hold holds, and in the end nothing is left to do', () => {
  it.each(seeds(80))('RESPREAD_SEED=%i', { timeout: 60_000 }, async seed => {
    const stage = await afterOutage(setStage({ seed }))
    const { world, invariants } = stage
    const mishaps = letThingsGoWrong(stage, world.random.fork('mishaps'))
    const rests = world.random.fork('rests')
    world.rest = () => (rests.chance(0.05) ? new Promise(resolve => void world.clock.after(10, resolve)) : undefined)
    const left = (): number => world.planNow().summary.plannedEvictions
    await world.pass(25 * MINUTE)
    // A workload may have to rest, a group to sit out a quarantine.
    for (let more = 0; more < 5 && left() > 0; more++) await world.pass(5 * MINUTE)

    expect({ mishaps, breaches: invariants.breaches }).toEqual({ mishaps, breaches: [] })
    expect({ mishaps, left: left() }).toEqual({ mishaps, left: 0 })
  })
})
