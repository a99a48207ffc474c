import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  affinityTerm,
  clusterOf,
  labels,
  makeNamespace,
  makeNode,
  makePod,
  pluginContext,
  scoresOf,
  selecting,
  verdicts,
} from '../../test/support/builders.ts'
import { matchesLabels } from '../cluster/label-selector.ts'
import type { LabelSelector } from '../cluster/labels.ts'
import type { NodeRecord } from '../cluster/node.ts'
import type { PodAffinity, PodAffinityTerm, PodRecord, PodSpec } from '../cluster/pod.ts'
import { createAffinityIndex } from './affinity-index.ts'
import { reachesNamespace } from './affinity-terms.ts'
import { interPodAffinityFilter, interPodAffinityScore } from './inter-pod-affinity.ts'
import { createLabelledPods } from './labelled-pods.ts'
import { DEFAULT_PROFILE } from './profile.ts'

const WEB = selecting({ app: 'web' })
const a1 = makeNode('a1', { zone: 'a' })
const a2 = makeNode('a2', { zone: 'a' })
const b1 = makeNode('b1', { zone: 'b' })
const bare = makeNode('bare')

const together = (...required: readonly PodAffinityTerm[]): Partial<PodSpec> => ({ podAffinity: { required, preferred: [] } })
const apart = (...required: readonly PodAffinityTerm[]): Partial<PodSpec> => ({ podAntiAffinity: { required, preferred: [] } })
const web = (name: string, fields: Parameters<typeof makePod>[1] = {}) => makePod(name, { labels: { app: 'web' }, ...fields })
const filter = (pod: PodRecord, ...records: Parameters<typeof pluginContext>[0]) =>
  verdicts(interPodAffinityFilter, pluginContext(records), pod)

describe('required anti-affinity', () => {
  it('V58: of a pod already there keeps the incoming pod out of its whole zone', () => {
    const existing = web('old', { nodeName: 'a1', spec: apart(affinityTerm(WEB)) })
    expect(filter(web('new'), a1, a2, b1, existing)).toEqual({ a1: 'Unschedulable', a2: 'Unschedulable', b1: 'Success' })
  })

  it('V59: still does while that pod is terminating', () => {
    const existing = web('old', { nodeName: 'a1', deletedAt: 1, spec: apart(affinityTerm(WEB)) })
    expect(filter(web('new'), a1, b1, existing)).toEqual({ a1: 'Unschedulable', b1: 'Success' })
  })

  it('V61: does not bind on a node without the key', () => {
    const existing = web('old', { nodeName: 'bare' })
    expect(filter(web('new', { spec: apart(affinityTerm(WEB)) }), a1, bare, existing)).toEqual({ a1: 'Success', bare: 'Success' })
  })

  it('refuses a domain as soon as any one of its terms selects a pod there', () => {
    const existing = [web('old', { nodeName: 'a1' }), makePod('db', { labels: { app: 'db' }, nodeName: 'b1' })]
    const pod = web('new', { spec: apart(affinityTerm(WEB), affinityTerm(selecting({ app: 'db' }))) })
    expect(filter(pod, a1, b1, bare, ...existing)).toEqual({ a1: 'Unschedulable', b1: 'Unschedulable', bare: 'Success' })
  })

  it('has nothing to say when nobody is choosy', () => {
    expect(interPodAffinityFilter(pluginContext([a1, web('old', { nodeName: 'a1' })]), web('new'))).toBeUndefined()
  })

  it('is blind to pods whose node is gone and to finished ones', () => {
    const existing = [web('ghost', { nodeName: 'gone' }), web('done', { nodeName: 'a1', phase: 'Succeeded' })]
    expect(filter(web('new', { spec: apart(affinityTerm(WEB)) }), a1, ...existing)).toEqual({ a1: 'Success' })
  })
})

describe('required affinity', () => {
  it('follows the pods that it selects into their zone, terminating ones too', () => {
    const existing = web('old', { nodeName: 'a1', deletedAt: 1 })
    const pod = makePod('new', { spec: together(affinityTerm(WEB)) })
    expect(filter(pod, a2, b1, bare, a1, existing)).toEqual({
      a1: 'Success',
      a2: 'Success',
      b1: 'UnschedulableAndUnresolvable',
      bare: 'UnschedulableAndUnresolvable',
    })
  })

  it('V60: lets the first pod of a group go anywhere with the key', () => {
    const pod = web('first', { spec: together(affinityTerm(WEB)) })
    expect(filter(pod, a1, bare)).toEqual({ a1: 'Success', bare: 'UnschedulableAndUnresolvable' })
  })

  it('makes no such exception for a pod that does not select itself', () => {
    const pod = makePod('first', { labels: { app: 'db' }, spec: together(affinityTerm(WEB)) })
    expect(filter(pod, a1)).toEqual({ a1: 'UnschedulableAndUnresolvable' })
  })

  it('takes a pod that sits where no node has the key for no company at all', () => {
    const pod = web('first', { spec: together(affinityTerm(WEB)) })
    expect(filter(pod, a1, bare, web('old', { nodeName: 'bare' }))).toEqual({ a1: 'Success', bare: 'UnschedulableAndUnresolvable' })
  })

  it('V62: wants one pod that matches every term, not a pod a term', () => {
    const existing = [
      makePod('one', { labels: { app: 'web' }, nodeName: 'a1' }),
      makePod('two', { labels: { tier: 'front' }, nodeName: 'a1' }),
    ]
    const pod = makePod('new', { spec: together(affinityTerm(WEB), affinityTerm(selecting({ tier: 'front' }))) })
    expect(filter(pod, a1, ...existing)).toEqual({ a1: 'UnschedulableAndUnresolvable' })
    const both = makePod('both', { labels: { app: 'web', tier: 'front' }, nodeName: 'a2' })
    expect(filter(pod, a1, a2, ...existing, both)).toEqual({ a1: 'Success', a2: 'Success' })
  })

  it('may meet different terms with different pods, as long as each matches all of them', () => {
    const rack = makeNode('rack', { zone: 'b', labels: { rack: 'r1' } })
    const mixed = makeNode('mixed', { zone: 'a', labels: { rack: 'r1' } })
    const existing = [web('in-zone', { nodeName: 'a1' }), web('in-rack', { nodeName: 'rack' })]
    const pod = makePod('new', { spec: together(affinityTerm(WEB), affinityTerm(WEB, { topologyKey: 'rack' })) })
    expect(filter(pod, a1, rack, mixed, ...existing)['mixed']).toBe('Success')
  })
})

describe('namespaces of a term', () => {
  const elsewhere = web('old', { namespace: 'other', nodeName: 'a1' })
  const namespaces = [makeNamespace('shop'), makeNamespace('other', { team: 'x' })]
  it.each<[string, Partial<PodAffinityTerm>, string]>([
    ['V63: unset, the own namespace', {}, 'Success'],
    ['V63: namespaceSelector {}, every namespace', { namespaceSelector: { kind: 'everything' } }, 'Unschedulable'],
    ['a namespaceSelector that matches', { namespaceSelector: selecting({ team: 'x' }) }, 'Unschedulable'],
    ['a namespaceSelector that does not match', { namespaceSelector: selecting({ team: 'y' }) }, 'Success'],
    ['namespaces by name', { namespaces: ['other'] }, 'Unschedulable'],
    ['named ones replace the own', { namespaces: ['third'] }, 'Success'],
    ['named ones and selected ones together', { namespaces: ['third'], namespaceSelector: selecting({ team: 'x' }) }, 'Unschedulable'],
  ])('%s', (_rule, fields, expected) => {
    const own = web('new', { spec: apart(affinityTerm(WEB, fields)) })
    expect(filter(own, a1, elsewhere, ...namespaces)).toEqual({ a1: expected })
    // The other way round: the pod there has the term, and the new pod's namespace is what it looks for.
    const holder = web('old', { nodeName: 'a1', namespace: 'shop', spec: apart(affinityTerm(WEB, fields)) })
    expect(filter(web('new', { namespace: 'other' }), a1, holder, ...namespaces)).toEqual({ a1: expected })
  })

  it('a selector by the label that every namespace has reaches one that is not among the objects', () => {
    const byName = (name: string) => ({ namespaceSelector: selecting({ 'kubernetes.io/metadata.name': name }) })
    const own = (name: string) => web('new', { spec: apart(affinityTerm(WEB, byName(name))) })
    expect(filter(own('other'), a1, elsewhere)).toEqual({ a1: 'Unschedulable' })
    expect(filter(own('third'), a1, elsewhere)).toEqual({ a1: 'Success' })
  })

  describe('of a selector that asks for no label', () => {
    const noTeamX: LabelSelector = { kind: 'requirements', requirements: [{ key: 'team', operator: 'NotIn', values: ['x'] }] }
    const term = affinityTerm(WEB, { namespaceSelector: noTeamX })

    it('are all, for a term of the incoming pod', () => {
      expect(filter(web('new', { spec: apart(term) }), a1, elsewhere, ...namespaces)).toEqual({ a1: 'Unschedulable' })
      expect(filter(makePod('new', { spec: together(term) }), a1, elsewhere, ...namespaces)).toEqual({ a1: 'Success' })
      // It is in a namespace of team x itself, and the first of its group all the same.
      expect(filter(web('new', { namespace: 'other', spec: together(term) }), a1, ...namespaces)).toEqual({ a1: 'Success' })
    })

    it('are all, for a preference of the incoming pod', () => {
      const pod = web('new', { spec: { podAntiAffinity: { required: [], preferred: [{ weight: 1, term }] } } })
      expect(scoresOf(interPodAffinityScore, pluginContext([a1, b1, elsewhere, ...namespaces]), pod)).toEqual({ a1: 0, b1: 100 })
    })

    it('are those that it selects, for a term of a pod already there', () => {
      const holder = web('old', { nodeName: 'a1', spec: apart(term) })
      expect(filter(web('new', { namespace: 'other' }), a1, holder, ...namespaces)).toEqual({ a1: 'Success' })
      expect(filter(web('new'), a1, holder, ...namespaces)).toEqual({ a1: 'Unschedulable' })
    })
  })

  it('{} reaches a namespace that is not among the objects', () => {
    const own = web('new', { spec: apart(affinityTerm(WEB, { namespaceSelector: { kind: 'everything' } })) })
    expect(filter(own, a1, elsewhere)).toEqual({ a1: 'Unschedulable' })
  })
})

describe('score', () => {
  const score = (pod: PodRecord, records: Parameters<typeof pluginContext>[0], hardPodAffinityWeight = 1) =>
    scoresOf(interPodAffinityScore, pluginContext(records, { ...DEFAULT_PROFILE, hardPodAffinityWeight }), pod)
  const prefers = (weight: number, selector: LabelSelector = WEB): PodAffinity => ({
    required: [],
    preferred: [{ weight, term: affinityTerm(selector) }],
  })

  it.each<[string, Partial<PodSpec>, Partial<PodSpec>, Record<string, number>]>([
    ['nobody prefers anything', {}, {}, { a1: 0, a2: 0, b1: 0 }],
    ['the pod is drawn to the pod there', { podAffinity: prefers(5) }, {}, { a1: 100, a2: 100, b1: 0 }],
    ['the pod shuns the pod there', { podAntiAffinity: prefers(5) }, {}, { a1: 0, a2: 0, b1: 100 }],
    ['the pod there draws it', {}, { podAffinity: prefers(5) }, { a1: 100, a2: 100, b1: 0 }],
    ['the pod there shuns it', {}, { podAntiAffinity: prefers(5) }, { a1: 0, a2: 0, b1: 100 }],
    ['required affinity of the pod there draws it', {}, together(affinityTerm(WEB)), { a1: 100, a2: 100, b1: 0 }],
    ['required anti-affinity of the pod there gives no score', {}, apart(affinityTerm(WEB)), { a1: 0, a2: 0, b1: 0 }],
    ['equal pulls cancel out', { podAffinity: prefers(5) }, { podAntiAffinity: prefers(5) }, { a1: 0, a2: 0, b1: 0 }],
  ])('%s', (_rule, incoming, existing, expected) => {
    expect(score(web('new', { spec: incoming }), [a1, a2, b1, web('old', { nodeName: 'a1', spec: existing })])).toEqual(expected)
  })

  it('hardPodAffinityWeight 0 switches the pull of required affinity off', () => {
    expect(score(web('new'), [a1, b1, web('old', { nodeName: 'a1', spec: together(affinityTerm(WEB)) })], 0)).toEqual({ a1: 0, b1: 0 })
  })

  it('counts every pod of a domain, terminating ones included', () => {
    const existing = [web('1', { nodeName: 'a1' }), web('2', { nodeName: 'a2', deletedAt: 1 }), web('3', { nodeName: 'b1' })]
    const pod = web('new', { spec: { podAntiAffinity: prefers(1) } })
    expect(score(pod, [a1, b1, bare, a2, ...existing])).toEqual({ a1: 0, a2: 0, b1: 50, bare: 100 })
  })

  it('truncates as upstream does in floating point', () => {
    const nodes = [makeNode('low', { zone: 'low' }), makeNode('mid', { zone: 'mid' }), makeNode('high', { zone: 'high' })]
    const at = (nodeName: string, weight: number) => makePod(nodeName, { nodeName, spec: { podAffinity: prefers(weight) } })
    // 100 * (29 / 100) is 28.999999999999996.
    expect(score(web('new'), [...nodes, at('mid', 29), at('high', 100)])).toEqual({ low: 0, mid: 28, high: 100 })
  })
})

describe('against a count pod by pod', () => {
  const apps = ['web', 'db'] as const
  const keys = ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'] as const
  const termArbitrary = fc
    .record({ app: fc.constantFrom(...apps), key: fc.constantFrom(...keys), everywhere: fc.boolean() })
    .map(({ app, key, everywhere }) =>
      affinityTerm(selecting({ app }), { topologyKey: key, namespaceSelector: everywhere ? { kind: 'everything' } : undefined }),
    )
  const affinityArbitrary = fc.record({
    required: fc.array(termArbitrary, { maxLength: 2 }),
    preferred: fc.array(fc.record({ weight: fc.integer({ min: 1, max: 100 }), term: termArbitrary }), { maxLength: 2 }),
  })
  const podArbitrary = fc
    .record({
      app: fc.constantFrom(...apps),
      namespace: fc.constantFrom('shop', 'other'),
      nodeName: fc.constantFrom('a1', 'a2', 'b1', 'bare'),
      podAffinity: affinityArbitrary,
      podAntiAffinity: affinityArbitrary,
    })
    .map(({ app, namespace, nodeName, podAffinity, podAntiAffinity }) =>
      makePod('p', { labels: { app }, namespace, nodeName, spec: { podAffinity, podAntiAffinity } }),
    )
  const podsArbitrary = fc.array(podArbitrary, { maxLength: 6 }).map(pods => pods.map((pod, index) => ({ ...pod, name: `p${index}` })))
  const nodes = [a1, a2, b1, bare]
  const cluster = clusterOf([])

  const selects = (term: PodAffinityTerm, holder: PodRecord, pod: PodRecord): boolean =>
    matchesLabels(term.selector, pod.labels) && reachesNamespace(cluster, term, holder.namespace, pod.namespace)
  const shares = (term: PodAffinityTerm, existing: PodRecord, node: NodeRecord): boolean => {
    const value = node.labels.get(term.topologyKey)
    return value !== undefined && nodes.find(({ name }) => name === existing.nodeName)?.labels.get(term.topologyKey) === value
  }

  it('the same pods are kept apart', () => {
    fc.assert(
      fc.property(podsArbitrary, podArbitrary, (existing, incoming) => {
        const pod = { ...incoming, nodeName: undefined }
        const answer = filter({ ...pod, spec: { ...pod.spec, podAffinity: { required: [], preferred: [] } } }, ...nodes, ...existing)
        for (const node of nodes) {
          const kept = existing.some(
            other =>
              pod.spec.podAntiAffinity.required.some(term => selects(term, pod, other) && shares(term, other, node)) ||
              other.spec.podAntiAffinity.required.some(term => selects(term, other, pod) && shares(term, other, node)),
          )
          expect(answer[node.name]).toBe(kept ? 'Unschedulable' : 'Success')
        }
      }),
    )
  })

  it('the raw scores rank nodes the same', () => {
    fc.assert(
      fc.property(podsArbitrary, podArbitrary, (existing, incoming) => {
        const pod = { ...incoming, nodeName: undefined }
        const raw = nodes.map(node => {
          let sum = 0
          for (const other of existing) {
            const own = (term: PodAffinityTerm): boolean => selects(term, pod, other) && shares(term, other, node)
            const theirs = (term: PodAffinityTerm): boolean => selects(term, other, pod) && shares(term, other, node)
            for (const { term, weight } of pod.spec.podAffinity.preferred) sum += own(term) ? weight : 0
            for (const { term, weight } of pod.spec.podAntiAffinity.preferred) sum -= own(term) ? weight : 0
            for (const term of other.spec.podAffinity.required) sum += theirs(term) ? 1 : 0
            for (const { term, weight } of other.spec.podAffinity.preferred) sum += theirs(term) ? weight : 0
            for (const { term, weight } of other.spec.podAntiAffinity.preferred) sum -= theirs(term) ? weight : 0
          }
          return sum
        })
        const [lowest, highest] = [Math.min(...raw), Math.max(...raw)]
        const expected = raw.map(sum => (highest === lowest ? 0 : Math.trunc(100 * ((sum - lowest) / (highest - lowest)))))
        expect(Object.values(scoresOf(interPodAffinityScore, pluginContext([...nodes, ...existing]), pod))).toEqual(expected)
      }),
    )
  })

  it('an index from which every pod was taken back is empty', () => {
    fc.assert(
      fc.property(podsArbitrary, pods => {
        const labelled = createLabelledPods(({ labels }) => labels)
        const index = createAffinityIndex(labelled)
        const countAll = (change: 1 | -1): void => {
          for (const [slot, pod] of pods.entries()) for (const view of [labelled, index]) view.count(pod, slot % 3, change)
        }
        countAll(1)
        expect([...labelled.namespaces()].toSorted()).toEqual([...new Set(pods.map(pod => pod.namespace))].toSorted())
        expect(!index.isEmpty()).toBe(
          pods.some(
            ({ spec }) =>
              spec.podAffinity.required.length +
                spec.podAffinity.preferred.length +
                spec.podAntiAffinity.required.length +
                spec.podAntiAffinity.preferred.length >
              0,
          ),
        )
        countAll(-1)
        expect([[...labelled.namespaces()], index.isEmpty()]).toEqual([[], true])
      }),
    )
  })

  it('labels of equal content under different objects are counted alike', () => {
    const [one, other] = [labels({ app: 'web' }), labels({ app: 'web' })]
    const existing = [
      { ...web('1', { nodeName: 'a1' }), labels: one },
      { ...web('2', { nodeName: 'b1' }), labels: other },
    ]
    expect(filter(web('new', { spec: apart(affinityTerm(WEB)) }), a1, b1, ...existing)).toEqual({
      a1: 'Unschedulable',
      b1: 'Unschedulable',
    })
  })
})
