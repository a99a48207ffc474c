import { describe, expect, it } from 'vitest'
import type { PodRecord } from '../../src/cluster/pod.ts'
import { statefulSetManifest } from '../../src/simulation/manifests.ts'
import { threeZones } from '../../src/simulation/scenarios/three-zones.ts'
import { afterOutage } from './after-outage.ts'
import { watchInvariants } from './invariants.ts'
import { createWorld, MINUTE, readyByZone, SECOND, type World } from './world.ts'

const EVEN = { 'zone-a': 4, 'zone-b': 4, 'zone-c': 4 }
const NODES_OF_C = ['node-c1', 'node-c2', 'node-c3']

const requestsOf = (world: World, app: string): number => world.requests.filter(({ pod }) => pod.startsWith(`${app}-`)).length

/** Takes a workload's pods out of zone-c again a moment after they have become Ready there, as a consolidation does. */
function consolidate(world: World, app: string, disturbed: () => void): void {
  const isThere = (pod: PodRecord): boolean =>
    pod.labels.get('app') === app && NODES_OF_C.includes(pod.nodeName ?? '') && pod.ready && pod.deletedAt === undefined
  world.clock.after(0, function again() {
    const here = Array.from(world.cluster.state.pods()).filter(isThere)
    if (here.length >= 2) {
      disturbed()
      for (const name of NODES_OF_C) world.cluster.cordon(name)
      for (const { name } of here) world.cluster.deletePod('shop', name)
      world.clock.after(10 * SECOND, () => {
        disturbed()
        for (const name of NODES_OF_C) world.cluster.uncordon(name)
      })
    }
    world.clock.after(20 * SECOND, again)
  })
}

describe('somebody else', () => {
  it.each([1, 2, 3])('moves the pods back: that is recognised, and their group is quarantined, longer each time (seed %i)', async seed => {
    const { world, invariants } = await afterOutage({ seed })
    consolidate(world, 'web', () => invariants.disturbed(15 * SECOND))
    await world.pass(60 * MINUTE)

    expect(invariants.breaches).toEqual([])
    const quarantines = world.told.filter(({ reason, about }) => reason === 'GroupQuarantined' && about?.name === 'web')
    expect(quarantines.map(({ fields }) => fields?.['times'])).toEqual([1, 2])
    expect(world.reasons()).toContain('MovedBack')
    // What somebody undoes was predicted well: the rest of the cluster is served all the same.
    expect(world.reasons()).not.toContain('TooManyMisses')
    for (const app of ['cart', 'checkout']) expect(readyByZone(world, app)).toEqual({ 'zone-a': 2, 'zone-b': 2, 'zone-c': 2 })
  })

  it('scales a workload in and out all the time: it is not chased', async () => {
    const { world, invariants } = await afterOutage({ seed: 2 })
    let replicas = 12
    world.clock.after(0, function oscillate() {
      replicas = replicas === 12 ? 8 : 12
      invariants.disturbed(30 * SECOND)
      world.cluster.scale('deployments', 'shop', 'web', replicas)
      world.cluster.apply(autoscaler(world.clock.now()))
      world.clock.after(90 * SECOND, oscillate)
    })
    await world.pass(60 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect(requestsOf(world, 'web')).toBe(0)
    expect(world.told.filter(({ about }) => about?.name === 'web').map(({ reason }) => reason)).toContain('ScaledRecently')
    expect(readyByZone(world, 'checkout')).toEqual({ 'zone-a': 2, 'zone-b': 2, 'zone-c': 2 })
  })

  it('denies evictions of one workload by a webhook: it is asked once a cool-down, and the others go on', async () => {
    const { world, invariants, fewest } = await afterOutage({ seed: 1 })
    const way = world.evictor
    world.evictor = {
      evict: (request, signal) =>
        request.pod.startsWith('web-')
          ? Promise.resolve({ kind: 'RefusedByWebhook', message: 'admission webhook "freeze.example" denied the request' })
          : way.evict(request, signal),
    }
    await world.pass(34 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect(invariants.evicted).toHaveLength(fewest - 4)
    expect(readyByZone(world, 'web')).toEqual({ 'zone-a': 6, 'zone-b': 6, 'zone-c': 0 })
    expect(world.reasons()).toContain('RefusedByWebhook')
    // Thirty minutes from the end of the hold-down: the first wave, and one more after each cool-down.
    const times = world.requests.filter(({ pod }) => pod.startsWith('web-')).map(({ at }) => at)
    for (const at of times) expect(times.filter(other => other >= at && other < at + 9 * MINUTE).length).toBeLessThanOrEqual(3)
  })
})

it('a person pauses a workload in the middle, and takes it back', async () => {
  const { world, invariants, fewest } = await afterOutage({ seed: 4 })
  const pause = (value: string): void => {
    world.cluster.objects.update('deployments', { namespace: 'shop', name: 'web' }, deployment => ({
      ...deployment,
      metadata: { ...deployment.metadata, annotations: { ...deployment.metadata.annotations, 'respread.io/paused': value } },
    }))
  }
  await world.clock.runUntil(() => requestsOf(world, 'web') > 0, 10 * MINUTE)
  pause('true')
  // What is under way by then is seen through.
  await world.pass(SECOND)
  const before = requestsOf(world, 'web')
  await world.pass(20 * MINUTE)
  const during = requestsOf(world, 'web')
  pause('false')
  await world.pass(20 * MINUTE)

  expect(invariants.breaches).toEqual([])
  expect(before).toBeLessThan(4)
  expect(during).toBe(before)
  expect(world.reasons()).toContain('Paused')
  expect(invariants.evicted).toHaveLength(fewest)
  expect(readyByZone(world, 'web')).toEqual(EVEN)
})

describe('a zone', () => {
  it('comes back one node at a time: nothing is sent there before it has enough nodes that hold still', async () => {
    const world = createWorld({ seed: 5, objects: threeZones() })
    const invariants = watchInvariants(world)
    world.start()
    await world.pass(2 * MINUTE)
    world.cluster.failZone('zone-c')
    await world.pass(12 * MINUTE)
    for (const name of NODES_OF_C) {
      world.cluster.recoverNode(name)
      await world.pass(4 * MINUTE)
    }
    const backForGood = world.clock.now()
    invariants.guard()
    await world.pass(20 * MINUTE)

    expect(invariants.breaches).toEqual([])
    // One node of three is an outage still; the first pods come when a node has been Ready for five minutes with at most two others missing.
    expect(world.requests[0]?.at).toBeGreaterThanOrEqual(backForGood - 7 * MINUTE)
    expect(readyByZone(world, 'web')).toEqual(EVEN)
    expect(world.reasons()).not.toContain('LandingMissed')
  })

  it('has no room when it is back: nothing is evicted in vain', async () => {
    const { world, invariants } = await afterOutage({ seed: 6 })
    invariants.disturbed(30 * SECOND)
    const full = { requests: { cpu: '3900m', memory: '128Mi' } }
    for (const name of NODES_OF_C) world.cluster.apply(squatter(name, full))
    await world.pass(30 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect(requestsOf(world, 'web')).toBe(0)
    expect(world.planNow().groups.find(({ workload }) => workload.name === 'web')).toMatchObject({ status: 'Blocked' })
    expect(world.reasons()).not.toContain('LandingMissed')
  })
})

describe('the wall clock of respread', () => {
  it.each([
    ['an hour ahead while a zone settles: the zone settles all the same', 60 * MINUTE, 5 * MINUTE],
    ['half a minute back while a zone settles: it takes no longer', -30 * SECOND, 5 * MINUTE],
  ])('is set %s', async (_, jump, holdDown) => {
    const { world, invariants, fewest } = await afterOutage({ seed: 3 })
    const back = world.clock.now() - MINUTE
    world.setWallClock(jump)
    await world.pass(30 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect((world.requests[0]?.at ?? 0) - back).toBeGreaterThanOrEqual(holdDown)
    expect((world.requests[0]?.at ?? 0) - back).toBeLessThan(holdDown + MINUTE)
    expect(invariants.evicted).toHaveLength(fewest)
    expect(readyByZone(world, 'web')).toEqual(EVEN)
  })

  it.each([10 * MINUTE, -10 * MINUTE])('is set by %i ms in the middle of a wave: nothing is evicted twice', async jump => {
    const { world, invariants, fewest } = await afterOutage({ seed: 3 })
    await world.clock.runUntil(() => invariants.evicted.length >= 2, 10 * MINUTE)
    world.setWallClock(jump)
    await world.pass(40 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect(invariants.evicted).toHaveLength(fewest)
  })
})

it.each([
  ['is updated by a partition', { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }, 'Partitioned'],
  ['is updated on delete', { updateStrategy: { type: 'OnDelete' } }, 'OnDeleteUpdates'],
])('a StatefulSet that %s is left alone: an eviction would be a step of its rollout', async (_, spec, reason) => {
  const world = createWorld({ seed: 1, objects: threeZones() })
  const invariants = watchInvariants(world)
  world.cluster.apply(statefulSetManifest({ namespace: 'shop', name: 'queue', replicas: 6, spread: [{ over: 'zone' }], spec }))
  world.start()
  await world.pass(3 * MINUTE)
  world.cluster.failZone('zone-c')
  await world.pass(12 * MINUTE)
  // A StatefulSet leaves pods of lost nodes alone; a person helps it.
  for (const pod of Array.from(world.cluster.state.podsIn('shop'))) {
    if (!pod.name.startsWith('queue-') || !NODES_OF_C.includes(pod.nodeName ?? '')) continue
    world.cluster.store.delete('pods', 'shop', pod.name, { gracePeriodSeconds: 0 })
  }
  await world.pass(2 * MINUTE)
  world.cluster.recoverZone('zone-c')
  await world.pass(20 * MINUTE)

  expect(invariants.breaches).toEqual([])
  expect(requestsOf(world, 'queue')).toBe(0)
  expect(world.planNow().groups.find(({ workload }) => workload.name === 'queue')).toMatchObject({ status: 'Blocked', reason })
})

function autoscaler(now: number) {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { namespace: 'shop', name: 'web' },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 8, maxReplicas: 12 },
    status: { lastScaleTime: new Date(now).toISOString(), currentReplicas: 12, desiredReplicas: 8 },
  }
}

/** A pod that somebody put onto a node by hand. */
function squatter(node: string, resources: object) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'default', name: `squatter-${node}` },
    spec: { nodeName: node, containers: [{ name: 'squatter', image: 'registry.example/squatter:1', resources }] },
  }
}
