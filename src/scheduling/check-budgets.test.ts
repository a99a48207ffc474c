import { describe, expect, it } from 'vitest'
import { clusterOf, makePod, selecting } from '../../test/support/builders.ts'
import { budgetRecord } from '../../test/support/records.ts'
import type { BudgetRecord } from '../cluster/budget.ts'
import { budgetDifferences } from './check-budgets.ts'

const pod = makePod('web-1', { labels: { app: 'web' } })
const web = budgetRecord({ name: 'web', uid: 'budget-web', selector: selecting({ app: 'web' }) })
const cluster = clusterOf([pod, web, budgetRecord({ name: 'db', uid: 'budget-db', selector: selecting({ app: 'db' }) })])

const found = (...covering: readonly BudgetRecord[]) => budgetDifferences({ ...cluster, budgetsCovering: () => covering }, pod)

describe('what is held of budgets', () => {
  it('does not differ where it names the budgets whose selector matches', () => {
    expect(budgetDifferences(cluster, pod)).toEqual([])
  })

  it('differs where it misses one', () => {
    expect(found()).toEqual([
      {
        view: 'budgets',
        about: 'shop/web',
        held: 'not to cover pod web-1',
        counted: 'to cover pod web-1 (budget-web, generation 1) and to allow 1',
      },
    ])
  })

  it('differs where it has one too many', () => {
    expect(found(web, budgetRecord({ name: 'gone', uid: 'budget-gone' }))).toEqual([
      {
        view: 'budgets',
        about: 'shop/gone',
        held: 'to cover pod web-1 (budget-gone, generation 1) and to allow 1',
        counted: 'not to cover pod web-1',
      },
    ])
  })

  it('differs where it allows what the budget no longer does', () => {
    const earlier = { ...web, status: { ...web.status, disruptionsAllowed: 3 } }
    expect(found(earlier)).toEqual([
      expect.objectContaining({
        about: 'shop/web',
        held: 'to cover pod web-1 (budget-web, generation 1) and to allow 3',
        counted: 'to cover pod web-1 (budget-web, generation 1) and to allow 1',
      }),
    ])
  })
})
