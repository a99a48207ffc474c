import type { Leadership } from '../../../src/rebalancing/ports.ts'
import { afterOutage, failZone, loseZoneC, recoverZone, type Scenario, type Stage } from '../scenario.ts'
import { MINUTE, SECOND } from '../world.ts'

/** A lease as one process sees it. */
function createLease(): Leadership & { hold(held: boolean): void } {
  const listeners = new Set<() => void>()
  let held = false
  return {
    mayAct: () => held,
    subscribe: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    hold: now => {
      held = now
      for (const listener of listeners) listener()
    },
  }
}

/** The moments of an eviction at which a process may die, in their order. */
export const MOMENTS = [
  'before the request: it is written down and not yet sent',
  'after the request: no answer has come yet',
  'when the victim is terminating',
  'when the replacement is Pending',
  'when the victim is gone',
  'when the replacement is bound and not Ready',
] as const

/** Lets the process die at each of the moments in turn, each time in a later eviction. */
function dieAtEveryMoment(stage: Stage): void {
  const { world, invariants, note, crash } = stage
  const left: string[] = [...MOMENTS]
  /** Evictions of which each has brought one death. */
  let spent = 0
  const dieAt = (moment: (typeof MOMENTS)[number]): boolean => {
    if (left[0] !== moment) return false
    left.shift()
    note(`the process dies ${moment}; another takes over`)
    crash()
    spent = invariants.flights.length
    return true
  }
  world.history.saved = () => {
    if (world.history.text?.includes('"Requested"') === true) dieAt(MOMENTS[0])
  }
  const way = world.evictor
  world.evictor = {
    evict: (request, signal) => {
      const answer = way.evict(request, signal)
      dieAt(MOMENTS[1])
      return answer
    },
  }
  world.cluster.store.subscribe(({ resource, type, object: { metadata } }) => {
    const flight = invariants.flights.at(-1)
    if (resource !== 'pods' || flight === undefined || invariants.flights.length <= spent) return
    const isVictim = metadata.uid === flight.victim.uid
    const pods = [...world.cluster.state.podsOf(flight.victim.controller?.uid ?? '')]
    // A moment later: whoever else reacts to the same event has its turn.
    world.clock.after(1, () => {
      if (isVictim && type === 'MODIFIED') dieAt(MOMENTS[2])
      else if (isVictim && type === 'DELETED') dieAt(MOMENTS[4])
      else if (pods.some(({ nodeName }) => nodeName === undefined)) dieAt(MOMENTS[3])
      else if (flight.landing !== undefined && flight.end === undefined) dieAt(MOMENTS[5])
    })
  })
}

export const processDiesAtEveryMoment: Scenario = {
  name: 'process-dies-at-every-moment',
  title: 'The process dies at every step of an eviction in turn, and another takes over each time.',
  seed: 4,
  play: async stage => {
    const { world } = await afterOutage(stage)
    dieAtEveryMoment(stage)
    await world.pass(12 * MINUTE)
  },
}

export const watchStalls: Scenario = {
  name: 'watch-stalls',
  title: 'The watch stalls for five minutes while a zone settles, and nobody sees that the zone goes away again meanwhile.',
  seed: 4,
  play: async stage => {
    const { world, note } = await afterOutage(stage)
    await world.pass(2 * MINUTE)
    note('the watch stalls')
    world.mirror.stall()
    await world.pass(30 * SECOND)
    failZone(stage, 'zone-c')
    await world.pass(3 * MINUTE)
    recoverZone(stage, 'zone-c')
    await world.pass(90 * SECOND)
    note('the watch is back')
    world.mirror.resume()
    await world.pass(8 * MINUTE)
  },
}

export const answersGetLost: Scenario = {
  name: 'answers-get-lost',
  title: 'Every second answer of the API server gets lost after the eviction has happened; the first two requests never arrive.',
  seed: 1,
  way: { lostAnswers: 0.5 },
  play: async stage => {
    const { world, note } = await afterOutage(stage)
    const way = world.evictor
    let swallowed = 0
    world.evictor = {
      evict: (request, signal) => {
        if (swallowed === 2) return way.evict(request, signal)
        swallowed += 1
        note(`the request for ${request.pod} gets lost on its way`)
        return Promise.resolve({ kind: 'Lost', message: 'the connection was reset' })
      },
    }
    await world.pass(12 * MINUTE)
  },
}

export const leaseIsLost: Scenario = {
  name: 'lease-is-lost',
  title: 'The holder of the lease loses it while requests are under way; another process takes it after fifteen seconds.',
  seed: 8,
  play: async stage => {
    const { world, note, start } = stage
    const [first, second] = [createLease(), createLease()]
    for (const lease of [first, second]) start(lease)
    first.hold(true)
    await loseZoneC(stage)
    const way = world.evictor
    let lost = false
    world.evictor = {
      evict: (request, signal) => {
        const answer = way.evict(request, signal)
        if (!lost) {
          lost = true
          note('the first process loses the lease')
          first.hold(false)
          world.clock.after(15 * SECOND, () => {
            note('the second process takes the lease')
            second.hold(true)
          })
        }
        return answer
      },
    }
    await world.pass(9 * MINUTE)
  },
}

export const clockJumps: Scenario = {
  name: 'clock-jumps',
  title: 'The wall clock of respread is set an hour ahead while a zone settles, and back to ten minutes behind while respread is at work.',
  seed: 3,
  play: async stage => {
    const { world, invariants, note } = await afterOutage(stage)
    note('the wall clock is an hour ahead')
    world.clockAhead = 60 * MINUTE
    await world.clock.runUntil(() => invariants.flights.length >= 2, 10 * MINUTE)
    note('the wall clock is ten minutes behind')
    world.clockAhead = -10 * MINUTE
    await world.pass(12 * MINUTE)
  },
}
