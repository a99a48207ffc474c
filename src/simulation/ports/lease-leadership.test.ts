import { describe, expect, it } from 'vitest'
import { createControllerWorld, type ControllerWorld } from '../../../test/support/controller-world.ts'
import { createLeaseLeadership, type LeaseLeadership } from './lease-leadership.ts'

const SETTINGS = { namespace: 'respread', name: 'respread', leaseDuration: 60_000, renewDeadline: 40_000, retryPeriod: 5_000 }

function candidates(world: ControllerWorld, ...identities: readonly string[]): readonly LeaseLeadership[] {
  return identities.map(identity => createLeaseLeadership(world.objects, world.clock, { ...SETTINGS, identity }))
}

describe('leadership by lease', () => {
  it('goes to the first and stays there', () => {
    const world = createControllerWorld()
    const [first, second] = candidates(world, 'first', 'second')
    first?.start()
    second?.start()

    world.clock.advance(300_000)

    expect([first?.mayAct(), second?.mayAct()]).toEqual([true, false])
    expect(world.objects.get('leases', 'respread', 'respread')?.spec).toMatchObject({ holderIdentity: 'first', leaseTransitions: 0 })
  })

  it('is laid down by a holder that cannot renew before anybody else takes it up', () => {
    const world = createControllerWorld()
    const [first, second] = candidates(world, 'first', 'second')
    first?.start()
    second?.start()
    world.clock.advance(10_000)
    first?.setReachable(false)
    const actingAtOnce: number[] = []
    const acting: string[] = []
    for (let elapsed = 0; elapsed < 120; elapsed++) {
      world.clock.advance(1_000)
      const now = [first?.mayAct() === true ? 'first' : '', second?.mayAct() === true ? 'second' : ''].filter(name => name !== '')
      actingAtOnce.push(now.length)
      acting.push(now.join())
    }

    expect(Math.max(...actingAtOnce)).toBe(1)
    expect(acting).toContain('')
    expect(acting.at(-1)).toBe('second')
    expect(world.objects.get('leases', 'respread', 'respread')?.spec).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 })
  })

  it('tells when it changes, on the moment the deadline passes', () => {
    const world = createControllerWorld()
    const [only] = candidates(world, 'only')
    const told: string[] = []
    only?.subscribe(() => told.push(`${world.clock.monotonic()}: ${only.mayAct()}`))
    only?.start()
    world.clock.advance(2_000)
    only?.setReachable(false)

    world.clock.advance(120_000)

    expect(told).toEqual(['0: true', '40000: false'])
  })

  it('ends with stop', () => {
    const world = createControllerWorld()
    const [only] = candidates(world, 'only')
    only?.start()

    only?.stop()

    expect(only?.mayAct()).toBe(false)
  })
})
