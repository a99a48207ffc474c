import { describe, expect, it } from 'vitest'
import { START } from '../../test/support/controller-world.ts'
import { nodeManifest } from './manifests.ts'
import type { ObjectStore } from './object-store.ts'
import { createRandom } from './random.ts'
import { createObjectStore } from './store.ts'
import { createStoreMirror, type StoreMirror } from './store-mirror.ts'
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts'

interface Mirrored {
  readonly clock: VirtualClock
  readonly store: ObjectStore
  readonly mirror: StoreMirror
}

function mirrored(lag?: { readonly min: number; readonly max: number }): Mirrored {
  const clock = createVirtualClock(START)
  const store = createObjectStore({ now: () => clock.now(), random: createRandom(1) })
  store.create('nodes', nodeManifest({ name: 'a1', zone: 'a' }))
  const mirror = createStoreMirror(store, { clock, ...(lag && { lag: { delay: lag, random: createRandom(2) } }) })
  return { clock, store, mirror }
}

const names = ({ mirror }: Mirrored): readonly string[] => Array.from(mirror.state.nodes(), node => node.name)

describe('the mirror of the store', () => {
  it('holds what is there from the start and follows every change', () => {
    const world = mirrored()
    expect(names(world)).toEqual(['a1'])
    world.store.create('nodes', nodeManifest({ name: 'a2', zone: 'a' }))
    world.store.delete('nodes', undefined, 'a1')

    expect(names(world)).toEqual(['a2'])
    expect(world.mirror.state.knows('PodDisruptionBudget')).toBe(true)
  })

  it('tells each change as a delta', () => {
    const { store, mirror } = mirrored()
    const told: string[] = []
    mirror.subscribe(({ kind, key, before, after }) => told.push(`${kind} ${key} ${before ? 'was' : ''}${after ? 'is' : ''}`))

    store.create('nodes', nodeManifest({ name: 'a2', zone: 'a' }))
    store.delete('nodes', undefined, 'a2')

    expect(told).toEqual(['Node a2 is', 'Node a2 was'])
  })

  it('with a lag, is behind and keeps the order of events', () => {
    const world = mirrored({ min: 10, max: 500 })
    world.store.create('nodes', nodeManifest({ name: 'a2', zone: 'a' }))
    world.store.delete('nodes', undefined, 'a2')
    world.store.create('nodes', nodeManifest({ name: 'a3', zone: 'a' }))
    expect(names(world)).toEqual(['a1'])

    world.clock.advance(500)

    expect(names(world)).toEqual(['a1', 'a3'])
  })

  it('delivers nothing while it is stalled, and everything afterwards', () => {
    const world = mirrored()
    world.mirror.stall()
    world.clock.advance(5_000)
    world.store.create('nodes', nodeManifest({ name: 'a2', zone: 'a' }))
    expect(names(world)).toEqual(['a1'])
    expect(world.mirror.stalledSince).toBe(0)

    world.mirror.resume()

    expect(names(world)).toEqual(['a1', 'a2'])
    expect(world.mirror.stalledSince).toBeUndefined()
  })
})
