import type { PodRecord } from '../../src/cluster/pod.ts'
import { budgetManifest } from '../../src/simulation/manifests.ts'
import type { Random } from '../../src/simulation/random.ts'
import { createRival, drain } from './rivals.ts'
import type { Stage } from './scenario.ts'
import { MINUTE, SECOND, type World } from './world.ts'

type Mishap = (stage: Stage, random: Random) => void

/** A node that falls silent counts as lost only after its grace period, and one that is back must report first. */
const FAILURE = MINUTE
const RECOVERY = 20 * SECOND

/** What may go wrong while pods are being spread again. Each is over within a few minutes. */
const MISHAPS: Readonly<Record<string, Mishap>> = {
  'the process dies and another takes over': ({ crash }) => crash(),
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
  'the wall clock is set': ({ world }, random) => {
    world.clockAhead = random.between(-600, 600) * SECOND
  },
  'a node falls silent and comes back': ({ world, somebody }, random) => {
    const name = anyNode(world, random)
    somebody(`${name} falls silent`, FAILURE)
    world.cluster.failNode(name)
    world.clock.after(random.between(10, 600) * SECOND, () => {
      somebody(`${name} is back`, RECOVERY)
      world.cluster.recoverNode(name)
    })
  },
  'the zone goes away again for a moment': ({ world, somebody }, random) => {
    somebody('zone-c fails', FAILURE)
    world.cluster.failZone('zone-c')
    world.clock.after(random.between(30, 120) * SECOND, () => {
      somebody('zone-c is back', RECOVERY)
      world.cluster.recoverZone('zone-c')
    })
  },
  'a node is cordoned': ({ world, somebody }, random) => {
    const name = anyNode(world, random)
    somebody(`${name} is cordoned`)
    world.cluster.cordon(name)
    world.clock.after(random.between(30, 300) * SECOND, () => {
      somebody(`${name} is opened again`)
      world.cluster.uncordon(name)
    })
  },
  'a node is drained': (stage, random) => {
    const { world, somebody } = stage
    const name = anyNode(world, random)
    drain(stage, name)
    world.clock.after(random.between(30, 300) * SECOND, () => {
      somebody(`${name} is opened again`)
      world.cluster.uncordon(name)
    })
  },
  'a workload is rolled out': ({ world, somebody }, random) => {
    const app = random.pick(deployments(world))
    somebody(`${app} is rolled out anew`)
    world.cluster.restart('deployments', 'shop', app)
  },
  'a workload is scaled': ({ world, somebody }, random) => {
    const app = random.pick(deployments(world))
    const replicas = Math.max(1, (world.cluster.state.get('Deployment', `shop/${app}`)?.replicas ?? 1) + random.between(-3, 3))
    somebody(`${app} is scaled to ${replicas}`)
    world.cluster.scale('deployments', 'shop', app, replicas)
  },
  'a budget shuts': ({ world }, random) => {
    const budgets = [...world.cluster.state.budgetsIn('shop')].map(({ name }) => name)
    if (budgets.length === 0) return
    const name = random.pick(budgets)
    world.cluster.apply(budgetManifest('shop', name, { maxUnavailable: 0 }))
    world.clock.after(random.between(10, 120) * SECOND, () => world.cluster.apply(budgetManifest('shop', name, { maxUnavailable: 1 })))
  },
  'somebody else evicts a pod': ({ world, somebody }, random) => {
    const pod = anyPod(world, random)
    if (pod === undefined) return
    somebody(`${pod.name} is evicted`)
    void createRival(world, 'rival')(pod)
  },
  'somebody deletes a pod': ({ world, somebody }, random) => {
    const pod = anyPod(world, random)
    if (pod === undefined) return
    somebody(`${pod.name} is deleted`)
    world.cluster.deletePod(pod.namespace, pod.name)
  },
}

/** Draws some mishaps and when they happen, within twelve minutes. Returns what was drawn, for whoever must explain a failure. */
export function letThingsGoWrong(stage: Stage, random: Random): readonly string[] {
  return Array.from({ length: random.between(1, 4) }, (_, index) => {
    const own = random.fork(`mishap ${index}`)
    const name = own.pick(Object.keys(MISHAPS))
    const seconds = own.between(0, 720)
    stage.world.clock.after(seconds * SECOND, () => MISHAPS[name]?.(stage, own))
    return `${name} after ${seconds} s`
  })
}

function anyNode({ cluster }: World, random: Random): string {
  return random.pick([...cluster.state.nodes()].map(({ name }) => name))
}

function deployments({ cluster }: World): readonly string[] {
  return [...cluster.state.all('Deployment')].map(({ name }) => name)
}

function anyPod({ cluster }: World, random: Random): PodRecord | undefined {
  const pods = [...cluster.state.podsIn('shop')].filter(pod => pod.deletedAt === undefined && pod.ready && pod.claims.length === 0)
  return pods.length === 0 ? undefined : random.pick(pods)
}
