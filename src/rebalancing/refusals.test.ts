import { describe, expect, it } from 'vitest'
import { clusterOf, makePod } from '../../test/support/builders.ts'
import { eviction } from '../../test/support/made-up-plans.ts'
import { refusalHolds, refusalText, refusedAgain, refusedPods, stillThere, type Refusal } from './refusals.ts'

const NOON = Date.parse('2026-11-21T12:00:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const asked = eviction(1)

/** What is known after the pod was refused so often, the last time at noon. */
function refused(times: number): Refusal {
  let known: readonly Refusal[] = []
  for (let n = 0; n < times; n++) known = [refusedAgain(known, asked, 'RefusedByWebhook', 'not on Fridays', NOON, 10 * MINUTE)]
  return known[0]!
}

describe('a pod that the API server refuses to evict', () => {
  it.each([
    [1, 10 * MINUTE],
    [2, 20 * MINUTE],
    [3, 40 * MINUTE],
    [8, 21 * HOUR + 20 * MINUTE],
    [9, 24 * HOUR],
    [2_000, 24 * HOUR],
  ])('rests longer each time, and never more than a day: %i times', (times, rest) => {
    expect(refused(times).until - NOON).toBe(rest)
  })

  it('has its workload rest for a cool-down each time', () => {
    for (const times of [1, 5]) {
      expect(refusalHolds([refused(times)], NOON + 10 * MINUTE - 1)).toMatchObject([{ ...asked.workload, until: NOON + 10 * MINUTE }])
      expect(refusalHolds([refused(times)], NOON + 10 * MINUTE)).toEqual([])
    }
  })

  it('stays out of plans as long as it rests itself, others of its workload do not', () => {
    const { uid } = asked

    expect(refusedPods([refused(2)], NOON + 20 * MINUTE - 1)).toEqual([
      { uid, reason: 'RefusedByWebhook', message: 'not on Fridays; it rests until 2026-11-21T12:20:00Z' },
    ])
    expect(refusedPods([refused(2)], NOON + 20 * MINUTE)).toEqual([])
  })

  it('is told with what rests how long', () => {
    expect([1, 2].map(times => refusalText(refused(times)))).toEqual([
      'not on Fridays; its workload rests until 2026-11-21T12:10:00Z',
      'not on Fridays; its workload rests until 2026-11-21T12:10:00Z, the pod until 2026-11-21T12:20:00Z',
    ])
  })

  it('never rests for less than its workload, be the cool-down longer than a day', () => {
    const refusal = refusedAgain([], asked, 'EvictionInvalid', 'no', NOON, 48 * HOUR)

    expect(refusal.until).toBe(refusal.workloadUntil)
  })

  it('is forgotten once it is gone', () => {
    const known = [refused(1)]

    expect(stillThere(known, clusterOf([makePod(asked.pod, { uid: asked.uid })]))).toEqual(known)
    expect(stillThere(known, clusterOf([makePod(asked.pod, { uid: 'another' })]))).toEqual([])
    expect(stillThere(known, clusterOf([]))).toEqual([])
  })
})
