import { describe, expect, it } from 'vitest'
import type { PodRecord, TopologySpreadConstraint } from '../cluster/pod.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import type { ServiceRecord } from '../cluster/other-records.ts'
import {
  clusterOf,
  labels,
  makeConstraint,
  makeNode,
  makePod,
  makeWorkload,
  pluginContext,
  scoresOf,
  selecting,
} from '../../test/support/builders.ts'
import { createSchedulerModel } from './create-scheduler-model.ts'
import { podTopologySpreadScore } from './score-pod-topology-spread.ts'
import { DEFAULT_PROFILE, DEFAULT_PROFILES, type SchedulerProfile } from './profile.ts'

const ZONE = 'topology.kubernetes.io/zone'
const HOSTNAME = 'kubernetes.io/hostname'

function soft(topologyKey: string, maxSkew = 1, fields: Partial<TopologySpreadConstraint> = {}): TopologySpreadConstraint {
  return makeConstraint({ topologyKey, whenUnsatisfiable: 'ScheduleAnyway', maxSkew, ...fields })
}

const owned = { controller: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'web-1' } } as const
const replicaSet = makeWorkload('ReplicaSet', 'web-1', { selector: selecting({ app: 'web' }) })

/** Pods app=web on nodes, by the node's name. */
function pods(counts: Readonly<Record<string, number>>): readonly PodRecord[] {
  return Object.entries(counts).flatMap(([nodeName, count]) =>
    Array.from({ length: count }, (_, i) => makePod(`${nodeName}-${i}`, { nodeName, labels: { app: 'web' }, ...owned })),
  )
}

function scores(records: readonly ClusterRecord[], pod: PodRecord, profile: SchedulerProfile = DEFAULT_PROFILE) {
  return scoresOf(podTopologySpreadScore, pluginContext(records, profile), pod)
}

const own = (...topologySpreadConstraints: readonly TopologySpreadConstraint[]): PodRecord =>
  makePod('new', { labels: { app: 'web' }, spec: { topologySpreadConstraints } })

const replica = makePod('new', { labels: { app: 'web' }, ...owned })

describe('own constraints', () => {
  const four = ['a', 'b', 'c', 'd'].map(name => makeNode(name))
  const zones = ['a', 'b', 'c'].map(zone => makeNode(`${zone}1`, { zone }))

  it.each([
    [1, { a: 20, b: 60, c: 100, d: 0 }],
    [2, { a: 33, b: 66, c: 100, d: 16 }],
  ])('V70 2/1/0/3 over hosts with maxSkew %i', (maxSkew, expected) => {
    expect(scores([...four, ...pods({ a: 2, b: 1, d: 3 })], own(soft(HOSTNAME, maxSkew)))).toEqual(expected)
  })

  it('V71 2/1/1 over zones', () => {
    expect(scores([...zones, ...pods({ a1: 2, b1: 1, c1: 1 })], own(soft(ZONE)))).toEqual({ a1: 66, b1: 100, c1: 100 })
  })

  it('without a pod anywhere all nodes are equal', () => {
    expect(scores(zones, own(soft(ZONE)))).toEqual({ a1: 100, b1: 100, c1: 100 })
  })

  it('a node without one of the keys scores 0', () => {
    const bare = makeNode('bare')
    expect(scores([...zones, bare, ...pods({ a1: 1 })], own(soft(ZONE), soft(HOSTNAME)))).toMatchObject({ bare: 0, b1: 100 })
  })

  it('pods on a node that the policies leave out count by host and not by zone', () => {
    const tainted = makeNode('a2', { zone: 'a', taints: [{ key: 'k', value: '', effect: 'NoSchedule' }] })
    const world = [...zones, tainted, ...pods({ a2: 4 })]
    expect(scores(world, own(soft(ZONE, 1, { nodeTaintsPolicy: 'Honor' })))).toEqual({ a1: 100, a2: 100, b1: 100, c1: 100 })
    expect(scores(world, own(soft(HOSTNAME, 1, { nodeTaintsPolicy: 'Honor' })))).toEqual({ a1: 100, a2: 0, b1: 100, c1: 100 })
  })

  it('hard constraints score nothing', () => {
    expect(scores([...zones, ...pods({ a1: 2 })], own(soft(ZONE, 1, { whenUnsatisfiable: 'DoNotSchedule' })))).toEqual({
      a1: 0,
      b1: 0,
      c1: 0,
    })
  })

  it('V78 one of its own switches the defaults off', () => {
    const racks = zones.map(node => ({ ...node, labels: new Map([...node.labels, ['rack', 'r']]) }))
    const pod = { ...own(soft('rack')), ...owned }
    expect(scores([replicaSet, ...racks, ...pods({ a1: 3 })], pod)).toEqual({ a1: 100, b1: 100, c1: 100 })
  })
})

describe('System defaults', () => {
  const nodes = [makeNode('a1', { zone: 'a' }), makeNode('b1', { zone: 'b' }), makeNode('c1')]
  const world = [...nodes, ...pods({ a1: 2 })]
  const spread = { a1: 16, b1: 66, c1: 100 }
  const none = { a1: 0, b1: 0, c1: 0 }
  const service = (selector: Readonly<Record<string, string>> | undefined): ServiceRecord => ({
    kind: 'Service',
    namespace: 'shop',
    name: 'web',
    selector: selector && labels(selector),
  })

  it('V69 a node without a zone is spared the zone', () => {
    expect(scores([replicaSet, ...world], replica)).toEqual(spread)
  })

  it('a node whose zone has no name is in one zone with those without: their pods count for it', () => {
    const nameless = makeNode('d1', { zone: '' })
    const records = [replicaSet, ...world, nameless, ...pods({ c1: 1 })]
    // Four hosts, and three zones with 2, 0 and 1 pods; raw 2 ln 6 + 2 ln 5 + 6, 6, ln 6 + 2 and ln 5 + 6, rounded: 13, 6, 4 and 8.
    expect(scores(records, replica)).toEqual({ a1: 30, b1: 84, c1: 100, d1: 69 })
    const model = createSchedulerModel(clusterOf(records), DEFAULT_PROFILES)
    const prediction = model.predict(replica)
    const totals = prediction.kind === 'placed' ? prediction.nodes.map(({ name, total }) => [name, total]) : []
    expect(new Map(totals as [string, number][])).toEqual(new Map(model.explain(replica).nodes.map(({ name, total }) => [name, total])))
  })

  it.each<[string, readonly ClusterRecord[], PodRecord, Readonly<Record<string, number>>]>([
    ['V77 a bare pod has no spreading', [], { ...replica, controller: undefined }, none],
    ['V77 nor has a Job pod', [], { ...replica, controller: { apiVersion: 'batch/v1', kind: 'Job', name: 'web-1', uid: 'j' } }, none],
    ['a Service selects for a bare pod', [service({ app: 'web' })], { ...replica, controller: undefined }, spread],
    ['a Service that does not select the pod does not', [service({ app: 'db' })], { ...replica, controller: undefined }, none],
    ['a Service without selector does not', [service(undefined)], { ...replica, controller: undefined }, none],
    ['an owner that is not known derives nothing', [], replica, none],
  ])('%s', (_rule, others, pod, expected) => {
    expect(scores([...others, ...world], pod)).toEqual(expected)
  })

  it('Service and owner select together', () => {
    const narrow = makeWorkload('ReplicaSet', 'web-1', { selector: selecting({ rev: '1' }) })
    const counted = makePod('counted', { nodeName: 'b1', labels: { app: 'web', rev: '1' } })
    const pod = { ...replica, labels: labels({ app: 'web', rev: '1' }) }
    expect(scores([narrow, service({ app: 'web' }), ...world, counted], pod)).toEqual({ a1: 55, b1: 22, c1: 100 })
  })
})

describe('List defaults', () => {
  it('apply as written to pods with a derived selector', () => {
    const { selector: _derived, ...constraint } = soft(ZONE)
    const profile: SchedulerProfile = { ...DEFAULT_PROFILE, defaultConstraints: { type: 'List', constraints: [constraint] } }
    const nodes = [makeNode('a1', { zone: 'a' }), makeNode('b1', { zone: 'b' }), makeNode('bare')]
    expect(scores([replicaSet, ...nodes, ...pods({ a1: 2 })], replica, profile)).toEqual({ a1: 0, b1: 100, bare: 0 })
  })

  it('may be none', () => {
    const profile: SchedulerProfile = { ...DEFAULT_PROFILE, defaultConstraints: { type: 'List', constraints: [] } }
    expect(scores([replicaSet, makeNode('a1'), makeNode('b1'), ...pods({ a1: 2 })], replica, profile)).toEqual({ a1: 0, b1: 0 })
  })
})
