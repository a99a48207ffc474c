import { describe, expect, it } from 'vitest'
import type { PodRecord } from '../../src/cluster/pod.ts'
import { budgetManifest } from '../../src/simulation/manifests.ts'
import { servingIn } from './rivals.ts'
import { afterOutage, setStage, type Stage } from './scenario.ts'
import { MINUTE, SECOND } from './world.ts'

/**
 * Lets a pod of web come into being for another reason right before the first eviction of web happens, so that respread sees it only after
 * that. Returns the names of the pods that came into being so.
 */
async function bornJustBefore(stage: Stage, why: (world: Stage['world']) => void): Promise<ReadonlySet<string>> {
  const { world, invariants } = stage
  const bystanders = new Set<string>()
  const way = world.evictor
  let isFirst = true
  world.evictor = {
    evict: async (request, signal) => {
      if (!isFirst || !request.pod.startsWith('web-')) return way.evict(request, signal)
      isFirst = false
      world.mirror.stall()
      invariants.disturbed(MINUTE)
      const born = nextOf(stage, 'web')
      why(world)
      bystanders.add((await born).name)
      const answer = await way.evict(request, signal)
      // The replacement is there by now, and everything comes in the order in which it happened.
      world.clock.after(SECOND, () => world.mirror.resume())
      return answer
    },
  }
  await world.clock.runUntil(() => bystanders.size > 0, 10 * MINUTE)
  // A workload that was scaled rests for one cool-down.
  await world.pass(25 * MINUTE)
  return bystanders
}

/** The next pod of the workload that is created. */
function nextOf({ world: { cluster } }: Stage, app: string): Promise<PodRecord> {
  return new Promise(resolve => {
    const stop = cluster.store.subscribe(({ resource, type, object: { metadata } }) => {
      if (resource !== 'pods' || type !== 'ADDED' || metadata.labels?.['app'] !== app) return
      const pod = cluster.state.pod(metadata.namespace ?? '', metadata.name)
      if (pod === undefined) return
      stop()
      resolve(pod)
    })
  })
}

/** What respread took for the replacement of each pod, by the pod's name. */
function landings({ world }: Stage): ReadonlyMap<string, string> {
  return new Map(
    world.told.flatMap(({ reason, message, about }) => {
      const [, replacement] = /its replacement (\S+) landed/.exec(message) ?? []
      return replacement !== undefined && about !== undefined && /^Landed|^LandingMissed/.test(reason) ? [[about.name, replacement]] : []
    }),
  )
}

describe.each([2, 4, 9])(
  'a pod of the same controller that was created in the same second is not mistaken for the replacement (seed %i)',
  { timeout: 60_000 },
  seed => {
    it.each<[string, (world: Stage['world']) => void]>([
      ['when the workload is scaled up', ({ cluster }) => cluster.scale('deployments', 'shop', 'web', 13)],
      [
        'when another pod of it dies',
        world => {
          const [pod] = servingIn(world, 'web', 'zone-a')
          if (pod !== undefined) world.cluster.store.delete('pods', 'shop', pod.name, { gracePeriodSeconds: 0 })
        },
      ],
    ])('%s', async (_, why) => {
      const stage = await afterOutage(setStage({ seed }))
      // One at a time, so that each pod is there for one reason.
      stage.world.cluster.apply(budgetManifest('shop', 'web', { maxUnavailable: 1 }))
      const bystanders = await bornJustBefore(stage, why)

      // The status of the budget does not show yet that somebody has deleted a pod: the server itself lets the eviction pass.
      expect(stage.invariants.breaches.filter(breach => !breach.includes('leaves budget web'))).toEqual([])
      const web = stage.invariants.flights.filter(({ victim }) => victim.name.startsWith('web-'))
      expect(web.length).toBeGreaterThan(1)
      for (const { victim, landing } of web) expect(landings(stage).get(victim.name)).toBe(landing?.pod.name)
      expect([...landings(stage).values()].filter(name => bystanders.has(name))).toEqual([])
    })
  },
)
