import { describe, expect, it } from 'vitest'
import { EVEN, expectReady, wasted } from './evenness.ts'
import { tell } from './golden.ts'
import type { Stage } from './scenario.ts'
import * as stories from './scenarios/upgrades.ts'

/** Evictions whose replacement landed on a node that was replaced only after that. */
function inTheWay({ invariants, world }: Stage): readonly string[] {
  return invariants.flights.flatMap(({ landing }) => {
    const node = landing?.pod.nodeName ?? ''
    return world.cluster.state.node(node) === undefined ? [`${landing?.pod.name} on ${node}`] : []
  })
}

describe('an upgrade of all nodes, one after the other', { timeout: 60_000 }, () => {
  it('that pauses for longer than the hold-down is followed, not fought: nobody has moved anything back', async () => {
    const stage = await tell(stories.nodesAreUpgraded)

    expect(wasted(stage)).toEqual([])
    expect(inTheWay(stage)).toEqual([])
    for (const reason of ['MovedBack', 'GroupQuarantined', 'LandingMissed']) expect(stage.world.reasons()).not.toContain(reason)
    expectReady(stage, EVEN)
  })

  it('that does not is waited for, and what it has left is mended at its end', async () => {
    const stage = await tell(stories.nodesAreUpgradedInHaste)

    const [end] = stage.noted('all nodes are new')
    expect(stage.world.requests.filter(({ at }) => at < end)).toEqual([])
    expect(stage.world.requests.length).toBeGreaterThan(0)
    expect(wasted(stage)).toEqual([])
    expectReady(stage, EVEN)
  })
})
