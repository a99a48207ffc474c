import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyJsonPatch } from './json-patch.ts'

const DOCUMENT = { a: { b: [1, 2, 3] }, 'x/y': 1, 'm~n': 2 }

describe('a JSON patch', () => {
  it.each([
    ['adds a field', [{ op: 'add', path: '/a/c', value: 4 }], { ...DOCUMENT, a: { b: [1, 2, 3], c: 4 } }],
    ['inserts into a list', [{ op: 'add', path: '/a/b/1', value: 9 }], { ...DOCUMENT, a: { b: [1, 9, 2, 3] } }],
    ['appends to a list', [{ op: 'add', path: '/a/b/-', value: 9 }], { ...DOCUMENT, a: { b: [1, 2, 3, 9] } }],
    ['replaces an element', [{ op: 'replace', path: '/a/b/0', value: 9 }], { ...DOCUMENT, a: { b: [9, 2, 3] } }],
    ['removes an element', [{ op: 'remove', path: '/a/b/2' }], { ...DOCUMENT, a: { b: [1, 2] } }],
    [
      'reads escaped names',
      [
        { op: 'replace', path: '/x~1y', value: 5 },
        { op: 'remove', path: '/m~0n' },
      ],
      { a: { b: [1, 2, 3] }, 'x/y': 5 },
    ],
    ['moves', [{ op: 'move', from: '/a/b', path: '/b' }], { a: {}, b: [1, 2, 3], 'x/y': 1, 'm~n': 2 }],
    ['copies', [{ op: 'copy', from: '/a/b/0', path: '/c' }], { ...DOCUMENT, c: 1 }],
    [
      'tests and goes on',
      [
        { op: 'test', path: '/a/b', value: [1, 2, 3] },
        { op: 'remove', path: '/a' },
      ],
      { 'x/y': 1, 'm~n': 2 },
    ],
    ['replaces everything', [{ op: 'replace', path: '', value: { z: 1 } }], { z: 1 }],
  ])('%s', (_, operations, expected) => {
    expect(applyJsonPatch(DOCUMENT, operations)).toEqual(expected)
    expect(DOCUMENT).toEqual({ a: { b: [1, 2, 3] }, 'x/y': 1, 'm~n': 2 })
  })

  it.each([
    ['a test that fails', { op: 'test', path: '/x~1y', value: 2 }, 'testing path /x~1y failed'],
    ['a field that is not there', { op: 'replace', path: '/a/z', value: 1 }, 'missing value: /z'],
    ['a parent that is not there', { op: 'add', path: '/z/z', value: 1 }, 'missing value: /z/z'],
    ['what every object inherits', { op: 'test', path: '/constructor', value: 1 }, 'missing value: /constructor'],
    ['an element past the end', { op: 'add', path: '/a/b/4', value: 1 }, 'invalid array index 4'],
    ['an index that is none', { op: 'remove', path: '/a/b/01' }, 'invalid array index 01'],
    ['an operation that is none', { op: 'increment', path: '/a' }, 'unexpected kind: increment'],
    ['a path that is none', { op: 'remove', path: 'a' }, 'path must be a JSON pointer'],
    ['what is no operation', 'remove', 'an operation must be an object'],
  ])('refuses %s', (_, operation, message) => {
    expect(() => applyJsonPatch(DOCUMENT, [operation])).toThrow(message)
  })

  it('undone by what it replaced is no change', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.jsonValue(), (document, value) => {
        const [[field, before] = ['', null]] = Object.entries(document)
        const path = `/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`
        const there = applyJsonPatch(document, [{ op: 'replace', path, value }])
        expect(applyJsonPatch(there, [{ op: 'replace', path, value: before }])).toEqual(document)
      }),
    )
  })
})
