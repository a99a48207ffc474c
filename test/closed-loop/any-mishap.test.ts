import { describe, expect, it } from 'vitest'
import { afterOutage } from './after-outage.ts'
import { letThingsGoWrong } from './mishaps.ts'
import { seeds } from './seeds.ts'
import { MINUTE } from './world.ts'

describe('whatever goes wrong in whatever order, what must always hold holds, and in the end nothing is left to do', () => {
  it.each(seeds(80))('RESPREAD_SEED=%i', { timeout: 60_000 }, async seed => {
    const story = await afterOutage({ seed })
    const { world, invariants } = story
    const mishaps = letThingsGoWrong(story, world.random.fork('mishaps'))
    await world.pass(50 * MINUTE)

    expect({ mishaps, breaches: invariants.breaches }).toEqual({ mishaps, breaches: [] })
    expect({ mishaps, planned: world.planNow().summary.plannedEvictions }).toEqual({ mishaps, planned: 0 })
  })
})
