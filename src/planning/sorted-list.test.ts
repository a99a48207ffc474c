import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createSortedList } from './sorted-list.ts'

interface Entry {
  readonly key: number
  readonly value: number
}

const entry = fc.record({ key: fc.integer({ min: 0, max: 400 }), value: fc.nat() })
const changes = fc.oneof(
  fc.record({ put: fc.uniqueArray(entry, { maxLength: 5, selector: ({ key }) => key }) }),
  fc.record({ put: fc.uniqueArray(entry, { minLength: 100, maxLength: 150, selector: ({ key }) => key }) }),
  fc.record({ delete: entry }),
)

it('holds what a map holds, in order, however much is put at once', () => {
  fc.assert(
    fc.property(fc.array(changes, { maxLength: 20 }), all => {
      const list = createSortedList<Entry>((one, other) => one.key - other.key)
      const map = new Map<number, Entry>()
      for (const change of all) {
        if ('put' in change) {
          list.put(change.put)
          for (const each of change.put) map.set(each.key, each)
        } else {
          list.delete(change.delete)
          map.delete(change.delete.key)
        }
        expect(list.items).toEqual([...map.values()].sort((one, other) => one.key - other.key))
      }
    }),
  )
})
