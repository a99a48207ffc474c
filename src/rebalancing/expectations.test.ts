import { expect, it } from 'vitest'
import { clusterOf, makePod } from '../../test/support/builders.ts'
import { eviction } from '../../test/support/made-up-plans.ts'
import { budgetRecord } from '../../test/support/records.ts'
import { expectationOf, heed } from './expectations.ts'

it('a budget shows the evictions that its status names, in its namespace', () => {
  const status = { ...budgetRecord().status, disruptedPods: new Map([['web-0', 1]]) }
  const expectations = ['web-0', 'web-1'].map(pod => expectationOf(eviction(1, { pod }), makePod(pod), ['budget'], 0))
  const shown = (after: ReturnType<typeof budgetRecord>): readonly boolean[] =>
    heed(expectations, { kind: 'PodDisruptionBudget', key: '', before: undefined, after }, clusterOf([])).map(
      ({ budgetShows }) => budgetShows,
    )

  expect(shown(budgetRecord({ status }))).toEqual([true, false])
  expect(shown(budgetRecord({ status, namespace: 'other' }))).toEqual([false, false])
})

it('what is there when a victim begins to leave is no replacement of it', () => {
  const controller = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'web' }
  const [victim, other] = ['web-0', 'web-1'].map(name => makePod(name, { controller }))
  const unseenUntilNow = makePod('web-2', { controller, createdAt: 90_000 })
  if (victim === undefined || other === undefined) throw new Error('there are two')
  const expectations = [victim, other].map(pod =>
    expectationOf(eviction(1, { pod: pod.name, uid: pod.uid, controllerUid: 'web' }), pod, [], 100_000),
  )
  const cluster = clusterOf([victim, other, unseenUntilNow])
  const excluded = (after: typeof victim | undefined): readonly (readonly string[])[] =>
    heed(expectations, { kind: 'Pod', key: '', before: victim, after }, cluster).map(({ notReplacements }) => notReplacements)

  expect(excluded({ ...victim, ready: false })).toEqual([[], []])
  expect(excluded({ ...victim, deletedAt: 130_000 })).toEqual([[unseenUntilNow.uid], []])
  expect(excluded(undefined)).toEqual([[unseenUntilNow.uid], []])
})
