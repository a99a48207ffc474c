import { describe, expect, it } from 'vitest'
import { clusterOf, makeNode, makePod } from '../../test/support/builders.ts'
import { eviction, group } from '../../test/support/made-up-plans.ts'
import type { DomainHold } from '../planning/situation.ts'
import { expectationOf } from './expectations.ts'
import { helps, isClosedNow } from './landings.ts'

const ZONE = 'topology.kubernetes.io/zone'
const planned = eviction(1, { fromDomain: 'a', toDomain: 'c' })
const expectation = expectationOf(planned, makePod(planned.pod), [], 0)

describe('a landing that was not predicted', () => {
  it.each<[string, Readonly<Record<string, number>>, { readonly maxSkew?: number; readonly skew?: number }, string, boolean]>([
    ['in another domain that was short of pods', { a: 3, b: 1, c: 0 }, {}, 'b', true],
    ['back where it came from', { a: 4, b: 4, c: 0 }, {}, 'a', false],
    ['in a domain that is full itself', { a: 3, b: 4, c: 0 }, {}, 'b', false],
    ['in a domain that maxSkew still allows', { a: 4, b: 2, c: 0 }, { maxSkew: 2 }, 'b', true],
    ['where fewer domains than minDomains make the global minimum 0', { a: 3, b: 2 }, { skew: 3 }, 'b', false],
  ])('%s', (_, counts, fields, domain, expected) => {
    expect(helps(expectation, domain, [group(counts, fields)])).toBe(expected)
  })

  it('of a group that is no more helps wherever it is not back', () => {
    expect(helps(expectation, 'b', [])).toBe(true)
    expect(helps(expectation, 'a', [])).toBe(false)
  })
})

describe('whether a predicted domain can still take the replacement', () => {
  type Node = Parameters<typeof makeNode>[1]
  const settling = { topologyKey: ZONE, domain: 'c', reason: 'DomainSettling', until: undefined, message: 'it is back' } as const
  it.each<[string, readonly Node[], readonly DomainHold[], boolean]>([
    ['one of its nodes can', [{ zone: 'c', ready: 'Unknown' }, { zone: 'c' }], [], false],
    [
      'none of them is Ready',
      [
        { zone: 'c', ready: 'Unknown' },
        { zone: 'c', ready: 'False' },
      ],
      [],
      true,
    ],
    ['all are cordoned', [{ zone: 'c', unschedulable: true }], [], true],
    ['it is back for too short a time', [{ zone: 'c' }], [settling], true],
    ['it is gone, and others are there', [{ zone: 'a' }], [], true],
    ['another domain that was as likely can', [{ zone: 'c', ready: 'Unknown' }, { zone: 'b' }], [], false],
  ])('%s', (_, nodes, holds, expected) => {
    const likely = { ...expectation, topologyKey: ZONE, toDomains: ['b', 'c'] }
    const cluster = clusterOf(nodes.map((fields, index) => makeNode(`node-${index}`, fields)))

    expect(isClosedNow(likely, cluster, holds)).toBe(expected)
  })
})
