import type { PodRecord } from '../../src/cluster/pod.ts'
import { budgetManifest } from '../../src/simulation/manifests.ts'
import { createInProcessEvictor } from '../../src/simulation/ports/in-process-evictor.ts'
import type { Random } from '../../src/simulation/random.ts'
import type { AfterOutage } from './after-outage.ts'
import { MINUTE, SECOND, type World } from './world.ts'

/** @param crash ends the process that is at work and starts another */
type Mishap = (story: AfterOutage, random: Random, crash: () => void) => void

const NODES = ['a', 'b', 'c'].flatMap(zone => [1, 2, 3].map(index => `node-${zone}${index}`))

/** A node that falls silent counts as lost only after its grace period, and one that is back must report first. */
const FAILURE = MINUTE
const RECOVERY = 20 * SECOND

/** What may go wrong while pods are being spread again. Each is over within a few minutes. */
const MISHAPS: Readonly<Record<string, Mishap>> = {
  'the process dies and another takes over': (_story, _random, crash) => crash(),
  'the watch stalls': ({ world }, random) => {
    world.mirror.stall()
    world.clock.after(random.between(5, 300) * SECOND, () => world.mirror.resume())
  },
  'answers get lost': ({ world }, random) => {
    const way = world.evictor
    const until = world.clock.now() + 3 * MINUTE
    world.evictor = {
      evict: async (request, signal) => {
        const answer = await way.evict(request, signal)
        return world.clock.now() < until && random.chance(0.5) ? { kind: 'Lost', message: 'the connection broke' } : answer
      },
    }
  },
  'a node falls silent and comes back': ({ world, invariants }, random) => {
    const name = random.pick(NODES)
    invariants.disturbed(FAILURE)
    world.cluster.failNode(name)
    world.clock.after(random.between(10, 600) * SECOND, () => {
      invariants.disturbed(RECOVERY)
      world.cluster.recoverNode(name)
    })
  },
  'the zone goes away again for a moment': ({ world, invariants }, random) => {
    invariants.disturbed(FAILURE)
    world.cluster.failZone('zone-c')
    world.clock.after(random.between(30, 120) * SECOND, () => {
      invariants.disturbed(RECOVERY)
      world.cluster.recoverZone('zone-c')
    })
  },
  'a node is cordoned': ({ world, invariants }, random) => {
    const name = random.pick(NODES)
    invariants.disturbed()
    world.cluster.cordon(name)
    world.clock.after(random.between(30, 300) * SECOND, () => {
      invariants.disturbed()
      world.cluster.uncordon(name)
    })
  },
  'a workload is rolled out': ({ world, invariants }, random) => {
    invariants.disturbed()
    world.cluster.restart('deployments', 'shop', random.pick(['web', 'cart', 'checkout']))
  },
  'a workload is scaled': ({ world, invariants }, random) => {
    invariants.disturbed()
    world.cluster.scale('deployments', 'shop', 'web', random.between(9, 15))
  },
  'a budget shuts': ({ world }, random) => {
    world.cluster.apply(budgetManifest('shop', 'web', { maxUnavailable: 0 }))
    world.clock.after(random.between(10, 120) * SECOND, () => world.cluster.apply(budgetManifest('shop', 'web', { maxUnavailable: '25%' })))
  },
  'somebody else evicts a pod': ({ world, invariants }, random) => {
    const pod = anyPod(world, random)
    const rival = createInProcessEvictor(world.cluster.store, world.clock, random, { delay: { min: 5, max: 50 }, lostAnswers: 0 })
    invariants.disturbed()
    void rival.evict({ namespace: pod.namespace, pod: pod.name, uid: pod.uid, priority: 0 }, new AbortController().signal)
  },
  'somebody deletes a pod': ({ world, invariants }, random) => {
    const { namespace, name } = anyPod(world, random)
    invariants.disturbed()
    world.cluster.deletePod(namespace, name)
  },
}

/** Draws some mishaps and when they happen, within twelve minutes. Returns what was drawn, for whoever must explain a failure. */
export function letThingsGoWrong(story: AfterOutage, random: Random): readonly string[] {
  let { process } = story
  const crash = (): void => {
    process.kill()
    process = story.world.start()
  }
  return Array.from({ length: random.between(1, 4) }, (_, index) => {
    const own = random.fork(`mishap ${index}`)
    const name = own.pick(Object.keys(MISHAPS))
    const seconds = own.between(0, 720)
    story.world.clock.after(seconds * SECOND, () => MISHAPS[name]?.(story, own, crash))
    return `${name} after ${seconds} s`
  })
}

function anyPod(world: World, random: Random): PodRecord {
  const isMovable = (pod: PodRecord): boolean => pod.deletedAt === undefined && pod.ready && /^(web|cart|checkout)-/.test(pod.name)
  return random.pick([...world.cluster.state.pods()].filter(isMovable))
}
