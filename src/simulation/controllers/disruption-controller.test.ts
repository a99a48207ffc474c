import { describe, expect, it } from 'vitest'
import { createControllerWorld, type ControllerWorld } from '../../../test/support/controller-world.ts'
import { timestamp } from '../../cluster/timestamp.ts'
import { budgetManifest, deploymentManifest } from '../manifests.ts'
import { createStoreMirror } from '../store-mirror.ts'
import type { BudgetObject } from '../wire-objects.ts'
import { deploymentController } from './deployment-controller.ts'
import { disruptionController } from './disruption-controller.ts'
import { replicaSetController } from './replica-set-controller.ts'

/** Four Ready pods of one Deployment under a budget. */
function worldWithBudget(): ControllerWorld {
  const world = createControllerWorld(deploymentController, replicaSetController, context =>
    disruptionController(context, createStoreMirror(context.store, context).state),
  )
  world.add('deployments', deploymentManifest({ namespace: 'shop', name: 'web', replicas: 4 }))
  world.add('poddisruptionbudgets', budgetManifest('shop', 'web', { maxUnavailable: '25%' }))
  world.settle()
  world.runAll('node-1')
  world.settle()
  return world
}

const status = (world: ControllerWorld): BudgetObject['status'] => world.objects.get('poddisruptionbudgets', 'shop', 'web')?.status
const someDisrupted = (world: ControllerWorld, names: readonly string[]): void => {
  const disruptedPods = Object.fromEntries(names.map(name => [name, timestamp(world.clock.now())]))
  world.objects.update('poddisruptionbudgets', { namespace: 'shop', name: 'web' }, budget => ({
    ...budget,
    status: { ...budget.status, disruptionsAllowed: 0, disruptedPods },
  }))
}

describe('the disruption controller', () => {
  it('says how many pods of a budget may go', () => {
    expect(status(worldWithBudget())).toMatchObject({
      expectedPods: 4,
      desiredHealthy: 3,
      currentHealthy: 4,
      disruptionsAllowed: 1,
      observedGeneration: 1,
      conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }],
    })
  })

  it('allows none while a replacement is not Ready, and again when it is', () => {
    const world = worldWithBudget()
    world.store.delete('pods', 'shop', world.pods()[0]?.metadata.name ?? '')

    world.settle()
    expect(status(world)).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 0 })
    world.runAll('node-1')
    world.settle()

    expect(status(world)).toMatchObject({ currentHealthy: 4, disruptionsAllowed: 1 })
  })

  it('trails the pods: right after a change it still shows what was', () => {
    const world = worldWithBudget()
    world.store.delete('pods', 'shop', world.pods()[0]?.metadata.name ?? '')

    expect(status(world)?.disruptionsAllowed).toBe(1)
  })

  it('holds an evicted pod against the budget for two minutes, even when it does not go', () => {
    const world = worldWithBudget()
    someDisrupted(world, [world.pods()[0]?.metadata.name ?? ''])

    world.clock.advance(110_000)
    expect(status(world)).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 0 })
    world.clock.advance(20_000)

    expect(status(world)).toMatchObject({ currentHealthy: 4, disruptionsAllowed: 1, disruptedPods: {} })
  })

  it('follows a change of the replicas', () => {
    const world = worldWithBudget()

    world.objects.update('deployments', { namespace: 'shop', name: 'web' }, web => ({ ...web, spec: { ...web.spec, replicas: 8 } }))
    world.settle()

    expect(status(world)).toMatchObject({ expectedPods: 8, desiredHealthy: 6, currentHealthy: 4, disruptionsAllowed: 0 })
  })

  it('fails safe where it cannot find a scale', () => {
    const world = worldWithBudget()
    world.add('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        namespace: 'shop',
        name: 'agent',
        labels: { app: 'web' },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'agent', controller: true }],
      },
      spec: {},
    })

    world.settle()

    expect(status(world)).toMatchObject({ disruptionsAllowed: 0, conditions: [{ status: 'False', reason: 'SyncFailed' }] })
  })
})
