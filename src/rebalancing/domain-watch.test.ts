import { describe, expect, it } from 'vitest'
import type { NodeRecord } from '../cluster/node.ts'
import { DEFAULT_POLICY } from '../planning/policy.ts'
import { clusterOf } from '../../test/support/builders.ts'
import { nodeRecord } from '../../test/support/records.ts'
import { createDomainWatch } from './domain-watch.ts'

const ZONE = 'topology.kubernetes.io/zone'
const MINUTE = 60_000
const HOLD_DOWN = 5 * MINUTE
const NOW = Date.parse('2026-11-21T12:00:00Z')
const LONG_AGO = NOW - 100 * MINUTE

interface Given {
  readonly ready?: NodeRecord['ready']
  /** Minutes ago. */
  readonly since?: number
  readonly created?: number
  readonly cordoned?: boolean
}

/** The nodes of a zone; each has a hostname of its own too. */
function zone(name: string, ...nodes: readonly Given[]): NodeRecord[] {
  return nodes.map(({ ready = 'True', since, created, cordoned = false }, index) =>
    nodeRecord({
      name: `${name}-${index}`,
      labels: new Map([
        [ZONE, name],
        ['kubernetes.io/hostname', `${name}-${index}`],
      ]),
      ready,
      unschedulable: cordoned,
      createdAt: created === undefined ? LONG_AGO : NOW - created * MINUTE,
      readySince: since === undefined ? undefined : NOW - since * MINUTE,
    }),
  )
}

const steady: Given = {}
const down: Given = { ready: 'Unknown', since: 30 }
const back = (minutes: number): Given => ({ since: minutes })
const cordoned: Given = { cordoned: true }
const fresh = (minutes: number): Given => ({ created: minutes, since: minutes })

const holdsOf = (nodes: readonly NodeRecord[]): readonly (readonly [string, number | undefined])[] =>
  createDomainWatch(clusterOf(nodes), DEFAULT_POLICY, HOLD_DOWN, { now: () => NOW, monotonic: () => 0 })
    .holds()
    .map(({ domain, until }) => [domain, until === undefined ? undefined : Math.floor((until - NOW) / MINUTE)] as const)

describe('domains that settle', () => {
  it.each<[string, readonly Given[], readonly (readonly [string, number | undefined])[]]>([
    ['a zone at rest', [steady, steady, steady], []],
    ['all nodes came back a minute ago', [back(1), back(1), back(1)], [['c', 4]]],
    ['all nodes came back more than the hold-down ago', [back(6), back(5), back(7)], []],
    ['they came back one by one: the zone waits for as many as end an outage', [back(4), back(3), back(2), back(1)], [['c', 2]]],
    ['a single node of many was restarted', [steady, steady, steady, back(1)], []],
    ['most nodes were restarted, two were not', [steady, steady, back(1), back(1), back(1)], [['c', 4]]],
    ['half of the nodes were restarted', [steady, steady, steady, back(1), back(1), back(1)], []],
    ['new nodes were added to a zone that is up', [steady, fresh(1), fresh(1), fresh(1), fresh(1)], []],
    ['the zone has just appeared', [fresh(2), fresh(1)], [['c', 3]]],
    ['the old nodes are lost and new ones came', [down, fresh(1), fresh(1)], [['c', undefined]]],
    ['back for thirty seconds, then down again', [down, down, down], [['c', undefined]]],
    ['one node of a zone of two was restarted', [steady, back(1)], []],
    ['the only node of a zone came back', [back(1)], [['c', 4]]],
    ['all nodes are cordoned', [cordoned, cordoned], []],
    ['the node that is not cordoned came back', [cordoned, cordoned, back(1)], [['c', 4]]],
  ])('%s', (_, nodes, expected) => {
    expect(holdsOf([...zone('a', steady, steady), ...zone('c', ...nodes)])).toEqual(expected)
  })

  it('holds still for the whole hold-down, though the timestamp of a node tells no more than the second', () => {
    const readyAt = NOW + 900
    const told = zone('c', steady).map(node => ({ ...node, readySince: NOW }))
    const holdAt = (now: number) =>
      createDomainWatch(clusterOf([...zone('a', steady, steady), ...told]), DEFAULT_POLICY, HOLD_DOWN, {
        now: () => now,
        monotonic: () => 0,
      })
        .holds()
        .map(({ domain }) => domain)

    expect(holdAt(readyAt + HOLD_DOWN - 1)).toEqual(['c'])
    expect(holdAt(readyAt + HOLD_DOWN + 1_000)).toEqual([])
  })

  it('leaves keys alone whose domains are single nodes', () => {
    expect(holdsOf([...zone('a', steady), ...zone('c', back(1))])).toEqual([])
  })

  it('leaves keys alone that no constraint uses: new machines are of a new type now and then', () => {
    const typed = (node: NodeRecord, type: string): NodeRecord => ({ ...node, labels: new Map([...node.labels, ['machine-type', type]]) })
    const old = zone('a', steady, steady, steady).map(node => typed(node, 'm5'))
    const added = zone('b', steady, fresh(1), fresh(1)).map((node, index) => typed(node, index === 0 ? 'm5' : 'm7'))

    expect(holdsOf([...old, ...added])).toEqual([])
  })

  it('believes its own clock when the timestamp of the kubelet is older than what it saw', () => {
    let now = NOW
    const [before, after] = [zone('c', down), zone('c', back(60))]
    const clock = { now: () => now, monotonic: () => now - NOW }
    const watch = createDomainWatch(clusterOf([...zone('a', steady, steady), ...after]), DEFAULT_POLICY, HOLD_DOWN, clock)
    watch.note({ kind: 'Node', key: 'c-0', before: before[0], after: after[0] })

    const atOnce = watch.holds()
    now += HOLD_DOWN
    const later = watch.holds()

    expect(atOnce).toMatchObject([{ topologyKey: ZONE, domain: 'c', until: NOW + HOLD_DOWN }])
    expect(later).toEqual([])
  })

  it('says the same of a zone as long as it settles, though its two clocks never quite agree', () => {
    let ran = 0
    const [before, after] = [zone('c', down), zone('c', back(60))]
    const clock = { now: () => Math.floor(NOW + 0.6 + ran), monotonic: () => ran }
    const watch = createDomainWatch(clusterOf([...zone('a', steady, steady), ...after]), DEFAULT_POLICY, HOLD_DOWN, clock)
    watch.note({ kind: 'Node', key: 'c-0', before: before[0], after: after[0] })
    const said = [0.3, 0.5, 1_000.2, 60_000.9].map(ms => {
      ran = ms
      return watch.holds()
    })

    expect(said[0]).toHaveLength(1)
    for (const holds of said) expect(holds).toEqual(said[0])
  })

  it.each<[string, readonly Given[], readonly number[], number | undefined]>([
    ['all nodes of a zone are uncordoned', [cordoned, cordoned, cordoned], [0, 1, 2], 5],
    ['the first of them is', [cordoned, cordoned, cordoned], [0], 5],
    ['one node of a zone that is open is uncordoned', [steady, steady, cordoned], [2], undefined],
  ])('when %s', (_, nodes, opened, minutes) => {
    const before = zone('c', ...nodes)
    const after = before.map((node, index) => (opened.includes(index) ? { ...node, unschedulable: false } : node))
    const clock = { now: () => NOW, monotonic: () => 0 }
    const watch = createDomainWatch(clusterOf([...zone('a', steady, steady), ...after]), DEFAULT_POLICY, HOLD_DOWN, clock)
    for (const index of opened) watch.note({ kind: 'Node', key: `c-${index}`, before: before[index], after: after[index] })
    const [hold] = watch.holds()

    expect(hold?.until).toBe(minutes === undefined ? undefined : NOW + minutes * MINUTE)
  })

  it('starts a flapping zone anew each time it comes back', () => {
    let now = NOW
    const [dead, alive] = [zone('c', down), zone('c', steady)]
    const clock = { now: () => now, monotonic: () => now - NOW }
    const watch = createDomainWatch(clusterOf([...zone('a', steady, steady), ...alive]), DEFAULT_POLICY, HOLD_DOWN, clock)
    const until: (number | undefined)[] = []
    for (const at of [0, 2, 4]) {
      now = NOW + at * MINUTE
      watch.note({ kind: 'Node', key: 'c-0', before: dead[0], after: alive[0] })
      until.push(watch.holds()[0]?.until)
      watch.note({ kind: 'Node', key: 'c-0', before: alive[0], after: dead[0] })
    }

    expect(until).toEqual([0, 2, 4].map(at => NOW + at * MINUTE + HOLD_DOWN))
  })
})
