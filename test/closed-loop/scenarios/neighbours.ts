import { budgetManifest } from '../../../src/simulation/manifests.ts'
import type { RawObject } from '../../../src/simulation/object-store.ts'
import { surplusOf } from '../../bench/plain-strategy.ts'
import { createRival, drain, servingIn } from '../rivals.ts'
import { afterOutage, type Scenario, type Stage } from '../scenario.ts'
import { MINUTE, SECOND } from '../world.ts'
import { NODES_OF_C } from './zones.ts'

/** Lets respread begin: it has evicted so many pods. */
async function onceUnderWay({ world, invariants }: Stage, evictions: number): Promise<void> {
  await world.clock.runUntil(() => invariants.flights.length >= evictions, 10 * MINUTE)
}

export const consolidatorMovesBack: Scenario = {
  name: 'consolidator-moves-back',
  title: 'A consolidator takes the pods of web out of the recovered zone again, each time two of them serve there.',
  seed: 1,
  interfered: true,
  play: async stage => {
    const { world, somebody } = await afterOutage(stage)
    world.clock.after(0, function again() {
      const here = servingIn(world, 'web', 'zone-c')
      if (here.length >= 2) {
        somebody(`the consolidator takes ${here.length} pods of web out of zone-c`, 15 * SECOND)
        for (const name of NODES_OF_C) world.cluster.cordon(name)
        for (const { name } of here) world.cluster.deletePod('shop', name)
        world.clock.after(10 * SECOND, () => {
          somebody('the consolidator is done')
          for (const name of NODES_OF_C) world.cluster.uncordon(name)
        })
      }
      world.clock.after(20 * SECOND, again)
    })
    await world.pass(60 * MINUTE)
  },
}

export const autoscalerOscillates: Scenario = {
  name: 'autoscaler-oscillates',
  title: 'An autoscaler scales web in and out every ninety seconds, and comes to rest after half an hour.',
  seed: 2,
  interfered: true,
  play: async stage => {
    const { world, somebody } = await afterOutage(stage)
    let replicas = 12
    const until = world.clock.now() + 30 * MINUTE
    world.clock.after(0, function oscillate() {
      if (world.clock.now() >= until && replicas === 12) return
      replicas = replicas === 12 ? 8 : 12
      somebody(`the autoscaler scales web to ${replicas}`, 30 * SECOND)
      world.cluster.scale('deployments', 'shop', 'web', replicas)
      world.cluster.apply(autoscaler(world.clock.now()))
      world.clock.after(90 * SECOND, oscillate)
    })
    await world.pass(45 * MINUTE)
  },
}

export const rolloutBegins: Scenario = {
  name: 'rollout-begins',
  title: 'A rollout of web begins while respread is at work on it.',
  seed: 5,
  interfered: true,
  play: async stage => {
    const { world, somebody } = await afterOutage(stage)
    await onceUnderWay(stage, 2)
    somebody('web is rolled out anew', 30 * SECOND)
    world.cluster.restart('deployments', 'shop', 'web')
    await world.pass(15 * MINUTE)
  },
}

export const budgetFlaps: Scenario = {
  name: 'budget-flaps',
  title: 'The budget of web opens and shuts all the time.',
  seed: 2,
  interfered: true,
  play: async stage => {
    const { world, note } = await afterOutage(stage)
    const random = world.random.fork('budget')
    const until = world.clock.now() + 10 * MINUTE
    world.clock.after(0, function flap() {
      const maxUnavailable = random.pick([0, 0, 1])
      note(`the budget of web allows ${maxUnavailable} to be unavailable`)
      world.cluster.apply(budgetManifest('shop', 'web', { maxUnavailable }))
      if (world.clock.now() < until) world.clock.after(random.between(5, 40) * SECOND, flap)
    })
    await world.pass(14 * MINUTE)
  },
}

export const drainTakesBudget: Scenario = {
  name: 'drain-takes-budget',
  title: 'While respread is at work, somebody drains two nodes of a full zone: both need the same budgets.',
  seed: 3,
  interfered: true,
  play: async stage => {
    const { world, somebody } = await afterOutage(stage)
    await onceUnderWay(stage, 2)
    drain(stage, 'node-a1')
    await world.pass(30 * SECOND)
    drain(stage, 'node-a2')
    await world.pass(9 * MINUTE)
    somebody('node-a1 and node-a2 are opened again')
    for (const name of ['node-a1', 'node-a2']) world.cluster.uncordon(name)
    await world.pass(25 * MINUTE)
  },
}

export const rivalTakesBudget: Scenario = {
  name: 'rival-takes-budget',
  title: 'Another descheduler evicts all excess at once, every time it looks, from the moment that respread begins.',
  seed: 3,
  interfered: true,
  play: async stage => {
    const { world, note, invariants } = await afterOutage(stage)
    const evict = createRival(world, 'rival')
    await onceUnderWay(stage, 1)
    for (let round = 0; round < 4; round++) {
      const surplus = [...surplusOf(world.mirror.state)]
      note(`another descheduler evicts ${surplus.length} pods at once`)
      for (const pod of surplus) void evict(pod)
      for (let second = 0; second < 15; second++) {
        invariants.disturbed(2 * SECOND)
        await world.pass(SECOND)
      }
    }
    await world.pass(20 * MINUTE)
  },
}

export const webhookDenies: Scenario = {
  name: 'webhook-denies',
  title: 'An admission webhook denies evictions of web for twenty minutes.',
  seed: 1,
  interfered: true,
  play: async stage => {
    const { world, note } = await afterOutage(stage)
    const way = world.evictor
    note('the webhook denies evictions of web')
    world.evictor = {
      evict: (request, signal) =>
        request.pod.startsWith('web-')
          ? Promise.resolve({ kind: 'RefusedByWebhook', message: 'admission webhook "freeze.example" denied the request' })
          : way.evict(request, signal),
    }
    await world.pass(20 * MINUTE)
    note('the webhook is gone')
    world.evictor = way
    await world.pass(20 * MINUTE)
  },
}

function autoscaler(now: number): RawObject {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { namespace: 'shop', name: 'web' },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 8, maxReplicas: 12 },
    status: { lastScaleTime: new Date(now).toISOString(), currentReplicas: 12, desiredReplicas: 8 },
  }
}
