import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deepFreeze, jsonEqual } from './json-value.ts'

describe('jsonEqual', () => {
  it('says of two JSON values what their canonical texts say', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(jsonEqual(one, other)).toBe(text(one) === text(other))
        expect(jsonEqual(one, JSON.parse(JSON.stringify(one)))).toBe(true)
      }),
    )
  })

  it.each([
    ['an undefined field is an absent one', { a: 1, b: undefined }, { a: 1 }, true],
    ['either way round', { a: 1 }, { a: 1, b: undefined }, true],
    ['null is not absent', { a: null }, {}, false],
    ['a list is not an object', [], {}, false],
    ['lists have an order', [1, 2], [2, 1], false],
  ])('%s', (_, one, other, equal) => {
    expect(jsonEqual(one, other)).toBe(equal)
  })
})

describe('deepFreeze', () => {
  it('freezes every object and list', () => {
    const value = deepFreeze({ a: [{ b: {} }], c: null })
    expect([value, value.a, value.a[0], value.a[0]?.b].every(Object.isFrozen)).toBe(true)
  })
})

function text(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([left], [right]) => (left < right ? -1 : 1)))
      : field,
  )
}
