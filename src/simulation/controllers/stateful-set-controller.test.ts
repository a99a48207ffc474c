import { describe, expect, it } from 'vitest'
import { createControllerWorld, type ControllerWorld } from '../../../test/support/controller-world.ts'
import type { StatefulSetObject } from '../wire-objects.ts'
import { statefulSetController } from './stateful-set-controller.ts'

const DB: StatefulSetObject = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { namespace: 'shop', name: 'db' },
  spec: {
    replicas: 3,
    serviceName: 'db',
    selector: { matchLabels: { app: 'db' } },
    template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'db', image: 'db:1' }] } },
  },
}

function worldWithDb(spec: Partial<StatefulSetObject['spec']> = {}): ControllerWorld {
  const world = createControllerWorld(statefulSetController)
  world.add('statefulsets', { ...DB, spec: { ...DB.spec, ...spec } })
  world.settle()
  return world
}

function change(world: ControllerWorld, spec: Partial<StatefulSetObject['spec']>): void {
  world.objects.update('statefulsets', DB.metadata, db => ({ ...db, spec: { ...db.spec, ...spec } }))
  world.settle()
}

/** Lets pods become Ready and terminating ones go, a few rounds. */
function rounds(world: ControllerWorld, count: number): void {
  for (let round = 0; round < count; round++) {
    world.runAll('node-1')
    world.finishTerminating()
    world.settle()
  }
}

const newImage = { ...DB.spec?.template, spec: { containers: [{ name: 'db', image: 'db:2' }] } }
const names = (world: ControllerWorld): readonly string[] => world.pods().map(pod => pod.metadata.name)
const images = (world: ControllerWorld): readonly unknown[] => world.pods().map(pod => pod.spec?.containers?.[0]?.image)
const status = (world: ControllerWorld): StatefulSetObject['status'] => world.objects.get('statefulsets', 'shop', 'db')?.status

describe('the StatefulSet controller', () => {
  it('starts pods one by one, each when the one before is Ready', () => {
    const world = worldWithDb()

    expect(names(world)).toEqual(['db-0'])
    rounds(world, 1)
    expect(names(world)).toEqual(['db-0', 'db-1'])
    rounds(world, 3)
    expect(names(world)).toEqual(['db-0', 'db-1', 'db-2'])
    expect(status(world)).toMatchObject({ replicas: 3, readyReplicas: 3, updatedReplicas: 3, currentReplicas: 3 })
  })

  it('takes in a pod of its name that nobody controls, and lets go of one that is relabelled', () => {
    const world = worldWithDb({ podManagementPolicy: 'Parallel' })
    const ownerOf = (name: string): unknown => world.objects.get('pods', 'shop', name)?.metadata.ownerReferences?.[0]?.name
    for (const name of ['db-3', 'db-x']) {
      world.add('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name, labels: { app: 'db' } }, spec: {} })
    }
    world.objects.update('pods', { namespace: 'shop', name: 'db-1' }, pod => ({
      ...pod,
      metadata: { ...pod.metadata, labels: { app: 'looked-at' } },
    }))
    world.objects.update('statefulsets', DB.metadata, db => ({ ...db, spec: { ...db.spec, replicas: 4 } }))

    world.settle()

    expect(['db-0', 'db-1', 'db-2', 'db-3', 'db-x'].map(ownerOf)).toEqual(['db', undefined, 'db', 'db', undefined])
  })

  it('starts all of them at once with podManagementPolicy Parallel', () => {
    expect(names(worldWithDb({ podManagementPolicy: 'Parallel' }))).toEqual(['db-0', 'db-1', 'db-2'])
  })

  it('gives each pod its name as a label, its ordinal and its revision', () => {
    const [pod] = worldWithDb().pods()

    expect(pod?.metadata.labels).toMatchObject({
      'statefulset.kubernetes.io/pod-name': 'db-0',
      'apps.kubernetes.io/pod-index': '0',
      'controller-revision-hash': expect.stringMatching(/^db-/),
    })
  })

  it('makes a claim for each pod, which outlives it and is used again', () => {
    const world = worldWithDb({ volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { storageClassName: 'zonal' } }] })
    rounds(world, 3)
    const claims = (): readonly (string | undefined)[] => world.objects.list('persistentvolumeclaims').map(claim => claim.metadata.uid)
    const before = claims()
    world.store.delete('pods', 'shop', 'db-1')

    rounds(world, 3)

    expect(world.objects.list('persistentvolumeclaims').map(claim => claim.metadata.name)).toEqual(['data-db-0', 'data-db-1', 'data-db-2'])
    expect(claims()).toEqual(before)
    expect(world.objects.get('pods', 'shop', 'db-1')?.spec?.volumes).toEqual([
      { name: 'data', persistentVolumeClaim: { claimName: 'data-db-1' } },
    ])
  })

  it('fills a slot anew only after its old pod is gone', () => {
    const world = worldWithDb()
    rounds(world, 4)
    const old = world.objects.get('pods', 'shop', 'db-1')?.metadata.uid
    world.store.delete('pods', 'shop', 'db-1')

    world.settle()
    expect(world.objects.get('pods', 'shop', 'db-1')?.metadata.uid).toBe(old)
    world.finishTerminating()
    world.settle()
    expect(world.objects.get('pods', 'shop', 'db-1')?.metadata.uid).not.toBe(old)
    expect(names(world)).toEqual(['db-0', 'db-1', 'db-2'])
  })

  it('scales down from the highest ordinal, one at a time', () => {
    const world = worldWithDb()
    rounds(world, 4)

    change(world, { replicas: 1 })
    expect(
      world
        .pods()
        .filter(pod => pod.metadata.deletionTimestamp !== undefined)
        .map(pod => pod.metadata.name),
    ).toEqual(['db-2'])
    rounds(world, 3)
    expect(names(world)).toEqual(['db-0'])
  })

  it('rolls out from the highest ordinal and moves its revision when all are done', () => {
    const world = worldWithDb()
    rounds(world, 4)
    const before = status(world)?.currentRevision

    change(world, { template: newImage })
    expect(
      world
        .pods()
        .filter(pod => pod.metadata.deletionTimestamp !== undefined)
        .map(pod => pod.metadata.name),
    ).toEqual(['db-2'])
    expect(status(world)?.currentRevision).toBe(before)
    rounds(world, 8)

    expect(images(world)).toEqual(['db:2', 'db:2', 'db:2'])
    expect(status(world)?.currentRevision).toBe(status(world)?.updateRevision)
    expect(status(world)?.currentRevision).not.toBe(before)
  })

  it('stops at the partition, and gives a lost pod below it its old template back', () => {
    const world = worldWithDb({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } })
    rounds(world, 4)
    change(world, { template: newImage })
    rounds(world, 8)
    expect(images(world)).toEqual(['db:1', 'db:1', 'db:2'])
    world.store.delete('pods', 'shop', 'db-0')

    rounds(world, 4)

    expect(images(world)).toEqual(['db:1', 'db:1', 'db:2'])
    expect(status(world)).toMatchObject({ currentReplicas: 2, updatedReplicas: 1 })
  })

  it('with OnDelete, renews only what a person deletes', () => {
    const world = worldWithDb({ updateStrategy: { type: 'OnDelete' } })
    rounds(world, 4)
    change(world, { template: newImage })
    rounds(world, 3)
    expect(images(world)).toEqual(['db:1', 'db:1', 'db:1'])
    world.store.delete('pods', 'shop', 'db-1')

    rounds(world, 4)

    expect(images(world)).toEqual(['db:1', 'db:2', 'db:1'])
  })
})
