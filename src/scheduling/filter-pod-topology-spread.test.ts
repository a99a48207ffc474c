import { describe, expect, it } from 'vitest'
import type { LabelSelector } from '../cluster/labels.ts'
import type { NodeRecord } from '../cluster/node.ts'
import type { PodRecord, TopologySpreadConstraint } from '../cluster/pod.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import { labels, makeConstraint, makeNode, makePod, pluginContext, selecting, verdicts } from '../../test/support/builders.ts'
import { podTopologySpreadFilter } from './filter-pod-topology-spread.ts'

const ZONE = 'topology.kubernetes.io/zone'
const HOSTNAME = 'kubernetes.io/hostname'
const CORDON = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' } as const

const NOTHING: LabelSelector = { kind: 'nothing' }
const EVERYTHING: LabelSelector = { kind: 'everything' }

/** A hard constraint over zones that selects app=web, unless told otherwise. */
type Fields = Parameters<typeof makePod>[1]

let made = 0
/** Pods app=web on a node. */
function on(nodeName: string, count: number, fields: Fields = {}): readonly PodRecord[] {
  return Array.from({ length: count }, () => makePod(`web-${(made += 1)}`, { nodeName, labels: { app: 'web' }, ...fields }))
}

function incoming(constraints: readonly TopologySpreadConstraint[] = [makeConstraint()], fields: Fields = {}): PodRecord {
  return makePod('new', { labels: { app: 'web' }, ...fields, spec: { ...fields.spec, topologySpreadConstraints: constraints } })
}

const a1 = makeNode('a1', { zone: 'a' })
const b1 = makeNode('b1', { zone: 'b' })
const c1 = makeNode('c1', { zone: 'c' })

/** Names of the nodes that pass. */
function passing(pod: PodRecord, ...records: readonly (ClusterRecord | readonly ClusterRecord[])[]): readonly string[] {
  const answers = verdicts(podTopologySpreadFilter, pluginContext(records.flat()), pod)
  return Object.keys(answers).filter(name => answers[name] === 'Success')
}

describe('which pods count', () => {
  it.each<[string, PodRecord, readonly PodRecord[], readonly string[]]>([
    ['V01 none for a null selector, nor the pod itself', incoming([makeConstraint({ selector: NOTHING })]), on('a1', 5), ['a1', 'b1']],
    ['V02 none for a match-everything selector', incoming([makeConstraint({ selector: EVERYTHING })]), on('a1', 5), ['a1', 'b1']],
    [
      'V03 those of the same revision when matchLabelKeys narrow match-everything',
      incoming([makeConstraint({ selector: EVERYTHING, matchLabelKeys: ['rev'] })], { labels: { rev: '1' } }),
      [...on('a1', 2, { labels: { rev: '1' } }), ...on('b1', 3, { labels: { rev: '2' } })],
      ['b1'],
    ],
    [
      'V04 none when matchLabelKeys go with a null selector',
      incoming([makeConstraint({ selector: NOTHING, matchLabelKeys: ['app'] })]),
      on('a1', 5),
      ['a1', 'b1'],
    ],
    [
      'V05 those that the keys which the pod has select',
      incoming([makeConstraint({ matchLabelKeys: ['missing', 'rev'] })], { labels: { app: 'web', rev: '1' } }),
      [...on('a1', 2, { labels: { app: 'web', rev: '2' } }), ...on('b1', 1, { labels: { app: 'web', rev: '1' } })],
      ['a1'],
    ],
    ['V07 not the terminating ones', incoming(), [...on('a1', 3, { deletedAt: 1 }), ...on('b1', 1)], ['a1']],
    [
      'V08 not the finished ones',
      incoming(),
      [...on('a1', 2, { phase: 'Succeeded' }), ...on('a1', 2, { phase: 'Failed' }), ...on('b1', 1)],
      ['a1'],
    ],
    ['V09 those of unknown phase', incoming(), [...on('a1', 2, { phase: 'Unknown' }), ...on('b1', 1)], ['b1']],
    [
      'V10 bound Pending ones, but no unbound ones',
      incoming(),
      [...on('a1', 1, { phase: 'Pending' }), ...on('b1', 3, { nodeName: undefined })],
      ['b1'],
    ],
    ['V11 not those of other namespaces', incoming(), [...on('a1', 3, { namespace: 'other' }), ...on('b1', 1)], ['a1']],
    [
      'V26 the pod itself only if it matches',
      incoming([makeConstraint({ selector: selecting({ app: 'db' }) })]),
      on('a1', 1, { labels: { app: 'db' } }),
      ['a1', 'b1'],
    ],
    ['V31 not those of a node that is gone', incoming(), [...on('gone', 5), ...on('b1', 1)], ['a1']],
  ])('%s', (_rule, pod, pods, expected) => {
    expect(passing(pod, a1, b1, pods)).toEqual(expected)
  })
})

describe('which nodes count', () => {
  const pool = (name: string, zone: string, of: string): NodeRecord => makeNode(name, { zone, labels: { pool: of } })
  const inPool = { spec: { nodeSelector: labels({ pool: 'x' }) } }
  const cordoned = makeNode('c1', { zone: 'c', unschedulable: true, taints: [CORDON] })
  const honor = makeConstraint({ nodeTaintsPolicy: 'Honor' })
  const oneEach = [...on('a1', 1), ...on('b1', 1)]

  it('V12 none without the keys of all hard constraints', () => {
    const bare = { ...c1, labels: labels({ [ZONE]: 'c' }) }
    const pod = incoming([makeConstraint(), makeConstraint({ topologyKey: HOSTNAME })])
    expect(passing(pod, a1, b1, bare, on('c1', 9))).toEqual(['a1', 'b1'])
  })

  it('V13 one without the key of a soft constraint all the same', () => {
    const bare = { ...c1, labels: labels({ [ZONE]: 'c' }) }
    const pod = incoming([makeConstraint(), makeConstraint({ topologyKey: HOSTNAME, whenUnsatisfiable: 'ScheduleAnyway' })])
    expect(passing(pod, a1, b1, bare, oneEach)).toEqual(['c1'])
  })

  it.each<[string, PodRecord, readonly ClusterRecord[], readonly string[]]>([
    ['V14 a cordoned and tainted one', incoming(), [a1, b1, cordoned], ['c1']],
    ['V15 not when taints are honoured', incoming([honor]), [a1, b1, cordoned], ['a1', 'b1', 'c1']],
    ['V16 a cordoned one that has no taint yet, even so', incoming([honor]), [a1, b1, { ...cordoned, taints: [] }], ['c1']],
    [
      'V17 a tainted one that the pod tolerates, even so',
      incoming([honor], { spec: { tolerations: [{ key: '', operator: 'Exists', value: '', effect: '' }] } }),
      [a1, b1, cordoned],
      ['c1'],
    ],
    [
      'V18 one with a PreferNoSchedule taint, even so',
      incoming([honor]),
      [a1, b1, makeNode('c1', { zone: 'c', taints: [{ key: 'k', value: '', effect: 'PreferNoSchedule' }] })],
      ['c1'],
    ],
    [
      'V19 not outside the nodeSelector',
      incoming([makeConstraint()], inPool),
      [pool('a1', 'a', 'x'), pool('b1', 'b', 'x'), c1],
      ['a1', 'b1', 'c1'],
    ],
    [
      'V20 outside the nodeSelector when affinity is ignored',
      incoming([makeConstraint({ nodeAffinityPolicy: 'Ignore' })], inPool),
      [pool('a1', 'a', 'x'), pool('b1', 'b', 'x'), c1],
      ['c1'],
    ],
    ['V25 too few for minDomains without those left out', incoming([{ ...honor, minDomains: 3 }]), [a1, b1, cordoned], ['c1']],
    [
      'V37 one that is not Ready',
      incoming(),
      [
        a1,
        b1,
        makeNode('c1', {
          zone: 'c',
          ready: 'Unknown',
          taints: [{ key: 'node.kubernetes.io/unreachable', value: '', effect: 'NoExecute' }],
        }),
      ],
      ['c1'],
    ],
  ])('%s', (_rule, pod, nodes, expected) => {
    // Whether c1 itself may be used is for other filters to say.
    expect(passing(pod, nodes, oneEach)).toEqual(expected)
  })

  it('V21 pods outside the nodeSelector do not, though their zone does', () => {
    const nodes = [pool('a1', 'a', 'x'), pool('a2', 'a', 'y'), pool('b1', 'b', 'x')]
    expect(passing(incoming([makeConstraint()], inPool), nodes, on('a2', 5), on('b1', 1))).toEqual(['a1', 'a2'])
  })

  it('V35, V36 pods on a cordoned node of a live zone do, unless taints are honoured', () => {
    const a2 = makeNode('a2', { zone: 'a', unschedulable: true, taints: [CORDON] })
    expect(passing(incoming(), a1, a2, b1, on('a2', 2), on('b1', 1))).toEqual(['b1'])
    expect(passing(incoming([honor]), a1, a2, b1, on('a2', 2), on('b1', 1))).toEqual(['a1', 'a2'])
  })
})

describe('the verdict', () => {
  const two = makeConstraint({ maxSkew: 2 })

  it.each<[string, readonly TopologySpreadConstraint[], Readonly<Record<string, number>>, readonly string[]]>([
    ['V22 fewer domains than minDomains: the minimum is 0', [{ ...two, minDomains: 3 }], { a1: 2, b1: 2 }, []],
    ['V23 as many as minDomains: it is the real one', [{ ...two, minDomains: 2 }], { a1: 2, b1: 2 }, ['a1', 'b1']],
    ['V24 empty domains are domains', [makeConstraint({ minDomains: 3 })], { a1: 1, b1: 0, c1: 0 }, ['b1', 'c1']],
    [
      'V27 all constraints bind',
      [makeConstraint(), makeConstraint({ selector: NOTHING }), makeConstraint({ selector: selecting({ app: 'web', x: 'y' }) })],
      { a1: 1, b1: 0 },
      ['b1'],
    ],
    ['V38 equal counts fit', [makeConstraint({ topologyKey: HOSTNAME })], { a1: 2, b1: 2 }, ['a1', 'b1']],
    ['equal to maxSkew is fine', [two], { a1: 1, b1: 0 }, ['a1', 'b1']],
    ['above maxSkew is not', [two], { a1: 2, b1: 0 }, ['b1']],
  ])('%s', (_rule, constraints, counts, expected) => {
    const nodes = [a1, b1, c1].filter(({ name }) => name in counts)
    expect(
      passing(
        incoming(constraints),
        nodes,
        Object.entries(counts).flatMap(([node, count]) => on(node, count)),
      ),
    ).toEqual(expected)
  })

  it('V28 nodes that share a hostname are one domain', () => {
    const twin = (name: string): NodeRecord => ({ ...a1, name, labels: labels({ [HOSTNAME]: 'same' }) })
    const pod = incoming([makeConstraint({ topologyKey: HOSTNAME })])
    expect(passing(pod, twin('a1'), twin('a2'), b1, on('a1', 1))).toEqual(['b1'])
  })

  it('V29 an empty label value is a domain', () => {
    expect(passing(incoming(), makeNode('a1', { zone: '' }), b1, on('a1', 1))).toEqual(['b1'])
  })

  it('V30 soft constraints alone filter nothing', () => {
    const pod = incoming([makeConstraint({ whenUnsatisfiable: 'ScheduleAnyway' })])
    expect(passing(pod, a1, makeNode('bare'), on('a1', 9))).toEqual(['a1', 'bare'])
  })

  it('a node without the key is refused for good', () => {
    const answers = verdicts(podTopologySpreadFilter, pluginContext([a1, b1, makeNode('bare'), ...on('a1', 1)]), incoming())
    expect(answers).toEqual({ a1: 'Unschedulable', b1: 'Success', bare: 'UnschedulableAndUnresolvable' })
  })
})

describe('the replacement of a victim that is terminating', () => {
  it.each<[string, TopologySpreadConstraint, Readonly<Record<string, number>>, readonly string[]]>([
    ['V32 3/1/1 goes to a smaller zone', makeConstraint(), { a1: 2, b1: 1, c1: 1 }, ['b1', 'c1']],
    ['V33 2/2 goes back', makeConstraint(), { a1: 1, b1: 2 }, ['a1']],
    ['V34 3/1 within maxSkew 2 may go anywhere', makeConstraint({ maxSkew: 2 }), { a1: 2, b1: 1 }, ['a1', 'b1']],
  ])('%s', (_case, bound, others, expected) => {
    const nodes = [a1, b1, c1].filter(({ name }) => name in others)
    const pods = Object.entries(others).flatMap(([node, count]) => on(node, count))
    expect(passing(incoming([bound]), nodes, pods, on('a1', 1, { deletedAt: 1 }))).toEqual(expected)
  })
})
