import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesLabels, parseLabelSelector, selectorFromLabels, selectorKey, withRequirements } from './label-selector.ts'
import type { LabelRequirement, Labels, LabelSelector } from './labels.ts'

const labels = (object: Readonly<Record<string, string>>): Labels => new Map(Object.entries(object))

const word = fc.constantFrom('a', 'b', 'c', 'app', 'constructor')
const requirement: fc.Arbitrary<LabelRequirement> = fc.oneof(
  fc.record({
    key: word,
    operator: fc.constantFrom('In' as const, 'NotIn' as const),
    values: fc.array(word, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ key: word, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const), values: fc.constant([]) }),
)
const someLabels = fc.dictionary(word, word).map(labels)

describe('parseLabelSelector', () => {
  it('tells the absent selector from the empty one', () => {
    expect(parseLabelSelector(undefined)).toEqual({ kind: 'nothing' })
    expect(parseLabelSelector(null)).toEqual({ kind: 'nothing' })
    expect(parseLabelSelector({})).toEqual({ kind: 'everything' })
    expect(parseLabelSelector({ matchLabels: {}, matchExpressions: [] })).toEqual({ kind: 'everything' })
    expect(parseLabelSelector({ matchLabels: null, matchExpressions: null })).toEqual({ kind: 'everything' })
  })

  it('brings every spelling of a selector into one canonical form', () => {
    const expected = {
      kind: 'requirements',
      requirements: [
        { key: 'app', operator: 'In', values: ['web'] },
        { key: 'tier', operator: 'NotIn', values: ['x', 'y'] },
      ],
    }

    expect(
      parseLabelSelector({ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['y', 'x', 'y'] }] }),
    ).toEqual(expected)
    expect(
      parseLabelSelector({
        matchExpressions: [
          { key: 'tier', operator: 'NotIn', values: ['x', 'y'] },
          { key: 'app', operator: 'In', values: ['web'] },
          { key: 'app', operator: 'In', values: ['web'] },
        ],
      }),
    ).toEqual(expected)
  })

  it.each([
    ['an unknown operator', { matchExpressions: [{ key: 'a', operator: 'Matches', values: ['b'] }] }, 'In, NotIn, Exists, DoesNotExist'],
    ['a node operator', { matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] }, 'In, NotIn, Exists, DoesNotExist'],
    ['In without values', { matchExpressions: [{ key: 'a', operator: 'In' }] }, 'Exists and DoesNotExist'],
    ['NotIn with an empty list', { matchExpressions: [{ key: 'a', operator: 'NotIn', values: [] }] }, 'at least one value'],
    ['Exists with values', { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] }, 'takes no values'],
    ['a missing key', { matchExpressions: [{ operator: 'Exists' }] }, 'label key'],
    ['a key that no object can have', { matchLabels: { 'a b': 'c' } }, 'label key'],
    ['a value that no object can have', { matchLabels: { a: 'b c' } }, 'label value'],
    ['a value too long', { matchLabels: { a: 'x'.repeat(64) } }, 'label value'],
    ['a number as value', { matchLabels: { a: 1 } }, 'label value'],
    ['values that are no list', { matchExpressions: [{ key: 'a', operator: 'In', values: 'b' }] }, 'must be a list'],
    ['an expression that is no object', { matchExpressions: ['a=b'] }, 'matchExpressions[0]'],
    ['matchLabels that is no object', { matchLabels: 'a=b' }, 'matchLabels'],
    ['matchExpressions that is no list', { matchExpressions: {} }, 'matchExpressions'],
    ['a text', 'a=b', 'must be an object'],
    ['a list', [], 'must be an object'],
  ])('refuses %s, and such a selector matches nothing', (_, raw, sentence) => {
    const selector = parseLabelSelector(raw)

    expect(selector).toMatchObject({ kind: 'invalid', problem: expect.stringContaining(sentence) })
    expect(matchesLabels(selector, labels({ a: 'b' }))).toBe(false)
    expect(matchesLabels(selector, labels({}))).toBe(false)
  })

  it('accepts keys and values as long and odd as the API does', () => {
    const selector = parseLabelSelector({
      matchLabels: { [`${'p'.repeat(253)}/${'n'.repeat(63)}`]: '', 'example.com/A_b.c-9': 'x'.repeat(63), constructor: 'toString' },
    })

    expect(selector.kind).toBe('requirements')
  })
})

describe('matchesLabels', () => {
  it.each<[string, Readonly<Record<string, unknown>>, Readonly<Record<string, string>>, boolean]>([
    ['In, value listed', { key: 'a', operator: 'In', values: ['x', 'y'] }, { a: 'y' }, true],
    ['In, other value', { key: 'a', operator: 'In', values: ['x', 'y'] }, { a: 'z' }, false],
    ['In, key absent', { key: 'a', operator: 'In', values: ['x'] }, {}, false],
    ['In, key only on the prototype', { key: 'constructor', operator: 'In', values: ['x'] }, {}, false],
    ['NotIn, value listed', { key: 'a', operator: 'NotIn', values: ['x'] }, { a: 'x' }, false],
    ['NotIn, other value', { key: 'a', operator: 'NotIn', values: ['x'] }, { a: 'z' }, true],
    ['NotIn, key absent', { key: 'a', operator: 'NotIn', values: ['x'] }, {}, true],
    ['Exists, empty value', { key: 'a', operator: 'Exists' }, { a: '' }, true],
    ['Exists, key absent', { key: 'a', operator: 'Exists' }, { b: '' }, false],
    ['DoesNotExist, key there', { key: 'a', operator: 'DoesNotExist' }, { a: 'x' }, false],
    ['DoesNotExist, key absent', { key: 'a', operator: 'DoesNotExist' }, {}, true],
  ])('%s', (_, expression, object, expected) => {
    expect(matchesLabels(parseLabelSelector({ matchExpressions: [expression] }), labels(object))).toBe(expected)
  })

  it('nothing matches no labels and everything matches all', () => {
    expect(matchesLabels({ kind: 'nothing' }, labels({}))).toBe(false)
    expect(matchesLabels({ kind: 'everything' }, labels({}))).toBe(true)
  })

  it('is the AND of the requirements, one by one', () => {
    fc.assert(
      fc.property(fc.array(requirement), someLabels, (requirements, object) => {
        const one = (requirement: LabelRequirement): boolean =>
          matchesLabels(parseLabelSelector({ matchExpressions: [requirement] }), object)

        expect(matchesLabels(parseLabelSelector({ matchExpressions: requirements }), object)).toBe(requirements.every(one))
      }),
    )
  })

  it('a selector made of labels matches exactly the supersets of those labels', () => {
    fc.assert(
      fc.property(someLabels, someLabels, (wanted, object) => {
        const superset = [...wanted].every(([key, value]) => object.get(key) === value)

        expect(matchesLabels(selectorFromLabels(wanted), object)).toBe(superset)
      }),
    )
  })
})

describe('selectorKey', () => {
  it('is equal exactly when the selectors mean the same list of requirements', () => {
    fc.assert(
      fc.property(fc.uniqueArray(requirement), requirement, (requirements, more) => {
        const selector = parseLabelSelector({ matchExpressions: requirements })
        const reversed = parseLabelSelector({ matchExpressions: requirements.toReversed() })
        const extended = withRequirements(selector, [more])

        expect(selectorKey(reversed)).toBe(selectorKey(selector))
        expect(selectorKey(extended) === selectorKey(selector)).toBe(extended.kind === selector.kind && size(extended) === size(selector))
      }),
    )
  })

  it('cannot be forged by hostile labels, which may hold any text', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), fc.dictionary(fc.string(), fc.string()), (left, right) => {
        const keys = Object.keys(left)
        const same = keys.length === Object.keys(right).length && keys.every(key => Object.hasOwn(right, key) && right[key] === left[key])

        expect(selectorKey(selectorFromLabels(labels(left))) === selectorKey(selectorFromLabels(labels(right)))).toBe(same)
      }),
    )
    expect(selectorKey(selectorFromLabels(labels({ a: 'b","In",["c' })))).not.toBe(selectorKey(selectorFromLabels(labels({ a: 'b' }))))
  })

  it('tells nothing, everything and invalid apart', () => {
    const keys = [undefined, {}, { matchLabels: 1 }, { matchLabels: { nothing: '' } }].map(raw => selectorKey(parseLabelSelector(raw)))

    expect(new Set(keys).size).toBe(keys.length)
  })
})

describe('withRequirements', () => {
  const revision: LabelRequirement = { key: 'pod-template-hash', operator: 'In', values: ['5d9'] }

  it('leaves nothing and invalid as they are', () => {
    const invalid = parseLabelSelector('no selector')

    expect(withRequirements({ kind: 'nothing' }, [revision])).toEqual({ kind: 'nothing' })
    expect(withRequirements(invalid, [revision])).toBe(invalid)
  })

  it('turns everything into the requirements', () => {
    expect(withRequirements({ kind: 'everything' }, [revision])).toEqual({ kind: 'requirements', requirements: [revision] })
    expect(withRequirements({ kind: 'everything' }, [])).toEqual({ kind: 'everything' })
  })

  it('comes out the same whether or not the API server has merged matchLabelKeys already', () => {
    const template = parseLabelSelector({ matchLabels: { app: 'web' } })
    const live = parseLabelSelector({ matchLabels: { app: 'web' }, matchExpressions: [revision] })

    expect(withRequirements(live, [revision])).toEqual(live)
    expect(withRequirements(template, [revision])).toEqual(live)
  })

  it('is the AND, in any order and any number of times', () => {
    fc.assert(
      fc.property(fc.array(requirement), fc.array(requirement), someLabels, (left, right, object) => {
        const first = parseLabelSelector({ matchExpressions: left })
        const second = parseLabelSelector({ matchExpressions: right })
        const both = withRequirements(first, right)

        expect(matchesLabels(both, object)).toBe(matchesLabels(first, object) && matchesLabels(second, object))
        expect(withRequirements(second, left)).toEqual(both)
        expect(withRequirements(both, right)).toEqual(both)
      }),
    )
  })
})

function size(selector: LabelSelector): number {
  return selector.kind === 'requirements' ? selector.requirements.length : 0
}
