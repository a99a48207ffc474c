import { describe, expect, it } from 'vitest'
import { labels, makeConstraint, makePod, makeWorkload, selecting } from '../../test/support/builders.ts'
import { budgetRecord, PLAIN_SPEC } from '../../test/support/records.ts'
import { createClusterState } from './cluster-state.ts'
import { withoutCopied } from './copied-labels.ts'
import type { PodAffinityTerm, PodSpec, TopologySpreadConstraint } from './pod.ts'
import type { ClusterRecord } from './records.ts'

const ZONE = 'topology.kubernetes.io/zone'
const REGION = 'topology.kubernetes.io/region'

describe('the labels of a pod without those copied from its node', () => {
  it('are what is left without zone and region', () => {
    expect(withoutCopied(labels({ app: 'web', [ZONE]: 'a', [REGION]: 'r' }))).toEqual(labels({ app: 'web' }))
  })

  it('are the same object where nothing was copied', () => {
    const own = labels({ app: 'web', 'example.com/zone': 'a' })
    expect(withoutCopied(own)).toBe(own)
  })
})

const constraint = (fields: Partial<TopologySpreadConstraint>): Partial<PodSpec> => ({
  topologySpreadConstraints: [makeConstraint(fields)],
})

const affinity = (fields: Partial<PodAffinityTerm>): Partial<PodSpec> => {
  const term = {
    topologyKey: ZONE,
    selector: selecting({ app: 'web' }),
    namespaces: [],
    namespaceSelector: undefined,
    matchLabelKeys: [],
    mismatchLabelKeys: [],
    ...fields,
  }
  return { podAntiAffinity: { required: [], preferred: [{ weight: 1, term }] } }
}

const selector = selecting({ app: 'web', [ZONE]: 'a' })
const templateOf = (spec: Partial<PodSpec>) => ({
  labels: labels({}),
  annotations: labels({}),
  spec: { ...PLAIN_SPEC, ...spec },
  claims: [],
  ephemeralVolumes: [],
})

describe('replicas in two zones', () => {
  const one = makePod('web-0', { labels: { app: 'web', [ZONE]: 'a' } })
  const other = { ...makePod('web-1', { labels: { app: 'web', [ZONE]: 'b' } }), ownLabels: one.ownLabels }

  function areTold(...records: readonly ClusterRecord[]): boolean {
    const state = createClusterState()
    for (const record of [one, other, ...records]) state.apply({ type: 'upsert', record })
    return state.tellingLabels(one) !== state.tellingLabels(other)
  }

  it.each<[string, ClusterRecord]>([
    ['a constraint over zones', makePod('db-0', { spec: constraint({}) })],
    ['a budget', budgetRecord({ selector: selecting({ app: 'web' }) })],
    ['a Service', { kind: 'Service', namespace: 'shop', name: 'web', selector: labels({ app: 'web' }) }],
    ['a ReplicaSet', makeWorkload('ReplicaSet', 'web', { selector: selecting({ app: 'web' }), template: templateOf(constraint({})) })],
  ])('are alike to %s', (_what, record) => {
    expect(areTold(record)).toBe(false)
  })

  it.each<[string, ClusterRecord]>([
    ['a constraint that selects by zone', makePod('db-0', { spec: constraint({ selector }) })],
    ['a constraint with matchLabelKeys of zones', makePod('db-0', { spec: constraint({ matchLabelKeys: [ZONE] }) })],
    ['an affinity term that selects by region', makePod('db-0', { spec: affinity({ selector: selecting({ [REGION]: 'r' }) }) })],
    ['an affinity term with mismatchLabelKeys of zones', makePod('db-0', { spec: affinity({ mismatchLabelKeys: [ZONE] }) })],
    ['a budget for one zone', budgetRecord({ selector })],
    ['a Service for one zone', { kind: 'Service', namespace: 'shop', name: 'web', selector: labels({ [ZONE]: 'a' }) }],
    ['a ReplicaSet that selects by zone', makeWorkload('ReplicaSet', 'web', { selector })],
    ['the template of a StatefulSet', makeWorkload('StatefulSet', 'db', { template: templateOf(constraint({ selector })) })],
  ])('are told apart by %s', (_what, record) => {
    expect(areTold(record)).toBe(true)
  })
})
