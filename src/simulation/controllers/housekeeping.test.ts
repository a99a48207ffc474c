import { describe, expect, it } from 'vitest'
import { createControllerWorld } from '../../../test/support/controller-world.ts'
import { nodeManifest } from '../manifests.ts'
import type { RawObject } from '../object-store.ts'
import { garbageCollector } from './garbage-collector.ts'
import { podGarbageCollector } from './pod-garbage-collector.ts'
import { controllerRef } from './pod-template.ts'

const pod = (name: string, owner?: RawObject): RawObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'shop', name, ...(owner && { ownerReferences: [controllerRef(owner)] }) },
  spec: {},
})

describe('the garbage collector', () => {
  it('deletes what an object owned after the object is gone, and nothing else', () => {
    const world = createControllerWorld(garbageCollector)
    const created = world.store.create('replicasets', {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { namespace: 'shop', name: 'web' },
    })
    if (!created.ok) throw new Error(created.refusal.message)
    world.add('pods', pod('owned', created.object), pod('free'))

    world.settle()
    expect(world.pods()).toHaveLength(2)
    world.store.delete('replicasets', 'shop', 'web')
    world.settle()

    expect(world.pods().map(({ metadata }) => metadata.name)).toEqual(['free'])
  })
})

describe('the collector of orphaned pods', () => {
  it('removes pods whose node is gone, after the quarantine', () => {
    const world = createControllerWorld(podGarbageCollector)
    world.add('nodes', nodeManifest({ name: 'a1', zone: 'a' }), nodeManifest({ name: 'a2', zone: 'a' }))
    world.add('pods', pod('stranded'), pod('safe'), pod('unbound'))
    world.run(pod('stranded'), 'a1')
    world.run(pod('safe'), 'a2')
    world.store.delete('nodes', undefined, 'a1')

    world.clock.advance(30_000)
    expect(world.pods()).toHaveLength(3)
    world.clock.advance(60_000)

    expect(world.pods().map(({ metadata }) => metadata.name)).toEqual(['safe', 'unbound'])
  })

  it('spares pods whose node comes back in time', () => {
    const world = createControllerWorld(podGarbageCollector)
    world.add('nodes', nodeManifest({ name: 'a1', zone: 'a' }))
    world.add('pods', pod('stranded'))
    world.run(pod('stranded'), 'a1')
    world.store.delete('nodes', undefined, 'a1')
    world.clock.advance(30_000)
    world.add('nodes', nodeManifest({ name: 'a1', zone: 'a' }))

    world.clock.advance(120_000)

    expect(world.pods()).toHaveLength(1)
  })
})
