import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createListScanner } from './list-scanner.ts'

/** Items and surroundings as the scanner finds them in a text that arrives in pieces of the given sizes. */
function scan(text: string | Buffer, pieces: readonly number[] = []): { readonly items: readonly unknown[]; readonly envelope: unknown } {
  const items: unknown[] = []
  const scanner = createListScanner(item => {
    items.push(JSON.parse(item.text))
  })
  let rest = Buffer.from(text)
  for (const size of pieces) {
    scanner.push(rest.subarray(0, size))
    rest = rest.subarray(size)
  }
  scanner.push(rest)
  return { items, envelope: scanner.end() }
}

const hostile = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"items": [', '\\', '"', '{[', ']}', '\\"items\\":['))
// Keys that need no escapes: V8 13.6 takes one escaped key for another in JSON.parse, and it is the yardstick here.
const key = fc.oneof(fc.stringMatching(/^[ !#-[\]-~]*$/), fc.constantFrom('items', '{[', ']}', 'größe'))
const item = fc.dictionary(key, fc.oneof(fc.dictionary(key, fc.array(hostile)), hostile, fc.double({ noNaN: true }), fc.constant(null)))
const document = fc
  .record({
    before: fc.dictionary(key, hostile),
    items: fc.array(item),
    after: fc.dictionary(key, hostile),
    indent: fc.constantFrom(0, 4),
  })
  .map(({ before, items, after, indent }) =>
    JSON.stringify({ apiVersion: 'v1', metadata: { before, items: 'not these' }, items, kind: 'List', after }, null, indent),
  )

describe('createListScanner', () => {
  it('cuts out every item, however the text is written and wherever it is torn', () => {
    fc.assert(
      fc.property(document, fc.array(fc.nat(40)), (text, pieces) => {
        const { items, ...rest } = JSON.parse(text) as { readonly items: readonly unknown[] }

        expect(scan(text, pieces)).toEqual({ items, envelope: { ...rest, items: [] } })
      }),
    )
  })

  it('notices every place where a list can be cut short', () => {
    fc.assert(
      fc.property(document, fc.nat(), (text, cut) => {
        const bytes = Buffer.from(text)
        const length = cut % bytes.length

        expect(() => scan(bytes.subarray(0, length))).toThrow(length === 0 ? 'is empty' : 'is cut short')
      }),
    )
  })

  it('tells where each item begins', () => {
    const found: unknown[] = []
    const scanner = createListScanner(({ index, line }) => found.push({ index, line }))
    scanner.push(Buffer.from('{\n"items": [\n{\n"a": 1\n}, {},\n\n{}\n]}'))
    scanner.end()

    expect(found).toEqual([
      { index: 0, line: 3 },
      { index: 1, line: 5 },
      { index: 2, line: 7 },
    ])
  })

  it('knows the kind of the list when it comes before the items', () => {
    const kinds: unknown[] = []
    for (const text of ['{"kind":"PodList","items":[{}]}', '{"items":[{}],"kind":"PodList"}']) {
      const scanner = createListScanner(() => kinds.push(scanner.kindSoFar()))
      scanner.push(Buffer.from(text))
    }

    expect(kinds).toEqual(['PodList', undefined])
  })

  it.each([
    ['', 'is empty'],
    [' \n\t ', 'is empty'],
    ['apiVersion: v1\n', 'is no JSON object: it begins with `a` at line 1 (byte 0)'],
    ['\n\n[{}]', 'is no JSON object: it begins with `[` at line 3 (byte 2)'],
    ['{"kind":"Node","metadata":{"items":[]}}', 'is a Node, not a List'],
    ['{}', 'is some JSON, not a List'],
    ['{"items":[1]}', 'is not a List: `1` instead of an object at line 1 (byte 10)'],
    ['{"items":[{},]}', 'is not a List: `]` instead of an object'],
    ['{"items":[{}{}]}', 'is not a List: `{` instead of a comma or the end of the list'],
    ['{"items":[,{}]}', 'is not a List: `,` instead of an object'],
    ['{"items":[]} {"items":[]}', 'goes on after the end of the List at line 1 (byte 13)'],
    ['{"items":[],"items":[]}', 'has a second `items`'],
    ['{"items":[],}', 'is not JSON outside its items'],
    ['{"items":[{"a":1}', 'is cut short: it ends at line 1 (byte 17); write it again'],
    ['{"items":[{},\n{"a":', 'is cut short: it ends at line 2 (byte 19), inside items[1]; write it again'],
  ])('refuses %j', (text, sentence) => {
    expect(() => scan(text)).toThrow(sentence)
  })
  it('does not hold a large document that is no list', () => {
    expect(() => scan(`{"kind":"${'x'.repeat(2 ** 20)}"`)).toThrow('is not a List: no `items` up to line 1')
  })
})
