import { describe, expect, it } from 'vitest'
import { EVEN, expectReady, wasted } from './evenness.ts'
import { tell } from './golden.ts'
import { FEWEST } from './scenario.ts'
import * as stories from './scenarios/pods.ts'

describe('replacements', () => {
  it('are never Ready: each workload stops after what its budget or cap allows', async () => {
    const { invariants, world } = await tell(stories.replacementsAreNeverReady)

    // The budget of web allows three, that of checkout one; cart may have one in flight.
    expect(invariants.flights).toHaveLength(5)
    expect(world.reasons()).toContain('ReplacementOverdue')
    expect(world.reasons()).toContain('ReplacementPending')
  })

  it('land wherever the scheduler likes: the loop loses heart soon, and what a hard constraint forces is done', async () => {
    const stage = await tell(stories.schedulerChoosesAnyNode)

    expect(stage.world.reasons()).toContain('LandingMissed')
    expect(stage.world.reasons()).toContain('TooManyMisses')
    expect(stage.invariants.flights.length).toBeLessThanOrEqual(2 * FEWEST)
    expectReady(stage, { checkout: EVEN.checkout })
  })
})

describe('a StatefulSet', () => {
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
