import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createNameTable } from './name-table.ts'

const namespace = fc.constantFrom(undefined, 'shop', 'data', '__proto__')
const name = fc.constantFrom('a', 'b', 'constructor')
const step = fc.record({ namespace, name, value: fc.option(fc.nat(), { nil: undefined }) })

function inOrder(values: Iterable<number>): readonly number[] {
  return [...values].sort((left, right) => left - right)
}

describe('createNameTable', () => {
  it('is a map whose key has two parts', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const table = createNameTable<number>()
        const expected = new Map<string, number>()
        const key = (in_: string | undefined, called: string): string => JSON.stringify([in_, called])
        for (const { namespace, name, value } of steps) {
          if (value === undefined) {
            table.delete(namespace, name)
            expected.delete(key(namespace, name))
          } else {
            table.set(namespace, name, value)
            expected.set(key(namespace, name), value)
          }
        }

        expect(table.size()).toBe(expected.size)
        expect(inOrder(table.values)).toEqual(inOrder(expected.values()))
        for (const { namespace, name } of steps) expect(table.get(namespace, name)).toBe(expected.get(key(namespace, name)))
        for (const only of ['shop', 'nowhere']) {
          const values = [...expected].filter(([key]) => key.startsWith(JSON.stringify([only]).slice(0, -1))).map(([, value]) => value)
          expect(inOrder(table.in(only))).toEqual(inOrder(values))
        }
      }),
    )
  })

  it('hands out iterables that are live and can be gone through again', () => {
    const table = createNameTable<number>()
    const [all, inShop] = [table.values, table.in('shop')]
    table.set('shop', 'a', 1)

    expect([...all, ...all, ...inShop, ...inShop]).toEqual([1, 1, 1, 1])
  })
})
