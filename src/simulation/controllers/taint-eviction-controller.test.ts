import { describe, expect, it } from 'vitest'
import { createControllerWorld, type ControllerWorld } from '../../../test/support/controller-world.ts'
import { findCondition } from '../conditions.ts'
import { nodeManifest } from '../manifests.ts'
import type { WireToleration } from '../wire-objects.ts'
import { taintEvictionController } from './taint-eviction-controller.ts'

const UNREACHABLE = 'node.kubernetes.io/unreachable'

/** One pod on a node that is tainted as unreachable. */
function worldWithPod(tolerations?: readonly WireToleration[]): ControllerWorld {
  const world = createControllerWorld(taintEvictionController)
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name: 'web' }, spec: { ...(tolerations && { tolerations }) } }
  world.add('nodes', nodeManifest({ name: 'a1', zone: 'a' }))
  world.add('pods', pod)
  world.run(pod, 'a1')
  setTainted(world, true)
  return world
}

function setTainted(world: ControllerWorld, tainted: boolean): void {
  const taints = tainted ? [{ key: UNREACHABLE, effect: 'NoExecute' as const }] : []
  world.objects.update('nodes', { name: 'a1' }, node => ({ ...node, spec: { ...node.spec, taints } }))
  world.settle()
}

const isTerminating = (world: ControllerWorld): boolean => world.pods()[0]?.metadata.deletionTimestamp !== undefined
const tolerating = (tolerationSeconds?: number): WireToleration => ({
  key: UNREACHABLE,
  operator: 'Exists',
  effect: 'NoExecute',
  ...(tolerationSeconds !== undefined && { tolerationSeconds }),
})

describe('eviction by taints', () => {
  it('comes after the 300 seconds that admission gives every pod', () => {
    const world = worldWithPod()

    world.clock.advance(290_000)
    expect(isTerminating(world)).toBe(false)
    world.clock.advance(15_000)
    expect(isTerminating(world)).toBe(true)
    expect(findCondition(world.pods()[0]?.status?.conditions, 'DisruptionTarget')?.reason).toBe('DeletionByTaintManager')
  })

  it('comes after the pod’s own tolerationSeconds', () => {
    const world = worldWithPod([tolerating(30)])

    world.clock.advance(35_000)

    expect(isTerminating(world)).toBe(true)
  })

  it('never comes to a pod that tolerates the taint for ever', () => {
    const world = worldWithPod([tolerating()])

    world.clock.advance(3_600_000)

    expect(isTerminating(world)).toBe(false)
  })

  it('is called off when the taint goes in time, and counts anew when it comes back', () => {
    const world = worldWithPod([tolerating(60)])
    world.clock.advance(40_000)
    setTainted(world, false)
    world.clock.advance(60_000)
    setTainted(world, true)

    world.clock.advance(40_000)
    expect(isTerminating(world)).toBe(false)
    world.clock.advance(25_000)
    expect(isTerminating(world)).toBe(true)
  })
})
