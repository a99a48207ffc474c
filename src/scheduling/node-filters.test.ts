import { describe, expect, it } from 'vitest'
import type { NodeOperator, NodeRequirement, NodeSelectorTerm, Taint, Toleration } from '../cluster/node-selector.ts'
import type { NodeRecord } from '../cluster/node.ts'
import type { PodRecord, PodSpec } from '../cluster/pod.ts'
import { NO_SCALARS, type Resources } from '../cluster/resources.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import { labels, makeNode, makePod, pluginContext, verdicts } from '../../test/support/builders.ts'
import { nodeAffinity } from './filter-node-affinity.ts'
import { nodeName } from './filter-node-name.ts'
import { nodeResourcesFit } from './filter-node-resources-fit.ts'
import { nodeUnschedulable } from './filter-node-unschedulable.ts'
import { taintToleration } from './filter-taint-toleration.ts'
import type { Filter } from './plugin.ts'
import { DEFAULT_PROFILE, type SchedulerProfile } from './profile.ts'

const GONE_FOR_GOOD = 'UnschedulableAndUnresolvable'

/** What a filter says of the node n1. */
function answer(
  filter: Filter,
  spec: Partial<PodSpec>,
  node: Partial<NodeRecord>,
  options: { readonly on?: readonly PodRecord[]; readonly profile?: SchedulerProfile } = {},
) {
  const { on = [], profile = DEFAULT_PROFILE } = options
  const records: readonly ClusterRecord[] = [{ ...makeNode('n1'), ...node }, ...on]
  return verdicts(filter, pluginContext(records, profile), makePod('new', { spec }))['n1']
}

const taint = (fields: Partial<Taint> = {}): Taint => ({ key: 'dedicated', value: 'db', effect: 'NoSchedule', ...fields })
const toleration = (fields: Partial<Toleration> = {}): Toleration => ({
  key: 'dedicated',
  operator: 'Equal',
  value: 'db',
  effect: '',
  ...fields,
})

describe('TaintToleration', () => {
  it.each<[string, Partial<Taint>, Partial<Toleration>, string]>([
    ['equal key and value', {}, {}, 'Success'],
    ['another value', {}, { value: 'web' }, GONE_FOR_GOOD],
    ['another key', {}, { key: 'other' }, GONE_FOR_GOOD],
    ['Exists for any value', {}, { operator: 'Exists', value: '' }, 'Success'],
    ['V51 Exists without a key for everything', {}, { key: '', operator: 'Exists', value: '' }, 'Success'],
    ['V52 another effect', {}, { effect: 'NoExecute' }, GONE_FOR_GOOD],
    ['V53 Gt, which needs a feature gate', { value: '10' }, { operator: 'Gt', value: '5' }, GONE_FOR_GOOD],
    ['a NoExecute taint keeps off as well', { effect: 'NoExecute' }, { key: 'other' }, GONE_FOR_GOOD],
    ['a PreferNoSchedule taint keeps nobody off', { effect: 'PreferNoSchedule' }, { key: 'other' }, 'Success'],
  ])('%s', (_rule, onNode, onPod, expected) => {
    expect(answer(taintToleration, { tolerations: [toleration(onPod)] }, { taints: [taint(onNode)] })).toBe(expected)
  })

  it('every taint must be tolerated', () => {
    const taints = [taint(), taint({ key: 'other' })]
    expect(answer(taintToleration, { tolerations: [toleration()] }, { taints })).toBe(GONE_FOR_GOOD)
  })
})

describe('NodeUnschedulable', () => {
  it.each<[string, Partial<NodeRecord>, readonly Toleration[], string]>([
    ['V54 a cordoned node, taint or no taint', { unschedulable: true }, [], GONE_FOR_GOOD],
    [
      'a cordoned node that the pod tolerates',
      { unschedulable: true },
      [toleration({ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', value: '' })],
      'Success',
    ],
    ['a node in service', {}, [], 'Success'],
  ])('%s', (_rule, node, tolerations, expected) => {
    expect(answer(nodeUnschedulable, { tolerations }, node)).toBe(expected)
  })
})

describe('NodeName', () => {
  it('a pod that names its node goes nowhere else', () => {
    const context = pluginContext([makeNode('n1'), makeNode('n2')])
    expect(verdicts(nodeName, context, makePod('new', { nodeName: 'n2' }))).toEqual({ n1: GONE_FOR_GOOD, n2: 'Success' })
    expect(verdicts(nodeName, context, makePod('new'))).toEqual({ n1: 'Success', n2: 'Success' })
  })
})

describe('NodeAffinity', () => {
  const term = (fields: Partial<Extract<NodeSelectorTerm, { kind: 'term' }>>): NodeSelectorTerm => ({
    kind: 'term',
    expressions: [],
    fields: [],
    ...fields,
  })
  const requires = (operator: NodeOperator, key: string, ...values: readonly string[]): NodeRequirement => ({ key, operator, values })
  const all = (...expressions: readonly NodeRequirement[]): NodeSelectorTerm => term({ expressions })
  const expression = (operator: NodeOperator, key: string, ...values: readonly string[]): NodeSelectorTerm =>
    all(requires(operator, key, ...values))
  const BROKEN: NodeSelectorTerm = { kind: 'invalid', problem: 'broken' }

  it.each<[string, readonly NodeSelectorTerm[], string]>([
    ['In', [expression('In', 'cores', '4', '8')], 'Success'],
    ['In another', [expression('In', 'cores', '4')], GONE_FOR_GOOD],
    ['In, without the key', [expression('In', 'gpu', '8')], GONE_FOR_GOOD],
    ['NotIn', [expression('NotIn', 'cores', '8')], GONE_FOR_GOOD],
    ['V57 NotIn, without the key', [expression('NotIn', 'gpu', 'x')], 'Success'],
    ['Exists', [expression('Exists', 'cores')], 'Success'],
    ['DoesNotExist', [expression('DoesNotExist', 'cores')], GONE_FOR_GOOD],
    ['Gt less', [expression('Gt', 'cores', '7')], 'Success'],
    ['Gt the same', [expression('Gt', 'cores', '8')], GONE_FOR_GOOD],
    ['Gt, compared as numbers', [expression('Gt', 'cores', '-10')], 'Success'],
    ['Lt more', [expression('Lt', 'cores', '16')], 'Success'],
    ['Lt, without the key', [expression('Lt', 'gpu', '16')], GONE_FOR_GOOD],
    ['Gt on a label that is no number', [expression('Gt', 'kubernetes.io/hostname', '1')], GONE_FOR_GOOD],
    ['Lt beyond 64 bits', [expression('Lt', 'cores', '9223372036854775808')], GONE_FOR_GOOD],
    ['Lt the largest of 64 bits', [expression('Lt', 'cores', '9223372036854775807')], 'Success'],
    ['all expressions of a term', [all(requires('Exists', 'cores'), requires('Exists', 'gpu'))], GONE_FOR_GOOD],
    ['any of the terms', [expression('Exists', 'gpu'), expression('Exists', 'cores')], 'Success'],
    ['V56 a broken term beside one that matches', [BROKEN, expression('Exists', 'cores')], 'Success'],
    ['a broken term alone', [BROKEN], GONE_FOR_GOOD],
    ['no terms', [], GONE_FOR_GOOD],
    ['an empty term', [term({})], GONE_FOR_GOOD],
    ['the field metadata.name', [term({ fields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] })], 'Success'],
    [
      'the field metadata.name of another',
      [term({ fields: [{ key: 'metadata.name', operator: 'NotIn', values: ['n1'] }] })],
      GONE_FOR_GOOD,
    ],
    ['V55 the field with two names', [term({ fields: [{ key: 'metadata.name', operator: 'In', values: ['n1', 'n2'] }] })], GONE_FOR_GOOD],
  ])('%s', (_rule, terms, expected) => {
    const node = { labels: labels({ cores: '8', 'kubernetes.io/hostname': 'n1' }) }
    expect(answer(nodeAffinity, { requiredNodeAffinity: { terms } }, node)).toBe(expected)
  })

  it('nodeSelector, affinity and the profile all must match', () => {
    const node = { labels: labels({ pool: 'x', cores: '8' }) }
    const profile: SchedulerProfile = {
      ...DEFAULT_PROFILE,
      addedAffinity: { required: { terms: [expression('In', 'pool', 'x')] }, preferred: [] },
    }
    const spec = { nodeSelector: labels({ cores: '8' }) }
    expect(answer(nodeAffinity, spec, node, { profile })).toBe('Success')
    expect(answer(nodeAffinity, spec, { labels: labels({ cores: '8' }) }, { profile })).toBe(GONE_FOR_GOOD)
    expect(answer(nodeAffinity, { nodeSelector: labels({ cores: '4' }) }, node, { profile })).toBe(GONE_FOR_GOOD)
  })
})

describe('NodeResourcesFit', () => {
  const amount = (fields: Partial<Resources> = {}): Resources => ({
    cpu: 0,
    memory: 0,
    ephemeralStorage: 0,
    scalars: NO_SCALARS,
    ...fields,
  })
  const scalars = (of: Readonly<Record<string, number>>) => amount({ scalars: new Map(Object.entries(of)) })
  const GPU = 'nvidia.com/gpu'

  const onNode = (charged: Partial<Resources>, fields: Pick<Partial<PodRecord>, 'deletedAt' | 'phase'> = {}): PodRecord =>
    makePod('there', { nodeName: 'n1', charged: amount(charged), ...fields })

  it.each<[string, Partial<Resources>, Partial<Resources>, readonly PodRecord[], string]>([
    ['what is left fits', { cpu: 400 }, { cpu: 1000 }, [onNode({ cpu: 600 })], 'Success'],
    ['what is not left does not', { cpu: 401 }, { cpu: 1000 }, [onNode({ cpu: 600 })], 'Unschedulable'],
    ['what an empty node lacks never will', { cpu: 1001 }, { cpu: 1000 }, [], GONE_FOR_GOOD],
    [
      'V40 a node that is overcommitted in cpu takes a pod that asks for memory only',
      { memory: 10 },
      { cpu: 4000, memory: 100 },
      [onNode({ cpu: 5000 })],
      'Success',
    ],
    ['V48 a terminating pod holds its share', { cpu: 600 }, { cpu: 1000 }, [onNode({ cpu: 600 }, { deletedAt: 1 })], 'Unschedulable'],
    ['a finished pod holds nothing', { cpu: 600 }, { cpu: 1000 }, [onNode({ cpu: 600 }, { phase: 'Succeeded' })], 'Success'],
    ['ephemeral storage', { ephemeralStorage: 2 }, { ephemeralStorage: 3 }, [onNode({ ephemeralStorage: 2 })], 'Unschedulable'],
    ['an extended resource', scalars({ [GPU]: 1 }), scalars({ [GPU]: 2 }), [onNode(scalars({ [GPU]: 1 }))], 'Success'],
    ['an extended resource that is taken', scalars({ [GPU]: 1 }), scalars({ [GPU]: 1 }), [onNode(scalars({ [GPU]: 1 }))], 'Unschedulable'],
    ['a resource that the node does not know', scalars({ [GPU]: 1 }), {}, [], GONE_FOR_GOOD],
    ['none of it asked for', scalars({ [GPU]: 0 }), {}, [], 'Success'],
  ])('%s', (_rule, requests, allocatable, on, expected) => {
    expect(answer(nodeResourcesFit, { requests: amount(requests) }, { allocatable: amount(allocatable) }, { on })).toBe(expected)
  })

  it('V39 a pod slot is needed even for a pod that asks for nothing', () => {
    expect(answer(nodeResourcesFit, {}, { podSlots: 1 })).toBe('Success')
    expect(answer(nodeResourcesFit, {}, { podSlots: 1 }, { on: [onNode({})] })).toBe('Unschedulable')
  })

  it.each([
    ['ignored by name', { ignoredResources: new Set([GPU]) }, GPU, 'Success'],
    ['ignored by group', { ignoredResourceGroups: new Set(['nvidia.com']) }, GPU, 'Success'],
    ['not ignored', { ignoredResourceGroups: new Set(['amd.com']) }, GPU, GONE_FOR_GOOD],
    ["Kubernetes' own cannot be ignored", { ignoredResourceGroups: new Set(['kubernetes.io']) }, 'kubernetes.io/thing', GONE_FOR_GOOD],
  ])('an extended resource %s', (_rule, settings, name, expected) => {
    const profile = { ...DEFAULT_PROFILE, ...settings }
    expect(answer(nodeResourcesFit, { requests: scalars({ [name]: 1 }) }, {}, { profile })).toBe(expected)
  })

  it('names everything that is short', () => {
    const context = pluginContext([makeNode('n1', { allocatable: amount({ cpu: 1 }), podSlots: 0 })])
    const [info] = context.infos
    const ask = nodeResourcesFit(context, makePod('new', { spec: { requests: amount({ cpu: 2, memory: 1 }) } }))
    expect(info && ask?.(info)).toEqual({ status: GONE_FOR_GOOD, message: 'Too many pods, Insufficient cpu, Insufficient memory' })
  })
})
