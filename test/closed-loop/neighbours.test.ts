import { describe, expect, it } from 'vitest'
import type { PodRecord } from '../../src/cluster/pod.ts'
import { DEFAULT_POLICY } from '../../src/planning/policy.ts'
import { EVEN, expectReady, wasted } from './evenness.ts'
import { tell } from './golden.ts'
import { afterOutage, FEWEST, play, setStage, type Stage } from './scenario.ts'
import * as stories from './scenarios/neighbours.ts'
import { NODES_OF_C } from './scenarios/zones.ts'
import { MINUTE, SECOND } from './world.ts'

const requestsOf = ({ world }: Stage, app: string): readonly number[] =>
  world.requests.filter(({ pod }) => pod.startsWith(`${app}-`)).map(({ at }) => at)

const toldOf = ({ world }: Stage, app: string): readonly string[] =>
  world.told.filter(({ about }) => about?.name === app).map(({ reason }) => reason)

describe('somebody else', { timeout: 60_000 }, () => {
  it('moves the pods back: that is recognised, and their group is quarantined, longer each time', async () => {
    const stage = await tell(stories.consolidatorMovesBack)

    expect(stage.world.reasons()).toContain('MovedBack')
    const quarantines = stage.world.told.filter(({ reason, about }) => reason === 'GroupQuarantined' && about?.name === 'web')
    expect(quarantines.map(({ fields }) => fields?.['times'])).toEqual([1, 2])
    // What somebody undoes was predicted well: the rest of the cluster is served all the same.
    expect(stage.world.reasons()).not.toContain('TooManyMisses')
    expectReady(stage, { cart: EVEN.cart, checkout: EVEN.checkout })
  })

  it('scales a workload in and out all the time: it is not chased', async () => {
    const stage = await tell(stories.autoscalerOscillates)

    expect(requestsOf(stage, 'web')).toEqual([])
    expect(toldOf(stage, 'web')).toContain('ScaledRecently')
    expectReady(stage, EVEN)
  })

  it('rolls a workload out: it is left to that', async () => {
    const stage = await tell(stories.rolloutBegins)

    const [begun] = stage.noted('web is rolled out anew')
    expect(requestsOf(stage, 'web').filter(at => at > begun && at < begun + MINUTE)).toEqual([])
    // Pods that are merely too young are no end of the story.
    expect(stage.world.reasons().filter(reason => reason === 'EpisodeDone')).toHaveLength(1)
    expectReady(stage, EVEN)
  })

  it('opens and shuts a budget: what it allows is used, and no more', async () => {
    const stage = await tell(stories.budgetFlaps)

    expect(stage.invariants.flights).toHaveLength(FEWEST)
    expect(wasted(stage)).toEqual([])
    expectReady(stage, EVEN)
  })

  it('drains nodes and takes the budget', async () => {
    const stage = await tell(stories.drainTakesBudget)

    expect(wasted(stage)).toEqual([])
    expectReady(stage, EVEN)
  })

  it('is a second descheduler and takes the budget', async () => {
    const stage = await tell(stories.rivalTakesBudget)

    expect(wasted(stage).length).toBeLessThanOrEqual(3)
    expectReady(stage, EVEN)
  })

  it('denies evictions of one workload by a webhook: it is asked once a cool-down, and the others go on', async () => {
    const stage = await tell(stories.webhookDenies)

    const refused = stage.world.requests.filter(({ outcome }) => outcome?.kind === 'RefusedByWebhook').map(({ at }) => at)
    expect(refused.length).toBeGreaterThan(1)
    for (const at of refused) expect(refused.filter(other => other >= at && other < at + 10 * MINUTE)).toHaveLength(1)
    expect(stage.invariants.flights).toHaveLength(FEWEST)
    expectReady(stage, EVEN)
  })

  it('denies evictions of one workload by a webhook: it holds no place under the caps that the others could have', async () => {
    const caps = { ...DEFAULT_POLICY.caps, namespace: 1 }
    const stage = await play(stories.webhookDenies, { policy: { caps } })

    const [gone] = stage.noted('the webhook is gone')
    const requests = [...requestsOf(stage, 'cart'), ...requestsOf(stage, 'checkout')]
    expect(requests.filter(at => at < gone)).toHaveLength(4)
    expectReady(stage, EVEN)
  })

  it('scales a workload while it is moved', async () => {
    const stage = await afterOutage(setStage({ seed: 6 }))
    const { world, invariants, somebody } = stage
    await world.clock.runUntil(() => invariants.flights.length >= 2, 10 * MINUTE)
    for (const replicas of [7, 14, 12]) {
      somebody(`web is scaled to ${replicas}`, 20 * SECOND)
      world.cluster.scale('deployments', 'shop', 'web', replicas)
      await world.pass(20 * SECOND)
    }
    await world.pass(40 * MINUTE)

    expect(invariants.breaches).toEqual([])
    expect(world.planNow().summary.plannedEvictions).toBe(0)
  })

  it('empties the zone again and again: each time the workload is moved, it rests', async () => {
    const stage = await afterOutage(setStage({ seed: 9 }))
    const { world, invariants } = stage
    const isThere = (pod: PodRecord): boolean =>
      pod.labels.get('app') === 'web' && NODES_OF_C.includes(pod.nodeName ?? '') && pod.deletedAt === undefined
    world.clock.after(0, function empty() {
      invariants.disturbed(30 * SECOND)
      for (const name of NODES_OF_C.slice(1)) world.cluster.cordon(name)
      for (const { name } of Array.from(world.cluster.state.pods()).filter(isThere)) world.cluster.deletePod('shop', name)
      world.clock.after(30 * SECOND, () => {
        invariants.disturbed()
        for (const name of NODES_OF_C.slice(1)) world.cluster.uncordon(name)
      })
      world.clock.after(2 * MINUTE, empty)
    })
    await world.pass(60 * MINUTE)

    expect(invariants.breaches).toEqual([])
    const ofWeb = requestsOf(stage, 'web')
    for (const at of ofWeb) expect(ofWeb.filter(other => other >= at && other < at + 10 * MINUTE).length).toBeLessThanOrEqual(4)
  })
})

it('a person pauses a workload in the middle, and takes it back', { timeout: 60_000 }, async () => {
  const stage = await afterOutage(setStage({ seed: 4 }))
  const { world, invariants } = stage
  const pause = (value: string): void => {
    world.cluster.objects.update('deployments', { namespace: 'shop', name: 'web' }, deployment => ({
      ...deployment,
      metadata: { ...deployment.metadata, annotations: { ...deployment.metadata.annotations, 'respread.io/paused': value } },
    }))
  }
  await world.clock.runUntil(() => requestsOf(stage, 'web').length > 0, 10 * MINUTE)
  pause('true')
  // What is under way by then is seen through.
  await world.pass(SECOND)
  const before = requestsOf(stage, 'web').length
  await world.pass(20 * MINUTE)
  const during = requestsOf(stage, 'web').length
  pause('false')
  await world.pass(20 * MINUTE)

  expect(invariants.breaches).toEqual([])
  expect(before).toBeLessThan(4)
  expect(during).toBe(before)
  expect(world.reasons()).toContain('Paused')
  expect(invariants.flights).toHaveLength(FEWEST)
  expectReady(stage, EVEN)
})
