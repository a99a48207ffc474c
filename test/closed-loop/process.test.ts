import { describe, expect, it } from 'vitest'
import { EVEN, expectReady, wasted } from './evenness.ts'
import { tell } from './golden.ts'
import { afterOutage, FEWEST, setStage, type Stage } from './scenario.ts'
import * as stories from './scenarios/process.ts'
import { MINUTE } from './world.ts'

/** Whatever befell respread itself, the cluster was served as if nothing had happened. */
function expectServed(stage: Stage): void {
  expect(stage.invariants.breaches).toEqual([])
  expect(stage.invariants.flights).toHaveLength(FEWEST)
  expect(wasted(stage)).toEqual([])
  expectReady(stage, EVEN)
}

const outcomes = ({ world }: Stage): readonly (string | undefined)[] => world.requests.map(({ outcome }) => outcome?.kind)

describe('a process', { timeout: 60_000 }, () => {
  it('dies at every step of an eviction in turn: nothing is lost, nothing done twice', async () => {
    const stage = await tell(stories.processDiesAtEveryMoment)

    for (const moment of stories.MOMENTS) expect(stage.noted(`the process dies ${moment}; another takes over`)).toHaveLength(1)
    expectServed(stage)
  })

  it('dies with the history of what it did: no more is evicted than is still needed', async () => {
    const stage = await afterOutage(setStage({ seed: 3 }))
    await stage.world.clock.runUntil(() => stage.invariants.flights.length >= 3, 10 * MINUTE)
    stage.world.history.text = '\u0000'
    stage.crash()
    await stage.world.pass(20 * MINUTE)

    // What was in flight is forgotten with it, and counts against no cap any more.
    expect(stage.invariants.breaches.filter(breach => !breach.includes('in flight'))).toEqual([])
    expect(stage.invariants.flights).toHaveLength(FEWEST)
    expectReady(stage, EVEN)
    expect(stage.world.reasons()).toContain('HistorySetAside')
  })

  it('loses the lease while requests are under way: it sends nothing more, and the next repeats none of them', async () => {
    const stage = await tell(stories.leaseIsLost)

    const [lost] = stage.noted('the first process loses the lease')
    const [taken] = stage.noted('the second process takes the lease')
    expect(stage.world.requests.filter(({ at }) => at > lost && at < taken)).toEqual([])
    expectServed(stage)
  })

  it('is told a wall clock that jumps', async () => {
    const stage = await tell(stories.clockJumps)

    const waited = (stage.world.requests[0]?.at ?? Infinity) - stage.noted('zone-c is back')[0]
    expect(waited).toBeGreaterThanOrEqual(5 * MINUTE)
    expect(waited).toBeLessThan(6 * MINUTE)
    expectServed(stage)
  })
})

describe('a watch that stalls', { timeout: 60_000 }, () => {
  it('is not acted on once it is too old', async () => {
    const stage = await tell(stories.watchStalls)

    expect(stage.world.reasons()).toContain('ViewStale')
    expect((stage.world.requests[0]?.at ?? Infinity) - stage.noted('the watch is back')[0]).toBeGreaterThanOrEqual(5 * MINUTE)
    expectServed(stage)
  })
})

describe('a way to the server that', { timeout: 60_000 }, () => {
  it('loses requests and answers: no eviction is repeated before it is known what became of it', async () => {
    const stage = await tell(stories.answersGetLost)

    expect(outcomes(stage).filter(kind => kind === 'Lost').length).toBeGreaterThan(2)
    expect(stage.world.requests).toHaveLength(FEWEST + 2)
    // While an eviction may have happened, its group is not said to be beyond help.
    expect(stage.world.reasons()).not.toContain('WouldNotHelp')
    expectServed(stage)
  })

  it('never answers: the watch shows what happened', async () => {
    const stage = await afterOutage(setStage({ seed: 1 }))
    const { world } = stage
    const way = world.evictor
    world.evictor = {
      evict: (request, signal) => {
        void way.evict(request, signal)
        return new Promise(() => {})
      },
    }
    await world.pass(30 * MINUTE)

    expect(world.reasons()).toContain('EvictionTookEffect')
    expectServed(stage)
  })
})
