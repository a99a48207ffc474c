import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withoutManagedFields } from './managed-fields.ts'

describe('an object without its managed fields', () => {
  it('is the same in everything else, whatever stands in them and beside them', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), fc.jsonValue(), (managedFields, before, after) => {
        const object = { metadata: { labels: before, managedFields, name: 'web-0' }, spec: after }
        const read: unknown = JSON.parse(withoutManagedFields(JSON.stringify(object)))
        expect(read).toEqual(JSON.parse(JSON.stringify({ ...object, metadata: { ...object.metadata, managedFields: [] } })))
      }),
    )
  })

  it.each([
    ['keys with escaped quotes, as of lists told apart by type', { managedFields: [{ fieldsV1: { 'k:{"type":"Ready"}': { '.': {} } } }] }],
    ['strings that end with a backslash', { managedFields: [{ manager: 'a\\' }, ']'], name: 'x' }],
  ])('loses %s too', (_, metadata) => {
    expect(JSON.parse(withoutManagedFields(JSON.stringify({ metadata })))).toEqual({ metadata: { ...metadata, managedFields: [] } })
  })

  it.each([
    ['an annotation that quotes some', { annotations: { applied: JSON.stringify({ managedFields: [1] }) } }],
    ['a key that ends like theirs', { 'my"managedFields': [1] }],
    ['none', { name: 'web-0' }],
  ])('is as it was with %s', (_, metadata) => {
    const text = JSON.stringify({ metadata })
    expect(withoutManagedFields(text)).toBe(text)
  })

  it('is left to the parser where it is cut off in the midst of them', () => {
    const text = '{"metadata":{"managedFields":[{"manager":"kube'
    expect(withoutManagedFields(text)).toBe(text)
  })
})
