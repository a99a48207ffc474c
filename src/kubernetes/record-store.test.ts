import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { podRecord } from '../../test/support/records.ts'
import { createClusterState, type Delta } from '../cluster/cluster-state.ts'
import { recordKey } from '../cluster/records.ts'
import { createVirtualClock } from '../simulation/virtual-clock.ts'
import { createRecordStore } from './record-store.ts'
import { createRest } from './rests.ts'

/** A clock by which every look takes so long that work is cut after each piece. */
function slowClock() {
  const clock = createVirtualClock(0)
  let looks = 0
  return { ...clock, monotonic: () => (looks += 1) * 1_000 }
}

function podStore() {
  const state = createClusterState()
  const told: Delta[] = []
  const store = createRecordStore(
    'Pod',
    state,
    () => undefined,
    delta => told.push(delta),
    createRest(slowClock()),
  )
  return { state, told, store, names: () => Array.from(state.pods(), pod => pod.name) }
}

const pod = fc
  .record({ name: fc.constantFrom('a', 'b', 'c', 'd', 'e'), nodeName: fc.constantFrom(undefined, 'n1', 'n2') })
  .map(fields => podRecord(fields))
const list = fc.uniqueArray(pod, { selector: recordKey })

describe('a complete list', () => {
  it('takes the place of what was there, and what it changed is told and counted', async () => {
    await fc.assert(
      fc.asyncProperty(list, list, async (first, second) => {
        const { state, told, store } = podStore()
        await store.replace(first)
        told.length = 0

        const changed = await store.replace(second)

        expect(new Set(state.pods())).toEqual(new Set(second))
        expect(changed).toBe(told.length)
        const story = new Map(first.map(pod => [recordKey(pod), pod]))
        for (const { key, before, after } of told) {
          expect(before).toEqual(story.get(key))
          if (after?.kind === 'Pod') story.set(key, after)
          else story.delete(key)
        }
        expect(new Set(story.values())).toEqual(new Set(second))
      }),
    )
  })

  it('is known only when the first of its kind is in, however often others have their turn meanwhile', async () => {
    const { state, store, names } = podStore()

    const filling = store.replace([podRecord({ name: 'a' }), podRecord({ name: 'b' })])
    expect([names(), state.knows('Pod')]).toEqual([[], false])
    await filling

    expect([names(), state.knows('Pod')]).toEqual([['a', 'b'], true])
  })

  it('holds what is unchanged only once, from the first look at it', async () => {
    const state = createClusterState()
    const read = (raw: unknown) => podRecord(raw as object)
    const store = createRecordStore('Pod', state, read, () => {}, createRest(slowClock()))
    await store.replace([podRecord({ name: 'a' }), podRecord({ name: 'b' })])

    expect(store.read({ name: 'a' })).toBe(state.pod('shop', 'a'))
    expect(store.read({ name: 'b', nodeName: 'n1' })).not.toBe(state.pod('shop', 'b'))
  })

  it('leaves the old one standing until it can be swapped in at once', async () => {
    const { store, names } = podStore()
    await store.replace([podRecord({ name: 'a' }), podRecord({ name: 'b' })])
    const seen: string[] = []
    const replacing = store.replace(['b', 'c', 'd', 'e', 'f'].map(name => podRecord({ name })))
    let done = false
    const look = (): void => {
      if (done) return
      seen.push(names().join(' '))
      setImmediate(look)
    }
    look()
    await replacing
    done = true

    expect(names()).toEqual(['b', 'c', 'd', 'e', 'f'])
    expect(seen.length).toBeGreaterThan(3)
    expect(new Set(seen)).toEqual(new Set(['a b']))
  })
})
