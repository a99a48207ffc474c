import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RawObject } from './object-store.ts'
import { createSortedObjects, keyOf } from './sorted-objects.ts'

const KEYS = ['a/x', 'a/y', 'a-b/x', 'a.b/x', 'b/x', 'b/x-1', 'b/x.1'] as const

function objectOf(key: string, version: number): RawObject {
  const [namespace = '', name = ''] = key.split('/')
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, resourceVersion: String(version) } }
}

describe('sorted objects', () => {
  it('are what a sorted map would hold after any puts and removals, and lists handed out stay as they were', () => {
    const step = fc.record({ key: fc.constantFrom(...KEYS), put: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const objects = createSortedObjects()
        const model = new Map<string, RawObject>()
        for (const [version, { key, put }] of steps.entries()) {
          const before = objects.all()
          const copy = [...before]
          if (put) {
            objects.put(objectOf(key, version))
            model.set(key, objectOf(key, version))
          } else {
            objects.remove(key)
            model.delete(key)
          }
          expect(before).toEqual(copy)
          const expected = [...model].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, object]) => object)
          expect(objects.all()).toEqual(expected)
          expect(objects.inNamespace('a')).toEqual(expected.filter(object => object.metadata.namespace === 'a'))
          expect(objects.get(key)).toEqual(model.get(key))
        }
      }),
    )
  })

  it('find their places when many come at once', () => {
    const key = fc
      .tuple(fc.constantFrom('a', 'b', 'a-b'), fc.integer({ min: 0, max: 99 }))
      .map(([namespace, name]) => `${namespace}/p${name}`)
    fc.assert(
      fc.property(fc.array(fc.array(key, { maxLength: 60 }), { maxLength: 4 }), rounds => {
        const objects = createSortedObjects()
        const all = new Set<string>()
        for (const keys of rounds) {
          for (const each of keys) {
            objects.put(objectOf(each, 1))
            all.add(each)
          }
          for (const each of keys.slice(0, 3)) {
            objects.remove(each)
            all.delete(each)
          }
          expect(objects.all().map(keyOf)).toEqual([...all].sort())
        }
      }),
    )
  })

  it('come in the byte order of their keys', () => {
    const objects = createSortedObjects()
    for (const key of KEYS) objects.put(objectOf(key, 0))
    expect(objects.all().map(keyOf)).toEqual(['a-b/x', 'a.b/x', 'a/x', 'a/y', 'b/x', 'b/x-1', 'b/x.1'])
  })
})
