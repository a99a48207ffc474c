import { describe, expect, it } from 'vitest'
import { mergePatch } from './merge-patch.ts'

describe('a merge patch', () => {
  it.each([
    ['sets', { a: 'b' }, { a: 'c' }, { a: 'c' }],
    ['adds', { a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    ['removes', { a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    ['replaces lists whole', { a: ['b'] }, { a: ['c', 'd'] }, { a: ['c', 'd'] }],
    ['merges objects', { a: { b: 'c', d: 'e' } }, { a: { b: null, f: 1 } }, { a: { d: 'e', f: 1 } }],
    ['puts an object where there was none, without its nulls', { a: 1 }, { a: { b: null, c: 2 } }, { a: { c: 2 } }],
    ['keeps a field of an odd name a field', {}, JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}')],
  ])('%s', (_, target, patch, expected) => {
    expect(mergePatch(target, patch)).toEqual(expected)
  })
})
