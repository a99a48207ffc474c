import { describe, expect, it } from 'vitest'
import { createControllerWorld, type ControllerWorld } from '../../../test/support/controller-world.ts'
import type { DeploymentObject, ReplicaSetObject } from '../wire-objects.ts'
import { deploymentController } from './deployment-controller.ts'
import { replicaSetController } from './replica-set-controller.ts'

const WEB: DeploymentObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace: 'shop', name: 'web' },
  spec: {
    replicas: 4,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  },
}

function worldWithWeb(spec: Partial<DeploymentObject['spec']> = {}): ControllerWorld {
  const world = createControllerWorld(deploymentController, replicaSetController)
  world.add('deployments', { ...WEB, spec: { ...WEB.spec, ...spec } })
  world.settle()
  world.runAll('node-1')
  world.settle()
  return world
}

function change(world: ControllerWorld, spec: Partial<DeploymentObject['spec']>): void {
  world.objects.update('deployments', WEB.metadata, web => ({ ...web, spec: { ...web.spec, ...spec } }))
  world.settle()
}

function templateWith(image: string): DeploymentObject['spec'] {
  return { template: { ...WEB.spec?.template, spec: { containers: [{ name: 'web', image }] } } }
}

const sets = (world: ControllerWorld): readonly ReplicaSetObject[] => world.objects.list('replicasets')
const image = (set: ReplicaSetObject): string | undefined => set.spec?.template?.spec?.containers?.[0]?.image
const sizes = (world: ControllerWorld): Record<string, number> =>
  Object.fromEntries(sets(world).map(set => [image(set) ?? '', set.spec?.replicas ?? 0]))
const deployment = (world: ControllerWorld): DeploymentObject | undefined => world.objects.get('deployments', 'shop', 'web')

/** Lets new pods become Ready and old ones go until nothing changes any more. */
function finishRollout(world: ControllerWorld): void {
  for (let round = 0; round < 20; round++) {
    world.runAll('node-1')
    world.finishTerminating()
    world.settle()
  }
}

describe('the Deployment controller', () => {
  it('makes one ReplicaSet, told apart by the hash of its template', () => {
    const world = worldWithWeb()
    const [only] = sets(world)
    const hash = only?.metadata.labels?.['pod-template-hash']

    expect(sets(world)).toHaveLength(1)
    expect(only?.metadata.name).toBe(`web-${hash}`)
    expect(only?.spec?.selector?.matchLabels).toEqual({ app: 'web', 'pod-template-hash': hash })
    expect(world.pods().every(pod => pod.metadata.labels?.['pod-template-hash'] === hash)).toBe(true)
    expect(deployment(world)?.status).toMatchObject({ replicas: 4, updatedReplicas: 4, readyReplicas: 4, availableReplicas: 4 })
  })

  it('scales in place', () => {
    const world = worldWithWeb()

    change(world, { replicas: 7 })

    expect(sizes(world)).toEqual({ 'web:1': 7 })
  })

  it('waits in mid roll-out for the surge pod to become Ready', () => {
    const world = worldWithWeb()

    change(world, templateWith('web:2') ?? {})

    expect(sizes(world)).toEqual({ 'web:1': 4, 'web:2': 1 })
    expect(deployment(world)?.status).toMatchObject({ replicas: 5, updatedReplicas: 1, availableReplicas: 4, unavailableReplicas: 1 })
  })

  it('rolls out to the end and counts the revision up', () => {
    const world = worldWithWeb()
    change(world, templateWith('web:2') ?? {})

    finishRollout(world)

    expect(sizes(world)).toEqual({ 'web:1': 0, 'web:2': 4 })
    expect(deployment(world)?.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2')
    expect(deployment(world)?.status).toMatchObject({ replicas: 4, updatedReplicas: 4, availableReplicas: 4, unavailableReplicas: 0 })
  })

  it('is asked for something by an annotation too, but not by the revision that it counts itself', () => {
    const world = worldWithWeb()
    expect(deployment(world)?.metadata).toMatchObject({ generation: 1, annotations: { 'deployment.kubernetes.io/revision': '1' } })
    world.objects.update('deployments', WEB.metadata, web => ({
      ...web,
      metadata: { ...web.metadata, annotations: { ...web.metadata.annotations, 'respread.io/paused': 'true' } },
    }))
    expect(deployment(world)).toMatchObject({ metadata: { generation: 2 }, status: { observedGeneration: 1 } })

    world.settle()

    expect(deployment(world)).toMatchObject({ metadata: { generation: 2 }, status: { observedGeneration: 2 } })
  })

  it('rolls back to the ReplicaSet that it kept, under a new revision', () => {
    const world = worldWithWeb()
    change(world, templateWith('web:2') ?? {})
    finishRollout(world)
    change(world, templateWith('web:1') ?? {})

    finishRollout(world)

    expect(sizes(world)).toEqual({ 'web:1': 4, 'web:2': 0 })
    expect(deployment(world)?.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3')
  })

  it('keeps no more old ReplicaSets than revisionHistoryLimit', () => {
    const world = worldWithWeb({ revisionHistoryLimit: 1 })
    for (const next of ['web:2', 'web:3']) {
      change(world, templateWith(next) ?? {})
      finishRollout(world)
    }

    expect(sizes(world)).toEqual({ 'web:2': 0, 'web:3': 4 })
  })

  it('with Recreate, starts nothing new before the last old pod is gone', () => {
    const world = worldWithWeb({ strategy: { type: 'Recreate' } })

    change(world, templateWith('web:2') ?? {})
    expect(sizes(world)).toEqual({ 'web:1': 0 })
    world.finishTerminating()
    world.settle()
    world.settle()

    expect(sizes(world)).toEqual({ 'web:1': 0, 'web:2': 4 })
  })

  it('while paused, scales but does not roll out', () => {
    const world = worldWithWeb({ paused: true })
    change(world, { paused: false })
    world.runAll('node-1')
    world.settle()

    change(world, { ...templateWith('web:2'), paused: true, replicas: 6 })

    expect(sizes(world)).toEqual({ 'web:1': 6 })
  })
})
