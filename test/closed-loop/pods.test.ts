import { describe, expect, it } from 'vitest'
import { expectReady, wasted } from './evenness.ts'
import { tell } from './golden.ts'
import * as stories from './scenarios/pods.ts'
import { MINUTE } from './world.ts'

describe('replacements', { timeout: 60_000 }, () => {
  it('are never Ready: each workload stops after what its budget or cap allows', async () => {
    const { invariants, world } = await tell(stories.replacementsAreNeverReady)

    // The budget of web allows three, that of checkout one; cart may have one in flight.
    expect(invariants.flights).toHaveLength(5)
    expect(world.reasons()).toContain('ReplacementOverdue')
    expect(world.reasons()).toContain('ReplacementPending')
  })

  it('land wherever the scheduler likes: three misses in ten minutes stop the loop', async () => {
    const stage = await tell(stories.schedulerChoosesAnyNode)

    const { told, requests } = stage.world
    const misses = told.filter(({ reason }) => reason === 'LandingMissed').map(({ at }) => at)
    const stopped = told.find(({ reason }) => reason === 'TooManyMisses')?.at ?? NaN
    expect(misses.filter(at => at <= stopped && at > stopped - 10 * MINUTE)).toHaveLength(3)
    expect(requests.filter(({ at }) => at > stopped)).toEqual([])
    expect(wasted(stage).length).toBeLessThanOrEqual(misses.length)
  })
})

describe('a StatefulSet', { timeout: 60_000 }, () => {
  it('without volumes is spread again, pod by pod under the same names', async () => {
    const stage = await tell(stories.statefulSetIsMoved)

    expectReady(stage, { queue: [2, 2, 2] })
    expect(stage.invariants.flights).toHaveLength(2)
    expect(wasted(stage)).toEqual([])
  })

  it.each([
    [stories.statefulSetWithPartition, 'Partitioned'],
    [stories.statefulSetOnDelete, 'OnDeleteUpdates'],
  ])('that is updated in another way is left alone ($0.name)', async (scenario, reason) => {
    const { world } = await tell(scenario)

    expect(world.requests).toEqual([])
    const queue = world.planNow().groups.find(({ workload }) => workload.name === 'queue')
    expect(queue).toMatchObject({ status: 'Blocked', reason })
  })
})
