import { describe, expect, it } from 'vitest'
import type { NodeSelectorTerm, TaintEffect } from '../cluster/node-selector.ts'
import type { PodSpec } from '../cluster/pod.ts'
import { NO_SCALARS, type Resources } from '../cluster/resources.ts'
import { makeNode, makePod, pluginContext, scoresOf } from '../../test/support/builders.ts'
import { DEFAULT_PROFILE } from './profile.ts'
import { imageLocalityScore } from './score-image-locality.ts'
import { nodeAffinityScore } from './score-node-affinity.ts'
import { balancedAllocationScore, leastAllocatedScore } from './score-node-resources.ts'
import { taintTolerationScore } from './score-taint-toleration.ts'

const GIB = 1024 ** 3
const MIB = 1024 ** 2

const amount = (cpu: number, memory: number): Resources => ({ cpu, memory, ephemeralStorage: 0, scalars: NO_SCALARS })

describe('TaintToleration', () => {
  const tainted = (name: string, count: number, effect: TaintEffect = 'PreferNoSchedule') =>
    makeNode(name, { taints: Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: '', effect })) })

  it('V75 the fewer unwelcome taints the better', () => {
    const context = pluginContext([tainted('none', 0), tainted('one', 1), tainted('two', 2)])
    expect(scoresOf(taintTolerationScore, context, makePod('new'))).toEqual({ none: 100, one: 50, two: 0 })
  })

  it('all are equal when none is unwelcome, whatever else they carry', () => {
    const context = pluginContext([tainted('none', 0), tainted('hard', 2, 'NoSchedule'), tainted('soft', 1)])
    const pod = makePod('new', { spec: { tolerations: [{ key: 'k0', operator: 'Exists', value: '', effect: 'PreferNoSchedule' }] } })
    expect(scoresOf(taintTolerationScore, context, pod)).toEqual({ none: 100, hard: 100, soft: 100 })
  })
})

describe('NodeAffinity', () => {
  const prefer = (weight: number, key: string) => ({
    weight,
    term: { kind: 'term', expressions: [{ key, operator: 'Exists', values: [] }], fields: [] } satisfies NodeSelectorTerm,
  })
  const nodes = [makeNode('both', { labels: { ssd: '', gpu: '' } }), makeNode('ssd', { labels: { ssd: '' } }), makeNode('bare')]
  const pod = makePod('new', { spec: { preferredNodeAffinity: [prefer(20, 'ssd'), prefer(40, 'gpu')] } })

  it('nodes score by the weights that they match, as a share of the best', () => {
    expect(scoresOf(nodeAffinityScore, pluginContext(nodes), pod)).toEqual({ both: 100, ssd: 33, bare: 0 })
  })

  it("the profile's preferences count as well", () => {
    const profile = { ...DEFAULT_PROFILE, addedAffinity: { required: undefined, preferred: [prefer(60, 'ssd')] } }
    expect(scoresOf(nodeAffinityScore, pluginContext(nodes, profile), makePod('new'))).toEqual({ both: 100, ssd: 100, bare: 0 })
  })

  it('without preferences all score 0', () => {
    expect(scoresOf(nodeAffinityScore, pluginContext(nodes), makePod('new'))).toEqual({ both: 0, ssd: 0, bare: 0 })
  })
})

describe('NodeResourcesFit', () => {
  const defaults = amount(100, 200 * MIB)
  const spec = { requests: amount(500, GIB), scoredRequests: amount(500, GIB) }
  const node = (cpu: number, memory: number) => makeNode('n1', { allocatable: amount(cpu, memory) })
  const there = (chargedScored: Resources, name = 'there') => makePod(name, { nodeName: 'n1', chargedScored })
  const score = (...records: Parameters<typeof pluginContext>[0]) =>
    scoresOf(leastAllocatedScore, pluginContext(records), makePod('new', { spec }))['n1']

  it('V72 the emptier the better, pods without requests counting a little', () => {
    expect(score(node(4000, 8 * GIB), there(amount(1000, 2 * GIB)), there(defaults, 'small'))).toBe(60)
  })

  it('what is over the brim scores 0 for that resource', () => {
    expect(score(node(1000, 8 * GIB), there(amount(900, 0)))).toBe(43)
  })

  it('a resource that the node lacks is left out', () => {
    expect(score(node(0, 4 * GIB))).toBe(75)
    expect(score(node(0, 0))).toBe(0)
  })
})

describe('NodeResourcesBalancedAllocation', () => {
  const used = makePod('there', { nodeName: 'n1', charged: amount(1000, 2 * GIB) })
  const node = makeNode('n1', { allocatable: amount(4000, 8 * GIB) })
  const score = (requests: Resources) =>
    scoresOf(balancedAllocationScore, pluginContext([node, used]), makePod('new', { spec: { requests } }))['n1']

  it.each([
    ['V73 tips the balance', amount(1000, 0), 68],
    ['V73 keeps the balance', amount(1000, 2 * GIB), 75],
    ['asks for nothing', amount(0, 0), 0],
  ])('a pod that %s', (_what, requests, expected) => {
    expect(score(requests)).toBe(expected)
  })

  it('a pod that restores the balance scores above neutral', () => {
    const tilted = makePod('there', { nodeName: 'n1', charged: amount(3000, 0) })
    expect(
      scoresOf(balancedAllocationScore, pluginContext([node, tilted]), makePod('new', { spec: { requests: amount(0, 6 * GIB) } }))['n1'],
    ).toBe(94)
  })
})

describe('ImageLocality', () => {
  const holding = (name: string, images: Readonly<Record<string, number>>) => makeNode(name, { images: new Map(Object.entries(images)) })
  const score = (spec: Partial<PodSpec>, ...nodes: Parameters<typeof pluginContext>[0]) =>
    scoresOf(imageLocalityScore, pluginContext(nodes), makePod('new', { spec: { images: ['app:1'], containerCount: 1, ...spec } }))

  it('V74 a large image on one of two nodes', () => {
    expect(score({}, holding('n1', { 'app:1': 500 * MIB }), makeNode('n2'))).toEqual({ n1: 23, n2: 0 })
  })

  it('a small image is worth nothing', () => {
    expect(score({}, holding('n1', { 'app:1': 40 * MIB }), makeNode('n2'))).toEqual({ n1: 0, n2: 0 })
  })

  it('is scaled by the number of containers', () => {
    const spec = { images: ['app:1', 'app:1'], containerCount: 2 }
    expect(score(spec, holding('n1', { 'app:1': 500 * MIB }), makeNode('n2'))).toEqual({ n1: 24, n2: 0 })
  })

  it('more than enough is 100', () => {
    expect(score({}, holding('n1', { 'app:1': 5000 * MIB }))).toEqual({ n1: 100 })
  })

  it('nodes that report different sizes score alike', () => {
    const { n1, n2 } = score({}, holding('n1', { 'app:1': 400 * MIB }), holding('n2', { 'app:1': 500 * MIB }))
    expect(n1).toBe(n2)
  })
})
