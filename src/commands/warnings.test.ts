import { describe, expect, it } from 'vitest'
import { foldedWarnings } from './warnings.ts'

const priority = 'priority: `high` is a text, not a whole number'
const skew = 'topologySpreadConstraints[0].maxSkew: `0` is not a whole number of at least 1'

describe('warnings about objects', () => {
  it('name one of the replicas that have the same problem, and say how many there are', () => {
    const warnings = [
      ...['2j2nh', '9xk4t', 'b7vpp'].map(suffix => ({ kind: 'Pod', key: `shop/cart-555c95c8f6-${suffix}`, problem: skew })),
      ...[0, 1].map(ordinal => ({ kind: 'Pod', key: `data/db-${ordinal}`, problem: priority })),
    ]

    expect(foldedWarnings(warnings)).toEqual([
      `Pod shop/cart-555c95c8f6-2j2nh and 2 more like it: ${skew}`,
      `Pod data/db-0 and 1 more like it: ${priority}`,
    ])
  })

  it.each([
    ['problems', { problem: skew }],
    ['workloads', { key: 'shop/api-6f6b58bd8d-2j2nh' }],
    ['namespaces', { key: 'data/cart-555c95c8f6-2j2nh' }],
    ['kinds', { kind: 'ReplicaSet' }],
  ])('keep different %s apart', (_, change) => {
    const warning = { kind: 'Pod', key: 'shop/cart-555c95c8f6-9xk4t', problem: priority }

    expect(foldedWarnings([warning, { ...warning, ...change }])).toHaveLength(2)
  })

  it('tell of one object once', () => {
    const warning = { kind: 'Pod', key: 'shop/cart-555c95c8f6-9xk4t', problem: priority }

    expect(foldedWarnings([warning, warning])).toEqual([`Pod shop/cart-555c95c8f6-9xk4t: ${priority}`])
  })
})
