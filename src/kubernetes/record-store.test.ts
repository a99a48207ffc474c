import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { podRecord } from '../../test/support/records.ts'
import { restEachTime } from '../../test/support/rest-each-time.ts'
import { createClusterState, type Delta } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { recordKey } from '../cluster/records.ts'
import { createRecordStore } from './record-store.ts'

function podStore() {
  const state = createClusterState()
  const told: Delta[] = []
  const store = createRecordStore(
    'Pod',
    state,
    () => undefined,
    delta => told.push(delta),
    restEachTime,
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
    const store = createRecordStore('Pod', state, read, () => {}, restEachTime)
    await store.replace([podRecord({ name: 'a' }), podRecord({ name: 'b' })])

    expect(store.read({ name: 'a' })).toBe(state.pod('shop', 'a'))
    expect(store.read({ name: 'b', nodeName: 'n1' })).not.toBe(state.pod('shop', 'b'))
  })

  it('going in where another stands, shows each record as it was or as it is, and the whole only as the one or the other', async () => {
    let halfIn = 0
    await fc.assert(
      fc.asyncProperty(list, list, async (first, second) => {
        const { state, store } = podStore()
        await store.replace(first)
        const looks: { readonly isWhole: boolean; readonly pods: readonly PodRecord[] }[] = []
        let done = false
        const look = (): void => {
          looks.push({ isWhole: store.isWhole(), pods: [...state.pods()] })
          if (!done) setImmediate(look)
        }
        look()

        await store.replace(second)
        done = true

        const inBoth = first.filter(({ name }) => second.some(pod => pod.name === name)).map(({ name }) => name)
        for (const { pods } of looks) {
          const names = pods.map(({ name }) => name)
          expect(pods.filter(pod => !first.includes(pod) && !second.includes(pod))).toEqual([])
          expect(names).toEqual([...new Set(names)])
          expect(names).toEqual(expect.arrayContaining(inBoth))
        }
        const whole = looks.filter(({ isWhole }) => isWhole)
        for (const { pods } of whole) expect([new Set(first), new Set(second)]).toContainEqual(new Set(pods))
        halfIn += looks.length - whole.length
        expect(store.isWhole()).toBe(true)
      }),
    )
    expect(halfIn).toBeGreaterThan(0)
  })

  it('that changes nothing is never half in', async () => {
    const { state, store, names } = podStore()
    await store.replace(['a', 'b', 'c', 'd', 'e'].map(name => podRecord({ name })))
    const seen: string[] = []
    let done = false
    const look = (): void => {
      seen.push(`${names().join(' ')}${store.isWhole() ? '' : ' and half'}`)
      if (!done) setImmediate(look)
    }
    look()

    await store.replace([...state.pods()].map(pod => podRecord({ name: pod.name })))
    done = true

    expect(seen.length).toBeGreaterThan(5)
    expect(new Set(seen)).toEqual(new Set(['a b c d e']))
  })

  it('that fails on the way is not taken for whole before another is complete', async () => {
    const state = createClusterState()
    let left = 3
    const tell = (): void => {
      left -= 1
      if (left < 0) throw new Error('a mistake')
    }
    const store = createRecordStore('Pod', state, () => undefined, tell, restEachTime)
    await store.replace([podRecord({ name: 'a' })])

    const broken = store.replace(['a', 'b', 'c', 'd'].map(name => podRecord({ name })))
    await expect(broken).rejects.toThrow('a mistake')
    expect([Array.from(state.pods(), ({ name }) => name), store.isWhole()]).toEqual([['a', 'b', 'c', 'd'], false])
    left = Infinity
    await store.replace([podRecord({ name: 'e' })])

    expect([Array.from(state.pods(), ({ name }) => name), store.isWhole()]).toEqual([['e'], true])
  })
})
