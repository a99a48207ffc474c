import { describe, expect, it } from 'vitest'
import type { Occurrence } from '../../src/rebalancing/ports.ts'
import { threeZones } from '../../src/simulation/scenarios/three-zones.ts'
import { createTranscript } from '../../src/simulation/transcript.ts'
import { afterOutage } from './after-outage.ts'
import { watchInvariants } from './invariants.ts'
import { createWorld, MINUTE, readyByZone, SECOND } from './world.ts'

const EVEN = { 'zone-a': 4, 'zone-b': 4, 'zone-c': 4 }

describe('a zone fails and comes back', () => {
  it.each([1, 2, 3])('its pods are spread again with the fewest evictions (seed %i)', async seed => {
    const { world, invariants, fewest } = await afterOutage({ seed })
    const before = world.requests.length
    await world.pass(15 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect([before, fewest]).toEqual([0, 8])
    expect(invariants.evicted).toHaveLength(fewest)
    expect(world.requests.map(({ outcome }) => outcome?.kind)).toEqual(Array(fewest).fill('Accepted'))
    expect(readyByZone(world, 'web')).toEqual(EVEN)
    for (const app of ['cart', 'checkout']) expect(readyByZone(world, app)).toEqual({ 'zone-a': 2, 'zone-b': 2, 'zone-c': 2 })
    expect(readyByZone(world, 'ledger')['zone-c']).toBe(0)
    expect(world.reasons()).not.toContain('LandingMissed')
    expect(world.reasons().filter(reason => reason === 'EpisodeDone')).toHaveLength(1)
  })

  it('a run that ends by itself does the same and says what it could not do', async () => {
    const { world, invariants, process, fewest } = await afterOutage({ seed: 7 })
    await process.loop.stop()
    const summary = await world.once(60 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect(summary).toMatchObject({ reason: 'NothingMoreToDo', evictions: fewest, landed: fewest, missed: 0 })
    expect(summary.remaining.map(({ workload, reason }) => [workload.name, reason])).toEqual([['ledger', 'OptedOut']])
    expect(readyByZone(world, 'web')).toEqual(EVEN)
  })

  it('and that is how it goes', async () => {
    const lines: string[] = []
    const hear = ({ reason, message }: Occurrence): void => void lines.push(`      respread ${reason}: ${message}`)
    const world = createWorld({ seed: 1, objects: threeZones(), hear })
    const { loop } = world.start()
    await world.pass(2 * MINUTE)
    createTranscript(world.cluster.store, world.clock, line => lines.push(line.replace(/^(\d+:\d+)\.\d+/, '$1')))
    world.cluster.failZone('zone-c')
    await world.pass(12 * MINUTE)
    world.cluster.recoverZone('zone-c')
    await world.pass(10 * MINUTE)
    await loop.stop()

    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../fixtures/closed-loop/zone-outage.txt')
  })

  it('a zone that flaps gets nothing until it has held still', async () => {
    const world = createWorld({ seed: 4, objects: threeZones() })
    const invariants = watchInvariants(world)
    world.start()
    await world.pass(2 * MINUTE)
    for (const [down, up] of [
      [12 * MINUTE, 30 * SECOND],
      [2 * MINUTE, 4 * MINUTE],
    ] as const) {
      world.cluster.failZone('zone-c')
      await world.pass(down)
      world.cluster.recoverZone('zone-c')
      await world.pass(up)
    }
    world.cluster.failZone('zone-c')
    await world.pass(8 * MINUTE)
    const whileFlapping = world.requests.length
    world.cluster.recoverZone('zone-c')
    const backForGood = world.clock.now()
    await world.pass(20 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect(whileFlapping).toBe(0)
    expect(world.requests[0]!.at - backForGood).toBeGreaterThanOrEqual(5 * MINUTE)
    expect(readyByZone(world, 'web')).toEqual(EVEN)
  })
})
