import { describe, expect, it } from 'vitest'
import { makeWorkload } from '../../test/support/builders.ts'
import { timestamp } from '../cluster/timestamp.ts'
import type { WorkloadKind, WorkloadRecord } from '../cluster/workload.ts'
import { createScaleWatch, type ScaleWatch } from './scale-watch.ts'

const MINUTE = 60_000
const START = Date.parse('2026-01-01T12:00:00Z')

/** A watch with a cool-down of ten minutes, and a clock to turn. */
function watching(): { watch: ScaleWatch; clock: { minutes: number; setBy: number } } {
  const clock = { minutes: 0, setBy: 0 }
  const watch = createScaleWatch(10 * MINUTE, {
    now: () => START + clock.minutes * MINUTE + clock.setBy,
    monotonic: () => clock.minutes * MINUTE,
  })
  return { watch, clock }
}

const web = (replicas: number, fields: Partial<WorkloadRecord> = {}, kind: WorkloadKind = 'Deployment'): WorkloadRecord =>
  makeWorkload(kind, 'web', { replicas, ...fields })

const change = (before: WorkloadRecord | undefined, after: WorkloadRecord | undefined) => ({
  kind: (after ?? before ?? web(0)).kind,
  key: 'shop/web',
  before,
  after,
})

describe('a workload whose scale changed a moment ago', () => {
  it('is held for the cool-down, by the clock that nobody sets', () => {
    const { watch, clock } = watching()
    watch.note(change(web(6), web(4)))
    clock.minutes = 4
    clock.setBy = -60 * MINUTE
    const until = START + (10 - 60) * MINUTE
    expect(watch.holds()).toEqual([
      {
        namespace: 'shop',
        kind: 'Deployment',
        name: 'web',
        reason: 'ScaledRecently',
        until,
        message: `it was scaled from 6 to 4 and rests until ${timestamp(until)}`,
      },
    ])
    clock.minutes = 10
    expect(watch.holds()).toEqual([])
  })

  it('is held anew when it is scaled again', () => {
    const { watch, clock } = watching()
    watch.note(change(web(6), web(4)))
    clock.minutes = 8
    watch.note(change(web(4), web(9)))
    clock.minutes = 12
    expect(watch.holds().map(({ message }) => message.slice(0, 26))).toEqual(['it was scaled from 4 to 9 '])
  })

  const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'shop-web', uid: 'rollout', controller: true }

  it.each<[string, WorkloadRecord | undefined, WorkloadRecord | undefined, readonly string[]]>([
    ['a StatefulSet', web(6, {}, 'StatefulSet'), web(4, {}, 'StatefulSet'), ['StatefulSet web']],
    ['a ReplicaSet of nobody', web(6, {}, 'ReplicaSet'), web(4, {}, 'ReplicaSet'), ['ReplicaSet web']],
    [
      'a ReplicaSet of a custom owner, by the name of that',
      web(6, { controller: owner }, 'ReplicaSet'),
      web(4, { controller: owner }, 'ReplicaSet'),
      ['Rollout shop-web'],
    ],
    [
      'no ReplicaSet of a Deployment, which its rollouts scale',
      web(6, { controller: { ...owner, kind: 'Deployment' } }, 'ReplicaSet'),
      web(4, { controller: { ...owner, kind: 'Deployment' } }, 'ReplicaSet'),
      [],
    ],
    ['nothing that has just appeared', undefined, web(4), []],
    ['nothing that is gone', web(4), undefined, []],
    ['nothing that was deleted and made anew', web(6, { uid: 'old' }), web(4, { uid: 'new' }), []],
    ['nothing that changed otherwise', web(6), web(6, { generation: 2 }), []],
    ['no Job', web(6, {}, 'Job'), web(4, {}, 'Job'), []],
  ])('may be %s', (_case, before, after, held) => {
    const { watch } = watching()
    watch.note(change(before, after))
    expect(watch.holds().map(({ kind, name }) => `${kind} ${name}`)).toEqual(held)
  })
})
