import { describe, expect, it } from 'vitest'
import { clusterOf, makePod } from '../../test/support/builders.ts'
import { eviction, group, plan } from '../../test/support/made-up-plans.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { Plan } from '../planning/plan-types.ts'
import type { Admission } from './admission.ts'
import { revalidate } from './revalidate.ts'

const asked = eviction(1)
const pod = makePod(asked.pod, { uid: asked.uid, nodeName: asked.node })
const skewed = group({ 'az-a': 3, 'az-c': 0 })
const stillPlanned = plan([skewed], [asked])

function check(found: PodRecord | undefined, newest: Plan, waiting: Admission['waiting'] = []): string {
  return revalidate(asked, clusterOf(found === undefined ? [] : [found]), newest, { admitted: [], waiting }).kind
}

describe('an eviction about to be sent', () => {
  it.each<[string, string, string]>([
    ['is sent when nothing has changed', check(pod, stillPlanned), 'confirmed'],
    ['not when the pod is gone', check(undefined, stillPlanned), 'gone'],
    ['not when another pod has its name', check({ ...pod, uid: 'another' }, stillPlanned), 'gone'],
    ['not when the pod is terminating', check({ ...pod, deletedAt: 1 }, stillPlanned), 'gone'],
    ['not when the pod runs elsewhere', check({ ...pod, nodeName: 'node-b-1' }, stillPlanned), 'gone'],
    ['not when the group is balanced by now', check(pod, plan([group({ 'az-a': 1, 'az-c': 1 })])), 'churn'],
    ['not when another pod is to go instead', check(pod, plan([skewed], [eviction(2)])), 'churn'],
    ['not when its group waits', check(pod, plan([{ ...skewed, status: 'Held', reason: 'DomainOutage' }])), 'scheduling'],
    ['not when no landing helps any more', check(pod, plan([{ ...skewed, status: 'Blocked', reason: 'NoLanding' }])), 'scheduling'],
    [
      'not when the budget is spent by now',
      check(pod, stillPlanned, [{ eviction: asked, reason: 'BudgetExhausted', message: '' }]),
      'budget',
    ],
  ])('%s', (_, withdrawn, expected) => {
    expect(withdrawn).toBe(expected)
  })

  it('is sent as the newest plan has it: by now it may land elsewhere, for another constraint', () => {
    const newer = eviction(1, { toDomain: 'az-b', toDomains: ['az-b'], groups: ['another'] })
    const verdict = revalidate(asked, clusterOf([pod]), plan([skewed], [newer]), { admitted: [newer], waiting: [] })
    expect(verdict).toEqual({ kind: 'confirmed', eviction: newer })
  })
})
