import { describe, expect, it } from 'vitest'
import { createControllerWorld, type ControllerWorld } from '../../../test/support/controller-world.ts'
import type { ReplicaSetObject } from '../wire-objects.ts'
import { replicaSetController } from './replica-set-controller.ts'

const WEB: ReplicaSetObject = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { namespace: 'shop', name: 'web' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web' }] } },
  },
}

function worldWithWeb(changes: Partial<ReplicaSetObject['spec']> = {}): ControllerWorld {
  const world = createControllerWorld(replicaSetController)
  world.add('replicasets', { ...WEB, spec: { ...WEB.spec, ...changes } })
  world.settle()
  return world
}

function scale(world: ControllerWorld, replicas: number): void {
  world.objects.update('replicasets', WEB.metadata, set => ({ ...set, spec: { ...set.spec, replicas } }))
  world.settle()
}

const status = (world: ControllerWorld): ReplicaSetObject['status'] => world.objects.get('replicasets', 'shop', 'web')?.status

describe('the ReplicaSet controller', () => {
  it('creates the missing pods from the template, under its control', () => {
    const world = worldWithWeb()

    expect(world.pods()).toHaveLength(3)
    expect(world.pods()[0]?.metadata.name).toMatch(/^web-[a-z0-9]{5}$/)
    expect(world.pods()[0]?.metadata.labels).toEqual({ app: 'web' })
    expect(world.pods()[0]?.metadata.ownerReferences?.[0]).toMatchObject({ kind: 'ReplicaSet', name: 'web', controller: true })
  })

  it('replaces a pod as soon as it is terminating, while it still holds its node', () => {
    const world = worldWithWeb()
    world.runAll('node-1')
    const [victim] = world.pods()
    world.store.delete('pods', 'shop', victim?.metadata.name ?? '')

    world.settle()

    expect(world.pods()).toHaveLength(4)
    expect(world.pods().filter(pod => pod.metadata.deletionTimestamp === undefined)).toHaveLength(3)
  })

  it('lets go of a pod that is relabelled, and replaces it', () => {
    const world = worldWithWeb()
    world.runAll('node-1')
    const [watched] = world.pods()
    world.objects.update('pods', watched?.metadata ?? { name: '' }, pod => ({
      ...pod,
      metadata: { ...pod.metadata, labels: { app: 'looked-at' } },
    }))

    world.settle()

    const owned = world.pods().filter(pod => pod.metadata.ownerReferences !== undefined)
    expect(owned.map(pod => pod.metadata.labels)).toEqual([{ app: 'web' }, { app: 'web' }, { app: 'web' }])
    expect(world.objects.get('pods', 'shop', watched?.metadata.name ?? '')?.metadata.deletionTimestamp).toBeUndefined()
  })

  it('takes in a pod that it selects and nobody controls, and has one too many', () => {
    const world = worldWithWeb()
    world.runAll('node-1')
    world.add('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name: 'stray', labels: { app: 'web' } }, spec: {} })

    world.settle()

    // Not bound to a node yet, it is the first to go.
    expect(world.pods().map(pod => pod.metadata.name)).not.toContain('stray')
    expect(world.pods()).toHaveLength(3)
  })

  it('leaves alone what another owner controls, or what is going', () => {
    const world = worldWithWeb()
    world.runAll('node-1')
    const metadata = { namespace: 'shop', labels: { app: 'web' } }
    const other = { apiVersion: 'x/v1', kind: 'Other', name: 'other', uid: 'other', controller: true }
    world.add('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'theirs', ownerReferences: [other] }, spec: {} })
    world.add('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'going' }, spec: { nodeName: 'node-1' } })
    world.store.delete('pods', 'shop', 'going')

    world.settle()

    expect(world.objects.get('pods', 'shop', 'theirs')?.metadata.ownerReferences).toEqual([other])
    expect(world.objects.get('pods', 'shop', 'going')?.metadata.ownerReferences).toBeUndefined()
    expect(world.pods()).toHaveLength(5)
  })

  it('replaces a pod that has failed', () => {
    const world = worldWithWeb()
    const [failed] = world.pods()
    world.objects.update('pods', failed?.metadata ?? { name: '' }, pod => ({ ...pod, status: { phase: 'Failed' } }))

    world.settle()

    expect(world.pods().filter(pod => pod.status?.phase === 'Pending')).toHaveLength(3)
  })

  it('scales down from the most crowded node', () => {
    const world = worldWithWeb()
    const [lonely, ...crowded] = world.pods()
    if (lonely !== undefined) world.run(lonely, 'node-1')
    for (const pod of crowded) world.run(pod, 'node-2')

    scale(world, 2)

    const staying = world.pods().filter(pod => pod.metadata.deletionTimestamp === undefined)
    expect(new Set(staying.map(pod => pod.spec?.nodeName))).toEqual(new Set(['node-1', 'node-2']))
  })

  it('scales down from the lowest deletion cost, however crowded the nodes', () => {
    const world = worldWithWeb()
    const [lonely, ...crowded] = world.pods()
    if (lonely !== undefined) world.run(lonely, 'node-1')
    for (const pod of crowded) world.run(pod, 'node-2')
    world.objects.update('pods', lonely?.metadata ?? { name: '' }, pod => ({
      ...pod,
      metadata: { ...pod.metadata, annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-1' } },
    }))

    scale(world, 2)

    const staying = world.pods().filter(pod => pod.metadata.deletionTimestamp === undefined)
    expect(staying.map(pod => pod.spec?.nodeName)).toEqual(['node-2', 'node-2'])
  })

  it('reports what it has: all, Ready, and Ready for minReadySeconds', () => {
    const world = worldWithWeb({ minReadySeconds: 30 })
    world.runAll('node-1')

    world.settle()
    expect(status(world)).toMatchObject({ replicas: 3, readyReplicas: 3, availableReplicas: 0, observedGeneration: 1 })

    world.clock.advance(35_000)
    expect(status(world)).toMatchObject({ replicas: 3, readyReplicas: 3, availableReplicas: 3 })
  })
})
