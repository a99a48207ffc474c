import { describe, expect, it } from 'vitest'
import { clusterOf, makePod } from '../../test/support/builders.ts'
import { eviction } from '../../test/support/made-up-plans.ts'
import { budgetRecord } from '../../test/support/records.ts'
import type { BudgetRecord } from '../cluster/budget.ts'
import { deferralOf, inForce, type Deferral } from './deferrals.ts'
import { answerOf } from './outcomes.ts'
import type { EvictionOutcome } from './ports.ts'

const NOW = 1_000_000
const COOL_DOWN = 600_000
const asked = eviction(1)
const budget = budgetRecord({ name: 'web' })
const message = 'as the server put it'

const answer = (outcome: EvictionOutcome, budgets: readonly BudgetRecord[] = [budget]) =>
  answerOf(outcome, asked, { budgets, refusals: [], now: NOW, coolDown: COOL_DOWN })

/** Which evictions an answer defers, and for how long: seconds, or 'change' of the budget. */
function deferred(
  outcome: EvictionOutcome,
  budgets?: readonly BudgetRecord[],
): readonly [pods: string, lasts: number | string] | undefined {
  const { consequence } = answer(outcome, budgets)
  if (consequence.kind !== 'defer') return undefined
  const { scope, lifts } = consequence.deferral
  switch (lifts.kind) {
    case 'at':
      return [scope.kind, (lifts.time - NOW) / 1000]
    case 'budgetChanges':
      return [scope.kind, 'change']
  }
}

describe('what an answer means', () => {
  it.each<[EvictionOutcome, string, string]>([
    [{ kind: 'Accepted' }, 'evicted', 'Evicted'],
    [{ kind: 'Lost', message }, 'unknown', 'AnswerLost'],
    [{ kind: 'Gone' }, 'replan', 'PodGone'],
    [{ kind: 'Replaced', message }, 'replan', 'PodReplaced'],
    [{ kind: 'Throttled', retryAfterMs: 7_000, message }, 'slowDown', 'Throttled'],
    [{ kind: 'Forbidden', message }, 'stop', 'EvictionForbidden'],
    [{ kind: 'RefusedByWebhook', message }, 'rest', 'RefusedByWebhook'],
    [{ kind: 'Invalid', message }, 'rest', 'EvictionInvalid'],
    [{ kind: 'SeveralBudgets', message }, 'rest', 'SeveralBudgets'],
  ])('$kind', (outcome, consequence, reason) => {
    expect(answer(outcome)).toMatchObject({ consequence: { kind: consequence }, reason })
  })

  it.each<[EvictionOutcome, readonly [string, number | string]]>([
    [{ kind: 'BudgetExhausted', message }, ['budgets', 'change']],
    [{ kind: 'BudgetLagging', retryAfterMs: 10_000, message }, ['budgets', 10]],
    [{ kind: 'Conflict', message }, ['budgets', 10]],
  ])('$kind asks to wait', (outcome, expected) => {
    expect(deferred(outcome)).toEqual(expected)
  })

  it('a budget that is not in our cache cannot be seen changing, so time must do', () => {
    expect(deferred({ kind: 'BudgetExhausted', message }, [])).toEqual(['pod', 30])
    expect(deferred({ kind: 'Conflict', message }, [])).toEqual(['pod', 10])
  })

  it('says which permission is missing', () => {
    expect(answer({ kind: 'Forbidden', message }).message).toContain('create pods/eviction in namespace shop')
  })
})

describe('deferrals', () => {
  const of = (scope: Deferral['scope'], lifts: Deferral['lifts'] = { kind: 'at', time: NOW + 1 }): Deferral => ({
    reason: 'BudgetExhausted',
    message,
    scope,
    lifts,
  })
  const onePod = { kind: 'pod', namespace: asked.namespace, name: asked.pod, uid: asked.uid } as const
  const cluster = clusterOf([makePod(asked.pod, { uid: asked.uid })])
  const sibling = eviction(2)
  const stranger = eviction(3, { workload: { kind: 'Deployment', name: 'cart' } })

  it.each<[string, Deferral['scope'], readonly boolean[]]>([
    ['a pod', onePod, [true, false, false]],
    ['a budget and whatever it covers', { kind: 'budgets', namespace: 'shop', names: ['web'] }, [true, true, true]],
    ['a budget of the same name elsewhere', { kind: 'budgets', namespace: 'other', names: ['web'] }, [false, false, false]],
  ])('concern %s', (_, scope, expected) => {
    expect([asked, sibling, stranger].map(one => deferralOf([of(scope)], one, ['web']) !== undefined)).toEqual(expected)
  })

  it('end with the pod they are about', () => {
    const waiting = of(onePod)

    expect(inForce([waiting], cluster, NOW)).toEqual([waiting])
    expect(inForce([waiting], clusterOf([]), NOW)).toEqual([])
    expect(inForce([waiting], clusterOf([makePod(asked.pod, { uid: 'another' })]), NOW)).toEqual([])
  })

  it('end with their time', () => {
    const until = of(onePod, { kind: 'at', time: NOW })

    expect(inForce([until], cluster, NOW - 1)).toEqual([until])
    expect(inForce([until], cluster, NOW)).toEqual([])
  })

  it('end when the budget is another than it was, or gone', () => {
    const waiting = of({ kind: 'budgets', namespace: 'shop', names: ['web'] }, { kind: 'budgetChanges', seen: [budget] })
    const changed = { ...budget, status: { ...budget.status, disruptionsAllowed: 2 } }

    expect(inForce([waiting], clusterOf([budget]), NOW)).toEqual([waiting])
    expect(inForce([waiting], clusterOf([changed]), NOW)).toEqual([])
    expect(inForce([waiting], clusterOf([]), NOW)).toEqual([])
  })
})
