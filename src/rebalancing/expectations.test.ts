import { expect, it } from 'vitest'
import { makePod } from '../../test/support/builders.ts'
import { eviction } from '../../test/support/made-up-plans.ts'
import { budgetRecord } from '../../test/support/records.ts'
import { expectationOf, markShown } from './expectations.ts'

it('a budget shows the evictions that its status names, in its namespace', () => {
  const status = { ...budgetRecord().status, disruptedPods: new Map([['web-0', 1]]) }
  const expectations = ['web-0', 'web-1'].map(pod => expectationOf(eviction(1, { pod }), makePod(pod), ['budget'], 0))
  const shown = (budget: ReturnType<typeof budgetRecord>): readonly boolean[] =>
    markShown(expectations, budget).map(({ budgetShows }) => budgetShows)

  expect(shown(budgetRecord({ status }))).toEqual([true, false])
  expect(shown(budgetRecord({ status, namespace: 'other' }))).toEqual([false, false])
})
