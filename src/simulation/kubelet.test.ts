import { describe, expect, it } from 'vitest'
import { createControllerWorld, type ControllerWorld } from '../../test/support/controller-world.ts'
import { findCondition } from './conditions.ts'
import { createKubelets, type Kubelets } from './kubelet.ts'
import { nodeManifest } from './manifests.ts'
import { isReady } from './pod-facts.ts'
import type { PodObject } from './wire-objects.ts'

interface KubeletWorld {
  readonly world: ControllerWorld
  readonly kubelets: Kubelets
}

function worldWithNode(): KubeletWorld {
  const world = createControllerWorld()
  const kubelets = createKubelets(world)
  kubelets.start()
  world.add('nodes', nodeManifest({ name: 'a1', zone: 'a' }))
  return { world, kubelets }
}

/** Adds a pod that is bound to the node already. */
function addBound(world: ControllerWorld, metadata: Partial<PodObject['metadata']> = {}, spec: PodObject['spec'] = {}): void {
  const containers = [{ name: 'web', image: 'web:1' }]
  world.add('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'shop', name: 'web', ...metadata },
    spec: { containers, nodeName: 'a1', ...spec },
  })
}

const pod = (world: ControllerWorld): PodObject | undefined => world.objects.get('pods', 'shop', 'web')
const ready = (world: ControllerWorld): boolean => {
  const found = pod(world)
  return found !== undefined && isReady(found)
}

describe('a kubelet', () => {
  it('reports its node Ready some time after it has appeared', () => {
    const { world } = worldWithNode()
    const status = (): string | undefined => findCondition(world.objects.get('nodes', undefined, 'a1')?.status?.conditions, 'Ready')?.status

    expect(status()).toBe('False')
    world.clock.advance(10_000)
    expect(status()).toBe('True')
  })

  it('brings a bound pod to Running and then to Ready', () => {
    const { world } = worldWithNode()
    addBound(world)

    world.clock.advance(500)
    expect(pod(world)?.status?.phase).toBe('Pending')
    world.clock.advance(15_000)

    expect(pod(world)?.status).toMatchObject({ phase: 'Running', containerStatuses: [{ name: 'web', ready: true, restartCount: 0 }] })
    expect(ready(world)).toBe(true)
  })

  it.each([
    ['NeverReady', 0],
    ['CrashLoop', 5],
  ])('keeps a pod of behaviour %s from ever being Ready', (behaviour, restartCount) => {
    const { world } = worldWithNode()
    addBound(world, { annotations: { 'embedded.respread.io/behaviour': behaviour } })

    world.clock.advance(600_000)

    expect(pod(world)?.status).toMatchObject({ phase: 'Running', containerStatuses: [{ ready: false, restartCount }] })
    expect(ready(world)).toBe(false)
  })

  it('takes a terminating pod out, no later than its grace period', () => {
    const { world } = worldWithNode()
    addBound(world, {}, { terminationGracePeriodSeconds: 1 })
    world.clock.advance(15_000)
    world.store.delete('pods', 'shop', 'web')
    expect(pod(world)?.metadata.deletionTimestamp).toBeDefined()

    world.clock.advance(1_000)

    expect(pod(world)).toBeUndefined()
  })

  it('does nothing while it is down, and catches up when it is back', () => {
    const { world, kubelets } = worldWithNode()
    addBound(world)
    world.clock.advance(15_000)
    kubelets.fail('a1')
    world.store.delete('pods', 'shop', 'web')

    world.clock.advance(600_000)
    expect(pod(world)).toBeDefined()
    kubelets.recover('a1')
    world.clock.advance(15_000)

    expect(pod(world)).toBeUndefined()
  })

  it('falls silent when it fails', () => {
    const { world, kubelets } = worldWithNode()
    world.clock.advance(60_000)
    kubelets.fail('a1')
    const last = kubelets.lastHeartbeat('a1')

    world.clock.advance(120_000)

    expect(kubelets.lastHeartbeat('a1')).toBe(last)
    expect(world.clock.now() - last).toBeGreaterThanOrEqual(120_000)
  })

  it('drops what was under way on a node that fails', () => {
    const { world, kubelets } = worldWithNode()
    addBound(world)
    world.clock.advance(500)
    kubelets.fail('a1')

    world.clock.advance(60_000)

    expect(pod(world)?.status?.phase).toBe('Pending')
  })

  it('makes a pod Ready again that was called not Ready while the node was away', () => {
    const { world, kubelets } = worldWithNode()
    addBound(world)
    world.clock.advance(15_000)
    kubelets.fail('a1')
    world.objects.update('pods', { namespace: 'shop', name: 'web' }, current => ({
      ...current,
      status: { ...current.status, conditions: [{ type: 'Ready', status: 'False' }] },
    }))
    kubelets.recover('a1')

    world.clock.advance(15_000)

    expect(ready(world)).toBe(true)
  })
})
