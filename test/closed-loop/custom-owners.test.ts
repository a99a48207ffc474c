import { describe, expect, it } from 'vitest'
import { budgetManifest } from '../../src/simulation/manifests.ts'
import { threeZones } from '../../src/simulation/scenarios/three-zones.ts'
import { runCloneSet, type CloneSet } from './clone-set.ts'
import { expectReady, wasted } from './evenness.ts'
import { setStage, type Stage } from './scenario.ts'
import { NODES_OF_C } from './scenarios/zones.ts'
import { MINUTE } from './world.ts'

const OBJECTS = threeZones().filter(({ kind }) => kind === 'Node' || kind === 'Namespace')

/** Twelve pods of a CloneSet came while zone-c was cordoned, which is over; respread is at work. */
async function bunchedUp(
  replaces: Parameters<typeof runCloneSet>[2] = 'at once',
  ownerKinds: readonly string[] = ['ReplicaSet', 'CloneSet'],
): Promise<Stage & { readonly cloneSet: CloneSet }> {
  const stage = setStage({ seed: 1, objects: OBJECTS, policy: { ownerKinds } })
  const { world } = stage
  for (const node of NODES_OF_C) world.cluster.cordon(node)
  const cloneSet = runCloneSet(world, 12, replaces)
  await world.pass(2 * MINUTE)
  expectReady(stage, { web: [6, 6, 0] })
  stage.start()
  stage.somebody('zone-c is uncordoned')
  for (const node of NODES_OF_C) world.cluster.uncordon(node)
  return { ...stage, cloneSet }
}

describe('the pods of a custom owner that is opted in', { timeout: 60_000 }, () => {
  it.each(['at once', 'when the old pod is gone'] as const)('are spread again, though it replaces them %s', async replaces => {
    const stage = await bunchedUp(replaces)
    await stage.world.pass(25 * MINUTE)

    expectReady(stage, { web: [4, 4, 4] })
    expect(stage.invariants.flights).toHaveLength(4)
    expect(wasted(stage)).toEqual([])
    expect(stage.invariants.breaches).toEqual([])
    expect(stage.world.reasons().filter(reason => reason === 'ReplacementReady')).toHaveLength(4)
  })

  it('stay where they are without the opt-in', async () => {
    const { world } = await bunchedUp('at once', ['ReplicaSet'])
    await world.pass(25 * MINUTE)

    expect(world.requests).toEqual([])
    expect(world.reasons()).toContain('OwnerKindNotAllowed')
  })

  it('are left alone once it has not replaced one, which may be a scale-in, until it makes a pod again', async () => {
    const stage = await bunchedUp()
    const { world, invariants, cloneSet, somebody } = stage
    await world.clock.runUntil(() => invariants.flights.length > 0, 15 * MINUTE)
    somebody('web is scaled in by the pod that was evicted')
    cloneSet.scale(11)
    await world.pass(60 * MINUTE)

    expect(invariants.flights).toHaveLength(1)
    expect(world.told.find(({ reason }) => reason === 'ReplacementPending')?.message).toContain(
      'is not Ready long after its eviction, and whether CloneSet web still wants it is not known',
    )

    somebody('web is scaled out again', MINUTE)
    cloneSet.scale(12)
    await world.pass(30 * MINUTE)
    expectReady(stage, { web: [4, 4, 4] })
    expect(invariants.breaches).toEqual([])
  })

  it('wait under a budget for which nobody finds the scale of their owner', async () => {
    const { world } = await bunchedUp()
    world.cluster.apply(budgetManifest('shop', 'web', { maxUnavailable: 3 }))
    await world.pass(25 * MINUTE)

    expect(world.requests).toEqual([])
    expect(world.reasons()).toContain('BudgetLagging')
  })
})
