import { describe, expect, it } from 'vitest'
import { clusterOf } from '../../test/support/builders.ts'
import type { AutoscalerRecord } from '../cluster/other-records.ts'
import { workloadKey, type OfWorkload } from '../planning/workload-key.ts'
import { coolDownHolds, dropOver, leftInRound, refund, scaledRecently, spend, touch, type Round } from './cool-downs.ts'

const MINUTE = 60_000
const COOL_DOWN = 10 * MINUTE
const WEB: OfWorkload = { namespace: 'shop', workload: { kind: 'Deployment', name: 'web' } }
const CART: OfWorkload = { namespace: 'shop', workload: { kind: 'Deployment', name: 'cart' } }

/** Evictions of the workload at these minutes, each seeing a plan of so many. */
function spent(planned: number, ...minutes: readonly number[]): readonly Round[] {
  return minutes.reduce<readonly Round[]>((rounds, minute) => spend(rounds, WEB, planned, minute * MINUTE, COOL_DOWN), [])
}

const left = (rounds: readonly Round[], minute: number): number | undefined => leftInRound(rounds, WEB, minute * MINUTE, COOL_DOWN)
const held = (rounds: readonly Round[], minute: number, ...busy: readonly OfWorkload[]): readonly string[] =>
  coolDownHolds(rounds, new Set(busy.map(workloadKey)), minute * MINUTE, COOL_DOWN).map(({ name }) => name)

describe('a round of evictions', () => {
  it('has as many as the plan that began it asked for, whatever later plans ask for', () => {
    const rounds = spend(spent(3, 0), WEB, 7, MINUTE, COOL_DOWN)

    expect(left([], 0)).toBeUndefined()
    expect(left(rounds, 1)).toBe(1)
    expect(leftInRound(rounds, CART, MINUTE, COOL_DOWN)).toBeUndefined()
  })

  it('does not count an eviction that did not come about', () => {
    expect(left(refund(spent(3, 0, 1), WEB), 1)).toBe(2)
    expect(refund(spent(3, 0), WEB)).toEqual([])
    expect(refund([], WEB)).toEqual([])
  })

  it('rests once it is spent, from the end of its last eviction on', () => {
    const rounds = touch(spent(2, 0, 1), WEB, 5 * MINUTE)

    expect(held(spent(2, 0), 1)).toEqual([])
    expect(held(rounds, 5, WEB)).toEqual([])
    expect(held(rounds, 5)).toEqual(['web'])
    expect(held(rounds, 14)).toEqual(['web'])
    expect(held(rounds, 15)).toEqual([])
  })

  it('that waited for longer than a cool-down is over: the next eviction begins another', () => {
    const rounds = spent(3, 0)

    expect(left(rounds, 10)).toBeUndefined()
    expect(left(spend(rounds, WEB, 2, 10 * MINUTE, COOL_DOWN), 10)).toBe(1)
    expect(dropOver(rounds, 10 * MINUTE, COOL_DOWN)).toEqual([])
    expect(dropOver(rounds, 9 * MINUTE, COOL_DOWN)).toEqual(rounds)
  })
})

describe('scaledRecently', () => {
  it('holds what an autoscaler changed within the cool-down', () => {
    const autoscaler = (name: string, lastScaleAt: number | undefined): AutoscalerRecord => ({
      kind: 'HorizontalPodAutoscaler',
      namespace: 'shop',
      name,
      target: { kind: 'Deployment', name },
      minReplicas: 1,
      maxReplicas: 9,
      lastScaleAt,
    })
    const cluster = clusterOf([autoscaler('recent', 5 * MINUTE), autoscaler('earlier', 1 * MINUTE), autoscaler('never', undefined)])

    expect(scaledRecently(cluster, 11 * MINUTE, COOL_DOWN)).toMatchObject([
      { namespace: 'shop', kind: 'Deployment', name: 'recent', reason: 'ScaledRecently', until: 15 * MINUTE },
    ])
  })
})
