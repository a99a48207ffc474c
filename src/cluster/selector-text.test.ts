import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseLabelSelector } from './label-selector.ts'
import { parseSelectorText, selectorText } from './selector-text.ts'

const isIn = (key: string, ...values: string[]): unknown => ({ key, operator: 'In', values })
const notIn = (key: string, ...values: string[]): unknown => ({ key, operator: 'NotIn', values })

describe('parseSelectorText', () => {
  it.each<[string, readonly unknown[]]>([
    ['', []],
    ['  ', []],
    ['app=web', [isIn('app', 'web')]],
    ['app==web', [isIn('app', 'web')]],
    [' app = web ', [isIn('app', 'web')]],
    ['app!=web', [notIn('app', 'web')]],
    ['app=', [isIn('app', '')]],
    ['a=,b=c', [isIn('a', ''), isIn('b', 'c')]],
    ['app in (web, api)', [isIn('app', 'web', 'api')]],
    ['app in(web)', [isIn('app', 'web')]],
    ['app notin (web)', [notIn('app', 'web')]],
    ['app in ()', [isIn('app', '')]],
    ['app in (,web)', [isIn('app', '', 'web')]],
    ['app in (in,notin)', [isIn('app', 'in', 'notin')]],
    ['app', [{ key: 'app', operator: 'Exists' }]],
    ['!app', [{ key: 'app', operator: 'DoesNotExist' }]],
    ['! app', [{ key: 'app', operator: 'DoesNotExist' }]],
    ['example.com/a=b,!c,d', [isIn('example.com/a', 'b'), { key: 'c', operator: 'DoesNotExist' }, { key: 'd', operator: 'Exists' }]],
  ])('%j', (text, expressions) => {
    expect(parseSelectorText(text)).toEqual(parseLabelSelector({ matchExpressions: expressions }))
  })

  it.each([
    [',', 'expected a label key, found ","'],
    ['a,', 'expected a label key, found the end'],
    ['a,,b', 'expected a label key, found ","'],
    ['=b', 'expected a label key, found "="'],
    ['in (a)', 'expected a label key, found "in"'],
    ['a b', 'expected an operator, found "b"'],
    ['a in b', 'expected "(", found "b"'],
    ['a in (b', 'expected ")", found the end'],
    ['a in (b c)', 'expected ")", found "c"'],
    ['a=b c', 'expected a comma, found "c"'],
    ['!a=b', 'expected a comma, found "="'],
    ['a!b', 'expected an operator, found "!"'],
    ['a>1', '`a>1` is not a label key'],
    ['a/b/c', 'is not a label key'],
    ['a=b/c', 'is not a label value'],
  ])('refuses %j in one line', (text, sentence) => {
    expect(() => parseSelectorText(text)).toThrow(sentence)
    expect(() => parseSelectorText(text)).toThrow(/^[^\n]+$/)
  })

  it('says what is legal', () => {
    expect(() => parseSelectorText('a b')).toThrow('key notin (a,b)')
  })

  it('reads back whatever is written in its form', () => {
    const word = fc.stringMatching(/^[a-z]([-a-z0-9_.]{0,8}[a-z0-9])?$/).filter(text => text !== 'in' && text !== 'notin')
    const expression = fc.record({
      key: word,
      operator: fc.constantFrom('In', 'NotIn'),
      values: fc.array(word, { minLength: 1, maxLength: 3 }),
    })
    fc.assert(
      fc.property(fc.array(expression), expressions => {
        const text = expressions.map(({ key, operator, values }) => `${key} ${operator.toLowerCase()} (${values.join(',')})`).join(',')

        expect(parseSelectorText(text)).toEqual(parseLabelSelector({ matchExpressions: expressions }))
      }),
    )
  })
})

describe('selectorText', () => {
  it.each(['app=web', 'app!=web', 'app in (api,web)', 'app notin (api,web)', 'app', '!app', '!frozen,app=web,tier in (a,b)'])(
    '%s is read back as it was',
    text => {
      expect(parseSelectorText(selectorText(parseSelectorText(text)))).toEqual(parseSelectorText(text))
    },
  )
})
