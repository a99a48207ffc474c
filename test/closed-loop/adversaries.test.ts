import { describe, expect, it } from 'vitest'
import type { ClusterReader } from '../../src/cluster/cluster-state.ts'
import type { PodRecord } from '../../src/cluster/pod.ts'
import type { Leadership } from '../../src/rebalancing/ports.ts'
import { createInProcessEvictor } from '../../src/simulation/ports/in-process-evictor.ts'
import { budgetManifest } from '../../src/simulation/manifests.ts'
import { BEHAVIOUR_ANNOTATION } from '../../src/simulation/kubelet.ts'
import { afterOutage } from './after-outage.ts'
import { MINUTE, readyByZone, SECOND, type Process, type World } from './world.ts'

const EVEN = { 'zone-a': 4, 'zone-b': 4, 'zone-c': 4 }

const kinds = (world: World): readonly (string | undefined)[] => world.requests.map(({ outcome }) => outcome?.kind)

const podOf = (cluster: ClusterReader, uid: string): PodRecord | undefined => [...cluster.pods()].find(pod => pod.uid === uid)

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

describe('a process that dies', () => {
  /** Replaces the process whenever the condition holds, a few times. */
  function replaceProcess(first: Process, world: World, kills: number): () => void {
    let process = first
    let left = kills
    return () => {
      if (left === 0) return
      left -= 1
      process.kill()
      process = world.start()
    }
  }

  it.each([1, 2])(
    'after it wrote an eviction down and before it asked for it: nothing is lost, nothing done twice (seed %i)',
    async seed => {
      const { world, invariants, process, fewest } = await afterOutage({ seed })
      const die = replaceProcess(process, world, 3)
      world.history.saved = () => {
        if (world.history.text?.includes('"Requested"') === true) die()
      }
      await world.pass(20 * MINUTE)

      expect(invariants.breaches).toEqual([])
      expect(invariants.evicted).toHaveLength(fewest)
      expect(readyByZone(world, 'web')).toEqual(EVEN)
    },
  )

  it.each([1, 2])('after it asked for an eviction and before the answer came (seed %i)', async seed => {
    const { world, invariants, process, fewest } = await afterOutage({ seed })
    const die = replaceProcess(process, world, 3)
    const way = world.evictor
    world.evictor = {
      evict: (request, signal) => {
        const answer = way.evict(request, signal)
        die()
        return answer
      },
    }
    await world.pass(20 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect(invariants.evicted).toHaveLength(fewest)
    expect(readyByZone(world, 'web')).toEqual(EVEN)
  })

  it.each<[string, (world: World, victim: string) => boolean]>([
    ['the victim is terminating', ({ cluster }, victim) => podOf(cluster.state, victim)?.deletedAt !== undefined],
    ['the victim is gone', ({ cluster }, victim) => podOf(cluster.state, victim) === undefined],
    ['the replacement is Pending', ({ cluster }) => [...cluster.state.pods()].some(({ nodeName }) => nodeName === undefined)],
    ['the replacement is not Ready', ({ cluster }) => [...cluster.state.pods()].every(({ nodeName }) => nodeName !== undefined)],
  ])('when %s, again and again', async (_, moment) => {
    const { world, invariants, process, fewest } = await afterOutage({ seed: 4 })
    const die = replaceProcess(process, world, fewest)
    let killed = 0
    world.cluster.store.subscribe(() => {
      const victim = invariants.evicted.at(-1)
      if (victim === undefined || invariants.evicted.length === killed || !moment(world, victim)) return
      killed = invariants.evicted.length
      world.clock.after(1, die)
    })
    await world.pass(30 * MINUTE)

    expect(killed).toBeGreaterThan(1)
    expect(invariants.breaches).toEqual([])
    expect(invariants.evicted).toHaveLength(fewest)
    expect(readyByZone(world, 'web')).toEqual(EVEN)
  })

  it('and whose history is lost too evicts no more than is still needed', async () => {
    const { world, invariants, process, fewest } = await afterOutage({ seed: 3 })
    await world.clock.runUntil(() => invariants.evicted.length >= 3, 10 * MINUTE)
    process.kill()
    world.history.text = '\u0000'
    world.start()
    await world.pass(20 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect(invariants.evicted).toHaveLength(fewest)
    expect(world.reasons()).toContain('HistorySetAside')
  })
})

it('a holder that loses the lease stops, and the next goes on from its history', async () => {
  const { world, invariants, process, fewest } = await afterOutage({ seed: 8 })
  await process.loop.stop()
  const [first, second] = [createLease(), createLease()]
  for (const lease of [first, second]) world.start(lease)
  first.hold(true)
  await world.clock.runUntil(() => invariants.evicted.length >= 2, 10 * MINUTE)
  first.hold(false)
  const before = world.requests.length
  await world.pass(40 * SECOND)
  const between = world.requests.length
  second.hold(true)
  await world.pass(20 * MINUTE)

  expect(invariants.breaches).toEqual([])
  expect(between).toBe(before)
  expect(invariants.evicted).toHaveLength(fewest)
  expect(readyByZone(world, 'web')).toEqual(EVEN)
})

it('a holder that loses the lease while requests are under way sends nothing more, and the next repeats none of them', async () => {
  const { world, invariants, process, fewest } = await afterOutage({ seed: 8 })
  await process.loop.stop()
  const [first, second] = [createLease(), createLease()]
  for (const lease of [first, second]) world.start(lease)
  first.hold(true)
  const way = world.evictor
  let handedOver = false
  world.evictor = {
    evict: (request, signal) => {
      const answer = way.evict(request, signal)
      if (!handedOver) {
        handedOver = true
        first.hold(false)
        second.hold(true)
      }
      return answer
    },
  }
  await world.pass(20 * MINUTE)

  expect(handedOver).toBe(true)
  expect(invariants.breaches).toEqual([])
  expect(invariants.evicted).toHaveLength(fewest)
  expect(readyByZone(world, 'web')).toEqual(EVEN)
})

describe('a way to the server that', () => {
  it.each([1, 2, 3])('loses half of the answers: no eviction is repeated (seed %i)', async seed => {
    const { world, invariants, fewest } = await afterOutage({ seed, way: { lostAnswers: 0.5 } })
    await world.pass(20 * MINUTE)

    expect(kinds(world)).toContain('Lost')
    expect(invariants.breaches).toEqual([])
    expect(invariants.evicted).toHaveLength(fewest)
    expect(readyByZone(world, 'web')).toEqual(EVEN)
  })

  it('never answers: the watch shows what happened', async () => {
    const { world, invariants, fewest } = await afterOutage({ seed: 1 })
    const way = world.evictor
    world.evictor = {
      evict: (request, signal) => {
        void way.evict(request, signal)
        return new Promise(() => {})
      },
    }
    await world.pass(30 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect(invariants.evicted).toHaveLength(fewest)
    expect(readyByZone(world, 'web')).toEqual(EVEN)
  })

  it('swallows requests: each is asked for again once the watch has shown that nothing happened', async () => {
    const { world, invariants, fewest } = await afterOutage({ seed: 1 })
    const way = world.evictor
    let swallowed = 0
    world.evictor = {
      evict: (request, signal) => (swallowed++ < 3 ? Promise.resolve({ kind: 'Lost', message: 'reset' }) : way.evict(request, signal)),
    }
    await world.pass(30 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect(world.requests).toHaveLength(fewest + 3)
    expect(invariants.evicted).toHaveLength(fewest)
  })
})

describe('a cluster in which', () => {
  it('replacements are never Ready: each workload stops after what its budget or cap allows', async () => {
    const { world, invariants } = await afterOutage({ seed: 1 })
    world.cluster.store.subscribe(({ type, resource, object: { metadata } }) => {
      if (type !== 'ADDED' || resource !== 'pods' || metadata.namespace !== 'shop') return
      const named = { namespace: 'shop', name: metadata.name }
      world.cluster.objects.update('pods', named, pod => ({
        ...pod,
        metadata: { ...pod.metadata, annotations: { ...pod.metadata.annotations, [BEHAVIOUR_ANNOTATION]: 'NeverReady' } },
      }))
    })
    await world.pass(60 * MINUTE)

    expect(invariants.breaches).toEqual([])
    // web's budget allows three, checkout's one; cart may have one in flight.
    expect(invariants.evicted).toHaveLength(5)
    expect(world.reasons()).toContain('ReplacementOverdue')
    expect(world.reasons()).toContain('ReplacementPending')
  })

  it('a budget opens and shuts all the time', async () => {
    const { world, invariants, fewest } = await afterOutage({ seed: 2 })
    const random = world.random.fork('budget')
    world.clock.after(0, function flap() {
      const maxUnavailable = random.pick([0, '25%', 1])
      world.cluster.apply(budgetManifest('shop', 'web', { maxUnavailable }))
      world.clock.after(random.between(5, 40) * SECOND, flap)
    })
    await world.pass(40 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect(invariants.evicted).toHaveLength(fewest)
    expect(readyByZone(world, 'web')).toEqual(EVEN)
  })

  it('somebody else takes the budget again and again', async () => {
    const { world, invariants } = await afterOutage({ seed: 3 })
    const random = world.random.fork('rival')
    const rival = createInProcessEvictor(world.cluster.store, world.clock, random, { delay: { min: 5, max: 50 }, lostAnswers: 0 })
    const until = world.clock.now() + 12 * MINUTE
    world.clock.after(0, function again() {
      const pods = [...world.cluster.state.pods()].filter(
        pod => pod.labels.get('app') === 'web' && pod.ready && pod.deletedAt === undefined,
      )
      const { namespace, name, uid } = random.pick(pods)
      void rival.evict({ namespace, pod: name, uid, priority: 0 }, new AbortController().signal)
      invariants.disturbed()
      if (world.clock.now() < until) world.clock.after(3 * SECOND, again)
    })
    await world.pass(40 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect(readyByZone(world, 'web')).toEqual(EVEN)
    expect(world.planNow().summary.plannedEvictions).toBe(0)
  })

  it('the watch stalls: nothing is asked for on what it showed last', async () => {
    const { world, invariants, fewest } = await afterOutage({ seed: 4 })
    await world.clock.runUntil(() => invariants.evicted.length >= 2, 10 * MINUTE)
    world.mirror.stall()
    await world.pass(10 * MINUTE)
    const during = world.requests.length
    world.mirror.resume()
    await world.pass(20 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect(world.reasons()).toContain('ViewStale')
    expect(during).toBeLessThan(fewest)
    expect(invariants.evicted).toHaveLength(fewest)
    expect(readyByZone(world, 'web')).toEqual(EVEN)
  })

  it.each([1, 2, 3])('the scheduler chooses any feasible node: the loop loses heart soon (seed %i)', async seed => {
    const { world, invariants, fewest } = await afterOutage({ seed, quirks: { choice: 'anyFeasible' } })
    await world.pass(60 * MINUTE)

    // Nobody can foresee where it puts a pod that it may put anywhere; what a hard constraint forces must stay.
    expect(invariants.breaches.filter(breach => !breach.includes('"ScheduleAnyway"'))).toEqual([])
    expect(readyByZone(world, 'checkout')).toEqual({ 'zone-a': 2, 'zone-b': 2, 'zone-c': 2 })
    expect(world.reasons()).toContain('LandingMissed')
    expect(invariants.evicted.length).toBeLessThanOrEqual(2 * fewest)
  })

  it('somebody empties the zone again and again: each time the workload is moved, it rests', async () => {
    const { world, invariants } = await afterOutage({ seed: 9 })
    const nodes = ['node-c1', 'node-c2', 'node-c3']
    const isThere = (pod: PodRecord): boolean =>
      pod.labels.get('app') === 'web' && nodes.includes(pod.nodeName ?? '') && pod.deletedAt === undefined
    world.clock.after(0, function empty() {
      invariants.disturbed()
      for (const name of nodes) world.cluster.cordon(name)
      for (const { name } of Array.from(world.cluster.state.pods()).filter(isThere)) world.cluster.deletePod('shop', name)
      world.clock.after(30 * SECOND, () => {
        invariants.disturbed()
        for (const name of nodes) world.cluster.uncordon(name)
      })
      world.clock.after(2 * MINUTE, empty)
    })
    await world.pass(60 * MINUTE)

    expect(invariants.breaches).toEqual([])
    const ofWeb = world.requests.filter(({ pod }) => pod.startsWith('web-')).map(({ at }) => at)
    expect(ofWeb.length).toBeGreaterThan(4)
    for (const at of ofWeb) expect(ofWeb.filter(other => other >= at && other < at + 10 * MINUTE).length).toBeLessThanOrEqual(4)
  })

  it('a rollout begins in the middle: its workload is left to it', async () => {
    const { world, invariants } = await afterOutage({ seed: 5 })
    await world.clock.runUntil(() => invariants.evicted.length >= 2, 10 * MINUTE)
    invariants.disturbed()
    world.cluster.restart('deployments', 'shop', 'web')
    await world.pass(30 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect(world.planNow().summary.plannedEvictions).toBe(0)
  })

  it('a workload is scaled in and out in the middle', async () => {
    const { world, invariants } = await afterOutage({ seed: 6 })
    await world.clock.runUntil(() => invariants.evicted.length >= 2, 10 * MINUTE)
    for (const replicas of [7, 14, 12]) {
      invariants.disturbed()
      world.cluster.scale('deployments', 'shop', 'web', replicas)
      await world.pass(20 * SECOND)
    }
    invariants.disturbed()
    await world.pass(40 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect(world.planNow().summary.plannedEvictions).toBe(0)
  })
})
