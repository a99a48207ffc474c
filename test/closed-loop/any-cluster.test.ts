// RESPREAD_SEED=17 npx vitest run test/closed-loop/any-cluster.test.ts replays one seed; RESPREAD_SEED=1000-1999 tries others.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/simulation/random.ts'
import { wasted } from './evenness.ts'
import { fewestNow } from './fewest.ts'
import { loseAndFind, randomShop } from './random-shop.ts'
import { setStage } from './scenario.ts'
import { seeds } from '../support/seeds.ts'
import { MINUTE } from './world.ts'

describe('whatever spreads over whatever zones, a zone that was lost and found is filled with as few evictions as can be', () => {
  it.each(seeds(100))('RESPREAD_SEED=%i', { timeout: 60_000 }, async seed => {
    const random = createRandom(seed).fork('shop')
    const stage = setStage({ seed, objects: randomShop(random) })
    const { world, invariants } = stage
    stage.start()
    await world.pass(2 * MINUTE)
    const cause = await loseAndFind(stage, random)
    // A landing that cannot be told as long as others are to come is planned later: then the bound says how many there are.
    const most = Math.max(world.planNow().summary.plannedEvictions, fewestNow(stage)) + invariants.flights.length
    await world.pass(12 * MINUTE)

    expect({ cause, breaches: invariants.breaches }).toEqual({ cause, breaches: [] })
    expect({ cause, wasted: wasted(stage) }).toEqual({ cause, wasted: [] })
    expect({ cause, above: Math.max(0, invariants.flights.length - most) }).toEqual({ cause, above: 0 })
    expect({ cause, left: world.planNow().summary.plannedEvictions }).toEqual({ cause, left: 0 })
  })
})
