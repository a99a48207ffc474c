import { describe, expect, it } from 'vitest'
import { createControllerWorld, type ControllerWorld } from '../../../test/support/controller-world.ts'
import { nodeManifest, zonalStorageClass } from '../manifests.ts'
import type { ClaimObject } from '../wire-objects.ts'
import { volumeController } from './volume-controller.ts'

const CLAIM: ClaimObject = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { namespace: 'shop', name: 'data-db-0' },
  spec: { storageClassName: 'zonal', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
}

function worldWithClaim(bindingMode: 'WaitForFirstConsumer' | 'Immediate'): ControllerWorld {
  const world = createControllerWorld(volumeController)
  world.add('nodes', nodeManifest({ name: 'b1', zone: 'b' }))
  world.add('storageclasses', { ...zonalStorageClass('zonal'), volumeBindingMode: bindingMode })
  world.add('persistentvolumeclaims', CLAIM)
  world.clock.advance(5_000)
  return world
}

function chooseNode(world: ControllerWorld, name: string): void {
  world.objects.update('persistentvolumeclaims', CLAIM.metadata, claim => ({
    ...claim,
    metadata: { ...claim.metadata, annotations: { 'volume.kubernetes.io/selected-node': name } },
  }))
  world.clock.advance(5_000)
}

const claim = (world: ControllerWorld): ClaimObject | undefined => world.objects.get('persistentvolumeclaims', 'shop', 'data-db-0')

describe('volumes', () => {
  it('of a WaitForFirstConsumer class wait for the scheduler and come to the zone of its node', () => {
    const world = worldWithClaim('WaitForFirstConsumer')
    expect(claim(world)?.spec?.volumeName).toBeUndefined()

    chooseNode(world, 'b1')

    const [volume] = world.objects.list('persistentvolumes')
    expect(claim(world)?.spec?.volumeName).toBe(volume?.metadata.name)
    expect(claim(world)?.metadata.annotations?.['pv.kubernetes.io/bind-completed']).toBe('yes')
    expect(JSON.stringify(volume?.spec?.['nodeAffinity'])).toContain('"topology.kubernetes.io/zone","operator":"In","values":["b"]')
  })

  it('are not made for a node that is gone', () => {
    const world = worldWithClaim('WaitForFirstConsumer')

    chooseNode(world, 'no-such-node')

    expect(world.objects.list('persistentvolumes')).toEqual([])
  })

  it('of an Immediate class are made at once, reachable from everywhere', () => {
    const world = worldWithClaim('Immediate')

    expect(claim(world)?.status?.phase).toBe('Bound')
    expect(world.objects.list('persistentvolumes')[0]?.spec?.['nodeAffinity']).toBeUndefined()
  })

  it('go with their claim', () => {
    const world = worldWithClaim('Immediate')

    world.store.delete('persistentvolumeclaims', 'shop', 'data-db-0')
    world.clock.advance(5_000)

    expect(world.objects.list('persistentvolumes')).toEqual([])
  })
})
