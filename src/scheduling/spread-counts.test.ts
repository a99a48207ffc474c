import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesLabels, selectorKey } from '../cluster/label-selector.ts'
import type { LabelSelector } from '../cluster/labels.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { makeNode, makePod, selecting } from '../../test/support/builders.ts'
import type { Eligibility } from './eligibility.ts'
import { createNodeLayout } from './node-layout.ts'
import { createLabelledPods } from './labelled-pods.ts'
import { createSpreadCounts, type SpreadCounts } from './spread-counts.ts'

const ZONE = 'topology.kubernetes.io/zone'
// Slots 0 to 4; the zone of slot 4 is not known, and slot 3 does not count.
const layout = createNodeLayout([
  makeNode('a1', { zone: 'a' }),
  makeNode('a2', { zone: 'a' }),
  makeNode('b1', { zone: 'b' }),
  makeNode('b2', { zone: 'b' }),
  makeNode('bare'),
])
const eligibility: Eligibility = { id: 'all but b2', admits: ({ name }) => name !== 'b2' }
const domains = layout.domains(eligibility, ZONE)

function countsOf(counts: SpreadCounts, namespace: string, selector: LabelSelector) {
  const selected = counts.selected(namespace, selector, selectorKey(selector))
  return {
    bySlot: new Map(selected.bySlot),
    byDomain: new Map(Array.from(selected.byDomain(domains), ([domain, count]) => [domains.topology.names[domain], count])),
  }
}

describe('counts that are advanced pod by pod', () => {
  const selectors = [selecting({ app: 'web' }), selecting({ app: 'web', rev: '1' }), selecting({ app: 'db' })]
  const change = fc.record({
    pod: fc.nat(5),
    slot: fc.nat(4),
    namespace: fc.constantFrom('shop', 'other'),
    app: fc.constantFrom('web', 'db'),
    rev: fc.constantFrom('1', '2'),
    deletedAt: fc.constantFrom(undefined, undefined, 1),
    /** Which selector is asked for at this point, for the first time or again. */
    asked: fc.nat(2),
  })

  it('are what counting all pods anew gives', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), changes => {
        const pods = createLabelledPods(({ labels }) => labels)
        const counts = createSpreadCounts(pods)
        const there = new Map<number, { readonly pod: PodRecord; readonly slot: number }>()
        for (const { pod: number, slot, namespace, app, rev, deletedAt, asked } of changes) {
          const before = there.get(number)
          if (before === undefined) {
            const pod = makePod(`p${number}`, { namespace, labels: { app, rev }, deletedAt })
            pods.count(pod, slot, 1)
            there.set(number, { pod, slot })
          } else {
            pods.count(before.pod, before.slot, -1)
            there.delete(number)
          }
          const selector = selectors[asked] ?? { kind: 'nothing' }
          const counted = [...there.values()].filter(
            each => each.pod.namespace === namespace && each.pod.deletedAt === undefined && matchesLabels(selector, each.pod.labels),
          )
          const bySlot = new Map<number, number>()
          const byDomain = new Map<string, number>()
          for (const each of counted) {
            bySlot.set(each.slot, (bySlot.get(each.slot) ?? 0) + 1)
            const zone = ['a', 'a', 'b'][each.slot]
            if (zone !== undefined) byDomain.set(zone, (byDomain.get(zone) ?? 0) + 1)
          }
          expect(countsOf(counts, namespace, selector)).toEqual({ bySlot, byDomain })
        }
      }),
    )
  })

  it('nothing is counted for selectors of nothing and of everything', () => {
    const pods = createLabelledPods(({ labels }) => labels)
    const counts = createSpreadCounts(pods)
    pods.count(makePod('web', { labels: { app: 'web' } }), 0, 1)
    for (const kind of ['nothing', 'everything'] as const) {
      expect(countsOf(counts, 'shop', { kind })).toEqual({ bySlot: new Map(), byDomain: new Map() })
    }
  })

  it('stay right when so many selectors have been asked for that the old ones are forgotten', () => {
    const pods = createLabelledPods(({ labels }) => labels)
    const counts = createSpreadCounts(pods)
    const web = selecting({ app: 'web' })
    const [first, second] = ['first', 'second'].map(name => makePod(name, { labels: { app: 'web' } }))
    if (first === undefined || second === undefined) throw new Error('no pods')
    pods.count(first, 0, 1)
    expect(countsOf(counts, 'shop', web).bySlot).toEqual(new Map([[0, 1]]))
    for (let rollout = 0; rollout < 3_000; rollout += 1) countsOf(counts, 'shop', selecting({ app: 'web', rev: String(rollout) }))
    pods.count(second, 2, 1)
    expect(countsOf(counts, 'shop', web).bySlot).toEqual(
      new Map([
        [0, 1],
        [2, 1],
      ]),
    )
  })
})
