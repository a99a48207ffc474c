import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromRequirements, matchesLabels } from './label-selector.ts'
import { createLabelsIndex } from './labels-index.ts'
import type { LabelRequirement, Labels, LabelSelector } from './labels.ts'
import { createSelectorIndex } from './selector-index.ts'

const key = fc.constantFrom('app', 'team', 'tier')
const value = fc.constantFrom('a', 'b', 'c')
const requirement: fc.Arbitrary<LabelRequirement> = fc.oneof(
  fc.record({ key, operator: fc.constantFrom('In', 'NotIn'), values: fc.uniqueArray(value, { minLength: 1, maxLength: 2 }) }),
  fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist'), values: fc.constant([]) }),
)
const selector: fc.Arbitrary<LabelSelector> = fc.oneof(
  { weight: 8, arbitrary: fc.array(requirement, { maxLength: 3 }).map(fromRequirements) },
  { weight: 1, arbitrary: fc.constant<LabelSelector>({ kind: 'nothing' }) },
  { weight: 1, arbitrary: fc.constant<LabelSelector>({ kind: 'invalid', problem: 'none' }) },
)
const labels: fc.Arbitrary<Labels> = fc.array(fc.tuple(key, value), { maxLength: 3 }).map(entries => new Map(entries))
/** Which of those added so far goes again, before the next comes. */
const goes = fc.option(fc.nat({ max: 9 }), { nil: undefined })

describe('what is found', () => {
  it('by labels is what a look at every selector finds, while selectors come and go', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(selector, goes, labels), { maxLength: 30 }), steps => {
        const index = createSelectorIndex<number>()
        const there = new Map<number, LabelSelector>()
        for (const [number, [each, gone, asked]] of steps.entries()) {
          index.add(each, number)
          there.set(number, each)
          if (gone !== undefined) {
            index.delete(gone)
            there.delete(gone)
          }
          const expected = [...there].filter(([, selecting]) => matchesLabels(selecting, asked)).map(([found]) => found)
          expect(index.matching(asked).toSorted((a, b) => a - b)).toEqual(expected)
          expect(index.isEmpty()).toBe(there.size === 0)
        }
      }),
    )
  })

  it('by a selector is what a look at all labels finds, while labels come and go', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(labels, goes, selector), { maxLength: 30 }), steps => {
        const index = createLabelsIndex()
        const added: Labels[] = []
        const there = new Set<Labels>()
        for (const [each, gone, asked] of steps) {
          index.add(each)
          added.push(each)
          there.add(each)
          const leaving = gone === undefined ? undefined : added[gone]
          if (leaving !== undefined) {
            index.delete(leaving)
            there.delete(leaving)
          }
          expect(new Set(index.matching(asked))).toEqual(new Set([...there].filter(standing => matchesLabels(asked, standing))))
        }
      }),
    )
  })
})
