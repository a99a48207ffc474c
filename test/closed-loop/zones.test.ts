import { describe, expect, it } from 'vitest'
import { EVEN, expectReady, wasted } from './evenness.ts'
import { tell } from './golden.ts'
import { runOnce } from './respread.ts'
import { FEWEST, loseZoneC, setStage, type Stage } from './scenario.ts'
import * as stories from './scenarios/zones.ts'
import { MINUTE } from './world.ts'

const HOLD_DOWN = 5 * MINUTE

/** When the first eviction was asked for, by the cluster's clock. */
const firstRequest = ({ world }: Stage): number => world.requests[0]?.at ?? Infinity

describe('a zone', { timeout: 60_000 }, () => {
  it('fails and comes back', async () => {
    const stage = await tell(stories.zoneOutage)

    expectReady(stage, { ...EVEN, ledger: [2, 1, 0] })
    expect(stage.invariants.flights).toHaveLength(FEWEST)
    expect(wasted(stage)).toEqual([])
    expect(stage.world.requests.map(({ outcome }) => outcome?.kind)).toEqual(Array(FEWEST).fill('Accepted'))
    expect(firstRequest(stage) - stage.noted('zone-c is back')[0]).toBeGreaterThanOrEqual(HOLD_DOWN)
    expect(stage.world.reasons().filter(reason => reason === 'EpisodeDone')).toHaveLength(1)
  })

  it('returns for thirty seconds and dies again: nothing is sent there before it is back for good', async () => {
    const stage = await tell(stories.zoneDiesAgain)

    expectReady(stage, EVEN)
    expect(stage.invariants.flights).toHaveLength(FEWEST)
    expect(wasted(stage)).toEqual([])
    const backForGood = stage.noted('zone-c is back').at(-1) ?? Infinity
    expect(firstRequest(stage) - backForGood).toBeGreaterThanOrEqual(HOLD_DOWN)
  })

  it('comes back one node at a time: nothing is sent there before it has enough nodes that hold still', async () => {
    const stage = await tell(stories.zoneComesBackNodeByNode)

    expectReady(stage, EVEN)
    expect(stage.invariants.flights).toHaveLength(FEWEST)
    expect(wasted(stage)).toEqual([])
    // With one of its three nodes a zone is no longer under outage.
    expect(firstRequest(stage) - stage.noted('node-c1 is back')[0]).toBeGreaterThanOrEqual(HOLD_DOWN)
  })

  it('has no room when it is back: nothing is evicted in vain', async () => {
    const stage = await tell(stories.zoneHasNoRoom)

    expect(wasted(stage)).toEqual([])
    expectReady(stage, { web: [6, 6, 0] })
    const web = stage.world.planNow().groups.find(({ workload }) => workload.name === 'web')
    expect(web).toMatchObject({ status: 'Blocked', reason: 'NoRoom' })
    expect(stage.world.reasons()).toContain('EpisodeDone')
  })

  it('loses its nodes for good and gets new ones', async () => {
    const stage = await tell(stories.zoneIsReplaced)

    expectReady(stage, { ...EVEN, search: [1, 1, 1] })
    expect(stage.invariants.flights).toHaveLength(FEWEST + 1)
    expect(wasted(stage)).toEqual([])
    expect(stage.world.reasons()).toContain('DomainHasNoNodes')
  })

  it('is drained and opened again', async () => {
    const stage = await tell(stories.drainEnds)

    expectReady(stage, { web: [3, 3, 3], api: [2, 2, 2] })
    expect(stage.invariants.flights).toHaveLength(5)
    expect(wasted(stage)).toEqual([])
  })
})

it('a run that ends by itself does the same and says what it could not do', { timeout: 60_000 }, async () => {
  const stage = setStage({ seed: 7 })
  const process = stage.start()
  await loseZoneC(stage)
  await process.stop()
  const summary = await runOnce(stage.world, 60 * MINUTE)

  expect(stage.invariants.breaches).toEqual([])
  expect(summary).toMatchObject({ reason: 'NothingMoreToDo', evictions: FEWEST, landed: FEWEST, missed: 0 })
  expect(summary.remaining.map(({ workload, reason }) => [workload.name, reason])).toEqual([['ledger', 'OptedOut']])
  expectReady(stage, EVEN)
})
