import { describe, expect, it } from 'vitest'
import { eviction, group, plan } from '../../test/support/made-up-plans.ts'
import type { GroupPlan } from '../planning/plan-types.ts'
import type { Admission } from './admission.ts'
import { statementsOf } from './statements.ts'

const NONE: Admission = { admitted: [], waiting: [] }

/** Reasons with the messages; in brackets what is worth saying only after something else. */
function said(groups: readonly GroupPlan[], admission: Admission = NONE): readonly string[] {
  return statementsOf(plan(groups), admission, [], false).map(({ occurrence: { reason, message }, quiet }) =>
    quiet === true ? `(${reason})` : `${reason}: ${message}`,
  )
}

describe('what a pass says of a group', () => {
  it.each<[string, GroupPlan, string]>([
    ['over maxSkew', group({ a: 3, b: 0 }, { message: '2 evictions restore it' }), 'MovesPlanned: shop/web: 2 evictions restore it'],
    ['within maxSkew', group({ a: 2, b: 2 }), '(WithinMaxSkew)'],
    ['within maxSkew and resting', group({ a: 2, b: 2 }, { status: 'Held', reason: 'CoolingDown' }), '(WithinMaxSkew)'],
    [
      'of which a domain is down, so that its counts say little',
      group({ a: 2, b: 2 }, { status: 'Held', reason: 'DomainOutage' }),
      '(DomainOutage)',
    ],
  ])('%s', (_, one, expected) => {
    expect(said([one])).toEqual([expected])
  })
})

describe('what a pass says of evictions that wait', () => {
  it('is the reason of the first of each workload that does not merely come later', () => {
    const waiting = (['LaterWave', 'BudgetExhausted', 'NodeCap'] as const).map((reason, index) => ({
      eviction: eviction(index + 1),
      reason,
      message: 'no disruption is allowed now',
    }))

    expect(said([], { admitted: [], waiting })).toEqual(['BudgetExhausted: shop/web: no disruption is allowed now'])
  })
})

it('a domain that settles is told when it is back, not when it goes', () => {
  const hold = { topologyKey: 'zone', domain: 'c', reason: 'DomainSettling', message: 'zone=c accepts pods later' } as const
  const told = (until: number | undefined): readonly string[] =>
    statementsOf(plan([]), NONE, [{ ...hold, until }], false).map(({ occurrence }) => occurrence.message)

  expect(told(undefined)).toEqual([])
  expect(told(1)).toEqual(['zone=c accepts pods later'])
})
