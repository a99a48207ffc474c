import { describe, expect, it } from 'vitest'
import { createControllerWorld, START, type ControllerWorld } from '../../../test/support/controller-world.ts'
import { findCondition } from '../conditions.ts'
import { nodeManifest } from '../manifests.ts'
import type { NodeObject } from '../wire-objects.ts'
import { nodeLifecycleController } from './node-lifecycle-controller.ts'

/** Two zones of nodes that are Ready, whose heartbeats stop for those in `silent`. */
function worldOf(zones: Readonly<Record<string, number>>): { readonly world: ControllerWorld; readonly silent: Set<string> } {
  const silent = new Set<string>()
  const world = createControllerWorld(context =>
    nodeLifecycleController(context, { lastHeartbeat: name => (silent.has(name) ? START : context.clock.now()) }),
  )
  for (const [zone, count] of Object.entries(zones)) {
    for (let index = 1; index <= count; index++) world.add('nodes', nodeManifest({ name: `${zone}${index}`, zone }))
  }
  for (const { metadata } of world.objects.list('nodes')) setReady(world, metadata.name, 'True')
  world.settle()
  return { world, silent }
}

function setReady(world: ControllerWorld, name: string, status: 'True' | 'False'): void {
  world.objects.update('nodes', { name }, node => ({ ...node, status: { ...node.status, conditions: [{ type: 'Ready', status }] } }))
}

const node = (world: ControllerWorld, name: string): NodeObject | undefined => world.objects.get('nodes', undefined, name)
const taints = (world: ControllerWorld, name: string): readonly string[] =>
  (node(world, name)?.spec?.taints ?? []).map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`)
const driven = (world: ControllerWorld): readonly string[] =>
  world.objects
    .list('nodes')
    .filter(({ metadata }) => taints(world, metadata.name).some(taint => taint.endsWith('NoExecute')))
    .map(({ metadata }) => metadata.name)

describe('the node lifecycle controller', () => {
  it('takes the not-ready taint off a new node once it is Ready', () => {
    const { world } = worldOf({ a: 1 })

    expect(taints(world, 'a1')).toEqual([])
  })

  it('calls a node Unknown after the grace period of silence, and not before', () => {
    const { world, silent } = worldOf({ a: 2, b: 2 })
    silent.add('a1')

    world.clock.advance(40_000)
    expect(findCondition(node(world, 'a1')?.status?.conditions, 'Ready')?.status).toBe('True')
    world.clock.advance(15_000)

    expect(findCondition(node(world, 'a1')?.status?.conditions, 'Ready')).toMatchObject({ status: 'Unknown', reason: 'NodeStatusUnknown' })
    expect(taints(world, 'a1')).toEqual(['unreachable:NoSchedule', 'unreachable:NoExecute'])
    expect(taints(world, 'a2')).toEqual([])
  })

  it('marks the pods of a silent node not Ready, and leaves them there', () => {
    const { world, silent } = worldOf({ a: 2, b: 1 })
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name: 'web' }, spec: {} }
    world.add('pods', pod)
    world.run(pod, 'a1')
    silent.add('a1')

    world.clock.advance(60_000)

    expect(findCondition(world.pods()[0]?.status?.conditions, 'Ready')).toMatchObject({ status: 'False', reason: 'NodeNotReady' })
    expect(world.pods()[0]?.metadata.deletionTimestamp).toBeUndefined()
  })

  it('tells not Ready from silent', () => {
    const { world } = worldOf({ a: 2, b: 1 })
    setReady(world, 'a1', 'False')

    world.settle()

    expect(taints(world, 'a1')).toEqual(['not-ready:NoSchedule', 'not-ready:NoExecute'])
  })

  it('drives pods out of a lost zone one node at a time', () => {
    const { world, silent } = worldOf({ a: 3, b: 3 })
    for (const name of ['a1', 'a2', 'a3']) silent.add(name)

    world.clock.advance(55_000)
    expect(driven(world)).toHaveLength(1)
    world.clock.advance(25_000)
    expect(driven(world)).toEqual(['a1', 'a2', 'a3'])
  })

  it('drives nobody out when every zone is lost: the fault is more likely on this side', () => {
    const { world, silent } = worldOf({ a: 1, b: 1 })
    for (const name of ['a1', 'b1']) silent.add(name)

    world.clock.advance(300_000)

    expect(driven(world)).toEqual([])
    expect(taints(world, 'a1')).toEqual(['unreachable:NoSchedule'])
  })

  it('taints a cordoned node, and takes the taint off again', () => {
    const { world } = worldOf({ a: 1, b: 1 })
    const cordon = (unschedulable: boolean): void => {
      world.objects.update('nodes', { name: 'a1' }, current => ({ ...current, spec: { ...current.spec, unschedulable } }))
      world.settle()
    }

    cordon(true)
    expect(taints(world, 'a1')).toEqual(['unschedulable:NoSchedule'])
    cordon(false)
    expect(taints(world, 'a1')).toEqual([])
  })

  it('takes its taints off a node that has come back, and keeps those of others', () => {
    const { world, silent } = worldOf({ a: 2, b: 1 })
    world.objects.update('nodes', { name: 'a1' }, current => ({
      ...current,
      spec: { ...current.spec, taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] },
    }))
    silent.add('a1')
    world.clock.advance(60_000)
    silent.delete('a1')
    setReady(world, 'a1', 'True')

    world.settle()

    expect(taints(world, 'a1')).toEqual(['dedicated:NoSchedule'])
  })
})
