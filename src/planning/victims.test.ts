import { describe, expect, it } from 'vitest'
import { makePod } from '../../test/support/builders.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { DEFAULT_POLICY } from './policy.ts'
import { leastHarmFirst } from './victims.ts'

const COST = 'controller.kubernetes.io/pod-deletion-cost'
const SET = 'respread.io/deletion-cost-set'

const pod = (name: string, fields: Parameters<typeof makePod>[1] = {}): PodRecord => makePod(name, { createdAt: 1_000, ...fields })
const costing = (name: string, annotations: Readonly<Record<string, string>>): PodRecord =>
  pod(name, { annotations: new Map(Object.entries(annotations)) })

describe('what goes first', () => {
  // In each row `z` goes before `a`, which the name alone would put first.
  it.each([
    ['the lower priority', pod('z'), pod('a', { spec: { priority: 1 } })],
    ['not Ready before Ready', pod('z', { ready: false }), pod('a')],
    ['the lower deletion cost', costing('z', { [COST]: '-1' }), costing('a', {})],
    ['any cost that somebody else has changed', costing('z', { [COST]: '-1', [SET]: '-5' }), costing('a', {})],
    ['the younger', pod('z', { createdAt: 2_000 }), pod('a')],
    ['all others before respread itself', pod('z'), pod('a', { labels: { app: 'respread' } })],
  ])('%s', (_, first, second) => {
    const order = leastHarmFirst({ ...DEFAULT_POLICY, self: { namespace: 'shop', labels: new Map([['app', 'respread']]) } })

    expect([second, first].sort(order)).toEqual([first, second])
  })

  it('is not decided by a deletion cost of our own: the next plan would hang on what the last one wrote', () => {
    const own = costing('b', { [COST]: '-5', [SET]: '-5' })

    expect([own, costing('a', {})].sort(leastHarmFirst(DEFAULT_POLICY)).map(({ name }) => name)).toEqual(['a', 'b'])
  })
})
