import { describe, expect, it } from 'vitest'
import { costChange, deletionCostOf, hasOwnTrace, parseDeletionCost } from './deletion-cost.ts'

const COST = 'controller.kubernetes.io/pod-deletion-cost'
const SET = 'respread.io/deletion-cost-set'

describe('the deletion cost of a pod is', () => {
  it.each([
    ['none, without annotations', {}, { kind: 'none' }],
    ['our own, while it is the one we wrote', { [COST]: '-4', [SET]: '-4' }, { kind: 'own', value: -4 }],
    ["somebody else's, where we wrote none", { [COST]: '7' }, { kind: 'foreign', value: 7 }],
    ["somebody else's, once they changed ours", { [COST]: '7', [SET]: '-4' }, { kind: 'foreign', value: 7 }],
    ["somebody else's, once they took ours away", { [SET]: '-4' }, { kind: 'foreign', value: 0 }],
    ["somebody else's 0, where it is no number", { [COST]: '+7' }, { kind: 'foreign', value: 0 }],
  ] as const)('%s', (_, annotations, cost) => {
    expect(deletionCostOf(new Map(Object.entries(annotations)))).toEqual(cost)
  })
})

describe('a change of the cost', () => {
  it.each([
    ['sets one where there is none', {}, -4, { kind: 'write', annotations: { [COST]: '-4', [SET]: '-4' } }],
    ['replaces our own', { [COST]: '-4', [SET]: '-4' }, -3, { kind: 'write', annotations: { [COST]: '-3', [SET]: '-3' } }],
    ['has nothing to do where it is as wanted', { [COST]: '-4', [SET]: '-4' }, -4, { kind: 'unchanged' }],
    ["leaves somebody else's alone", { [COST]: '7' }, -4, { kind: 'foreign' }],
    ['leaves alone what they changed', { [COST]: '7', [SET]: '-4' }, -4, { kind: 'foreign' }],
    ['does not set again what they took away', { [SET]: '-4' }, -4, { kind: 'foreign' }],
    ['takes our own back', { [COST]: '-4', [SET]: '-4' }, undefined, { kind: 'write', annotations: { [COST]: null, [SET]: null } }],
    [
      'takes back our trace beside what they changed',
      { [COST]: '7', [SET]: '-4' },
      undefined,
      { kind: 'write', annotations: { [SET]: null } },
    ],
    ['has nothing to take back where we wrote none', { [COST]: '7' }, undefined, { kind: 'unchanged' }],
  ] as const)('%s', (_, annotations, wanted, change) => {
    expect(costChange(new Map(Object.entries(annotations)), wanted)).toEqual(change)
  })

  it('leaves no trace once it is taken back', () => {
    expect(hasOwnTrace(new Map([[SET, '-4']]))).toBe(true)
    expect(hasOwnTrace(new Map([[COST, '7']]))).toBe(false)
  })
})

it.each([
  ['0', 0],
  ['-10', -10],
  ['-007', -7],
  ['2147483647', 2_147_483_647],
  ['-2147483648', -2_147_483_648],
  ['2147483648', undefined],
  ['01', undefined],
  ['+1', undefined],
  ['1.5', undefined],
  ['', undefined],
])('the text "%s" is read as upstream reads it', (text, value) => {
  expect(parseDeletionCost(text)).toBe(value)
})
