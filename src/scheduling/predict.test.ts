import { describe, expect, it } from 'vitest'
import type { NodeRecord } from '../cluster/node.ts'
import type { PodRecord, PodSpec, TopologySpreadConstraint } from '../cluster/pod.ts'
import { NO_SCALARS } from '../cluster/resources.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import {
  affinityTerm,
  clusterOf,
  labels,
  makeConstraint,
  makeNamespace,
  makeNode,
  makePod,
  selecting,
} from '../../test/support/builders.ts'
import { createSchedulerModel } from './create-scheduler-model.ts'
import { judge } from './judge.ts'
import type { Certainty, Prediction } from './prediction.ts'
import { DEFAULT_PROFILE, DEFAULT_PROFILES, type SchedulerProfile } from './profile.ts'
import type { SchedulerModel } from './scheduler-model.ts'

const ZONE = 'topology.kubernetes.io/zone'

type Fields = Parameters<typeof makePod>[1]

const cpu = (amount: number) => ({ cpu: amount, memory: 0, ephemeralStorage: 0, scalars: NO_SCALARS })

/** A node with one core. */
const core = (name: string, zone: string, fields: Partial<Omit<NodeRecord, 'labels'>> = {}): NodeRecord =>
  makeNode(name, { zone, allocatable: cpu(1000), ...fields })

const a1 = core('a1', 'a')
const b1 = core('b1', 'b')
const c1 = core('c1', 'c')

const hard = makeConstraint()
const soft = makeConstraint({ whenUnsatisfiable: 'ScheduleAnyway' })

const web = (name: string, fields: Fields = {}): PodRecord => makePod(name, { labels: { app: 'web' }, ...fields })
const spreading = (...constraints: readonly TopologySpreadConstraint[]): PodRecord =>
  web('new', { spec: { topologySpreadConstraints: constraints } })
const asking = (spec: Partial<PodSpec>): PodRecord => makePod('new', { spec })

function modelOf(records: readonly ClusterRecord[], profile: SchedulerProfile = DEFAULT_PROFILE): SchedulerModel {
  return createSchedulerModel(clusterOf(records), new Map([[profile.schedulerName, profile]]))
}

const predict = (pod: PodRecord, ...records: readonly ClusterRecord[]): Prediction => modelOf(records).predict(pod)

const names = (prediction: Prediction): readonly string[] => (prediction.kind === 'placed' ? prediction.nodes.map(node => node.name) : [])
/** How sure it is that the pod lands on a node that helps and stays. */
function certainty(prediction: Prediction, helps: (node: string) => boolean): Certainty {
  if (prediction.kind !== 'placed') return 'open'
  return judge(prediction.nodes, prediction.leading, ({ name, stays }) => stays && helps(name))
}
const leading = (prediction: Prediction): readonly string[] =>
  prediction.kind === 'placed' ? prediction.leading.map(node => node.name) : []

describe('where a pod is placed', () => {
  it('the highest total comes first, ties by name', () => {
    const prediction = predict(spreading(soft), c1, b1, a1, web('1', { nodeName: 'a1' }))
    expect(names(prediction)).toEqual(['b1', 'c1', 'a1'])
    expect(prediction).toMatchObject({ sampled: false, nodes: [{ total: 590 }, { total: 590 }, {}] })
  })

  it('the only feasible node is taken unscored', () => {
    expect(predict(spreading(hard), a1, b1, web('1', { nodeName: 'a1' }))).toMatchObject({ nodes: [{ name: 'b1', total: 0, stays: true }] })
  })

  it('nodes within the margin lead', () => {
    const prediction = predict(spreading(soft), a1, b1, c1, web('1', { nodeName: 'a1' }), web('2', { nodeName: 'a1' }))
    expect(leading(prediction)).toEqual(['b1', 'c1'])
  })

  it('the answer stays what it was when the model moves on', () => {
    const model = modelOf([a1, b1])
    const prediction = model.predict(web('new'))
    model.advance({ kind: 'Node', key: 'a1', before: a1, after: undefined })
    expect(names(prediction)).toEqual(['a1', 'b1'])
  })

  it('of many nodes only a sample is scored', () => {
    const zones = (count: number): readonly NodeRecord[] =>
      Array.from({ length: count }, (_, i) => core(`n${String(i).padStart(3, '0')}`, ['a', 'b', 'c'][i % 3] ?? ''))
    const inA = web('1', { nodeName: 'n000' })
    const crowded = [inA, web('2', { nodeName: 'n003' }), web('3', { nodeName: 'n001' })]
    expect(predict(spreading(soft), ...zones(99), ...crowded)).toMatchObject({ sampled: false })
    const prediction = predict(spreading(soft), ...zones(150), ...crowded)
    expect(prediction).toMatchObject({ sampled: true })
    // Whichever 100 nodes it looks at, some of zone c are among them.
    expect(certainty(prediction, node => Number(node.slice(1)) % 3 === 2)).toBe('likely')
  })
})

describe('why no node takes a pod', () => {
  it('each filter tells how many nodes it was the first to refuse, and why', () => {
    const nodes = [
      a1,
      core('b1', 'b', { unschedulable: true }),
      core('b2', 'b', { taints: [{ key: 'x', value: 'y', effect: 'NoSchedule' }] }),
    ]
    const full = makePod('full', { nodeName: 'a1', charged: cpu(1000) })
    expect(predict(asking({ requests: cpu(500) }), ...nodes, full)).toEqual({
      kind: 'unschedulable',
      refusals: [
        { plugin: 'NodeUnschedulable', nodes: 1, message: 'node(s) were unschedulable' },
        { plugin: 'TaintToleration', nodes: 1, message: 'node(s) had untolerated taint {x: y}' },
        { plugin: 'NodeResourcesFit', nodes: 1, message: 'Insufficient cpu' },
      ],
    })
  })

  it('V64 a volume that holds the pod back in a full zone', () => {
    const pod = spreading({ ...hard, topologyKey: 'kubernetes.io/hostname' })
    const pinned = {
      ...pod,
      spec: {
        ...pod.spec,
        nodeSelector: labels({ [ZONE]: 'a' }),
        topologySpreadConstraints: [{ ...hard, nodeAffinityPolicy: 'Ignore' as const }],
      },
    }
    expect(predict(pinned, a1, b1, web('1', { nodeName: 'a1' }))).toMatchObject({
      kind: 'unschedulable',
      refusals: [
        { plugin: 'NodeAffinity', nodes: 1 },
        { plugin: 'PodTopologySpread', nodes: 1 },
      ],
    })
  })

  it('a scheduling gate', () => {
    expect(predict(asking({ schedulingGates: ['example.com/wait'] }), a1, b1)).toEqual({
      kind: 'unschedulable',
      refusals: [{ plugin: 'SchedulingGates', nodes: 2, message: 'held back by the scheduling gate example.com/wait' }],
    })
  })

  it('a node that could not be read takes no pod, but makes a domain', () => {
    const unreadable = core('b1', 'b', { problems: ['status.allocatable.cpu: odd'] })
    expect(names(predict(asking({}), a1, unreadable))).toEqual(['a1'])
    // Zone b has none: zone a with one is full.
    expect(predict(spreading(hard), a1, unreadable, web('1', { nodeName: 'a1' }))).toMatchObject({ kind: 'unschedulable' })
  })
})

describe('what cannot be predicted', () => {
  const invalid = { kind: 'invalid', problem: 'operator "Is" is unknown' } as const

  it.each<[string, PodRecord, RegExp]>([
    ['a pod of another scheduler', asking({ schedulerName: 'mine' }), /no profile is known for its scheduler mine/],
    ['a spec that could not be read', asking({ problems: ['spec.overhead: odd'] }), /spec\.overhead: odd/],
    ['resource claims', asking({ usesResourceClaims: true }), /resource claims/],
    [
      'an invalid selector of a constraint',
      spreading({ ...hard, selector: invalid }),
      /constraint over topology\.kubernetes\.io\/zone .*"Is"/,
    ],
    [
      'an invalid selector of an affinity term',
      asking({ podAffinity: { required: [affinityTerm(invalid)], preferred: [] } }),
      /pod affinity .*"Is"/,
    ],
    [
      'a preferred node affinity term that the scheduler cannot read',
      asking({ preferredNodeAffinity: [{ weight: 1, term: { kind: 'invalid', problem: '"-1" is not a label value' } }] }),
      /preferred term of its node affinity .*"-1"/,
    ],
    [
      'an invalid namespaceSelector',
      asking({
        podAntiAffinity: {
          required: [],
          preferred: [{ weight: 1, term: affinityTerm(selecting({ a: 'b' }), { namespaceSelector: invalid }) }],
        },
      }),
      /pod affinity .*"Is"/,
    ],
  ])('%s', (_what, pod, expected) => {
    const prediction = predict(pod, a1, b1)
    expect(prediction).toMatchObject({ kind: 'unpredictable', problem: expect.stringMatching(expected) as string })
    expect(certainty(prediction, () => true)).toBe('open')
  })
})

describe('preemption', () => {
  const promised = (priority: number): PodRecord =>
    makePod('waiting', { nominatedNodeName: 'a1', spec: { priority, requests: cpu(600) }, charged: cpu(600), phase: 'Pending' })
  const pod = asking({ priority: 5, requests: cpu(600) })

  it.each([
    ['a higher priority', 6, ['b1']],
    ['the same priority', 5, ['b1']],
    ['a lower priority', 4, ['a1', 'b1']],
  ])('room is kept for a pod of %s', (_what, priority, expected) => {
    const model = modelOf([a1, b1, promised(priority)])
    expect(names(model.predict(pod)).toSorted()).toEqual(expected)
    const feasible = model.explain(pod).nodes.filter(node => node.feasible)
    expect(feasible.map(node => node.name)).toEqual(expected)
    expect(model.refusalOn(pod, 'a1')?.plugin).toBe(priority < 5 ? undefined : 'NodeResourcesFit')
    // The question leaves nothing behind.
    expect(names(model.predict(asking({ priority: 9, requests: cpu(600) }))).toSorted()).toEqual(['a1', 'b1'])
  })

  it('says so where that is all that is in the way', () => {
    expect(predict(pod, a1, promised(5))).toEqual({
      kind: 'unschedulable',
      refusals: [{ plugin: 'NodeResourcesFit', nodes: 1, message: 'node(s) are promised to pods of equal or higher priority' }],
    })
  })

  it('a pod goes to the node it was promised, if that has room, and anywhere if not', () => {
    const chosen: PodRecord = { ...pod, nominatedNodeName: 'b1' }
    expect(names(predict(chosen, a1, b1))).toEqual(['b1'])
    expect(names(predict(chosen, a1, c1, b1, makePod('full', { nodeName: 'b1', charged: cpu(1000) })))).toEqual(['a1', 'c1'])
  })

  describe('that was promised to a pod which wants no web beside it', () => {
    const apart = { podAntiAffinity: { required: [affinityTerm(selecting({ app: 'web' }))], preferred: [] } }
    const waiting = makePod('waiting', { nominatedNodeName: 'a1', spec: { priority: 5, ...apart }, phase: 'Pending' })
    const web = { ...asking({ priority: 5 }), labels: labels({ app: 'web' }) }
    const places = (pod: PodRecord, ...records: readonly ClusterRecord[]) => {
      const model = modelOf([a1, b1, c1, waiting, ...records])
      const places = names(model.predict(pod)).toSorted()
      const { nodes } = model.explain(pod)
      expect(nodes.filter(({ feasible }) => feasible).map(({ name }) => name)).toEqual(places)
      expect(['a1', 'b1', 'c1'].filter(name => model.refusalOn(pod, name) === undefined)).toEqual(places)
      return places
    }

    it('is not kept from a pod that no affinity has to do with: nobody tells the plugin', () => {
      expect(places(web)).toEqual(['a1', 'b1', 'c1'])
    })

    it('is kept once some pod that is placed wants the same', () => {
      expect(places(web, makePod('picky', { nodeName: 'c1', spec: apart }))).toEqual(['b1'])
    })
  })

  it('what a node lacks beside the pods that it was promised to is what is told', () => {
    const reasons = modelOf([a1, promised(5)])
      .explain(asking({ priority: 5, requests: { ...cpu(600), memory: 1e12 } }))
      .nodes.flatMap(node => node.reasons)
    expect(reasons).toEqual(['Insufficient cpu, Insufficient memory'])
  })

  it('a pod keeps no room from itself', () => {
    const model = modelOf([a1, promised(5)])
    expect(names(model.predict(promised(5)))).toEqual(['a1'])
  })

  it('the promise is off once the pod is placed, and on again when that is taken back', () => {
    const waiting = promised(5)
    const model = modelOf([a1, b1, waiting])
    const placed = { ...waiting, nodeName: 'b1' }
    model.imagine(waiting, placed)
    expect(names(model.predict(pod))).toEqual(['a1'])
    model.imagine(placed, waiting)
    expect(names(model.predict(pod))).toEqual(['b1'])
  })
})

describe('nodes that are about to go', () => {
  const tolerant: PodSpec['tolerations'] = [{ key: '', operator: 'Exists', value: '', effect: '' }]
  const taint = (key: string) => ({ taints: [{ key, value: '', effect: 'NoSchedule' as const }] })

  it.each<[string, Partial<NodeRecord>]>([
    ['for Karpenter', taint('karpenter.sh/disrupted')],
    ['for the Cluster Autoscaler', taint('ToBeDeletedByClusterAutoscaler')],
    ['because they are deleted', { deletedAt: 1 }],
  ])('%s are no use, even to pods that tolerate everything', (_why, fields) => {
    const model = modelOf([a1, core('b1', 'b', fields)])
    const pod = asking({ tolerations: tolerant })
    expect(names(model.predict(pod)).toSorted()).toEqual(['a1', 'b1'])
    expect(certainty(model.predict(pod), () => true)).toBe('open')
    expect(model.refusalOn(pod, 'b1')?.message).toMatch(/about to be removed/)
    expect(model.refusalOn(pod, 'a1')).toBeUndefined()
  })
})

describe('nodes that evict a pod again after a while', () => {
  const expelling = core('b1', 'b', { taints: [{ key: 'spare', value: '', effect: 'NoExecute' as const }] })
  const forAMinute = { key: 'spare', operator: 'Exists', value: '', effect: 'NoExecute', seconds: 60 } as const
  const forEver = { key: 'spare', operator: 'Exists', value: '', effect: 'NoExecute' } as const

  it.each<[string, PodSpec['tolerations'], boolean]>([
    ['no use to those that tolerate the taint for a time', [forAMinute], false],
    ['like any other to those that tolerate it', [forEver], true],
    ['judged by the first toleration that covers the taint', [forEver, forAMinute], true],
  ])('are %s', (_what, tolerations, stays) => {
    const model = modelOf([a1, expelling])
    const pod = asking({ tolerations })
    expect(names(model.predict(pod)).toSorted()).toEqual(['a1', 'b1'])
    expect(certainty(model.predict(pod), () => true)).toBe(stays ? 'certain' : 'open')
    expect(model.refusalOn(pod, 'b1') === undefined).toBe(stays)
    expect(model.roomFor(pod).filter(copies => copies > 0)).toHaveLength(stays ? 2 : 1)
  })
})

describe('certainty', () => {
  const inC = (node: string): boolean => node.startsWith('c')
  const crowded = [web('1', { nodeName: 'a1' }), web('2', { nodeName: 'a1' }), web('3', { nodeName: 'b1' })]

  it.each<[string, PodRecord, readonly ClusterRecord[], (node: string) => boolean, string]>([
    ['certain when every feasible node helps', spreading(hard), crowded, inC, 'certain'],
    ['likely when every leading node helps', spreading(soft), crowded, inC, 'likely'],
    ['open when a leading node does not', spreading(soft), [web('1', { nodeName: 'a1' })], inC, 'open'],
    ['open when nothing takes it', asking({ nodeSelector: labels({ no: 'where' }) }), [], () => true, 'open'],
  ])('%s', (_rule, pod, pods, helps, expected) => {
    expect(certainty(predict(pod, a1, b1, c1, ...pods), helps)).toBe(expected)
  })

  it('no lead counts where the scheduler scores in ways that are not modelled', () => {
    const model = modelOf([a1, b1, c1, ...crowded], { ...DEFAULT_PROFILE, unmodelled: ['scheduler extenders'] })
    expect(certainty(model.predict(spreading(soft)), inC)).toBe('open')
    expect(certainty(model.predict(spreading(hard)), inC)).toBe('certain')
    expect(model.explain(spreading(hard)).warnings).toEqual(['scheduler extenders'])
  })
})

describe('changes that reach far', () => {
  it('a namespace that is relabelled comes into or falls out of reach of an affinity term', () => {
    const far = makePod('far', { namespace: 'other', nodeName: 'a1', labels: { app: 'web' } })
    const term = affinityTerm(selecting({ app: 'web' }), { namespaceSelector: selecting({ team: 'red' }) })
    const pod = asking({ podAntiAffinity: { required: [term], preferred: [] } })
    const blue = makeNamespace('other', { team: 'blue' })
    const cluster = clusterOf([a1, b1, far, blue])
    const model = createSchedulerModel(cluster, DEFAULT_PROFILES)
    expect(names(model.predict(pod)).toSorted()).toEqual(['a1', 'b1'])
    const delta = cluster.apply({ type: 'upsert', record: makeNamespace('other', { team: 'red' }) })
    if (delta !== undefined) model.advance(delta)
    expect(names(model.predict(pod))).toEqual(['b1'])
  })

  it('pods that tolerate different taints count different nodes', () => {
    const tainted = core('b1', 'b', { taints: [{ key: 'x', value: '', effect: 'NoSchedule' }] })
    const honor: TopologySpreadConstraint = { ...hard, nodeTaintsPolicy: 'Honor' }
    const model = modelOf([a1, tainted, web('1', { nodeName: 'a1' })])
    const [own] = model.constraintsOf(spreading(honor))
    const tolerant = web('tolerant', {
      spec: { topologySpreadConstraints: [honor], tolerations: [{ key: 'x', operator: 'Exists', value: '', effect: '' }] },
    })
    const [others] = model.constraintsOf(tolerant)
    if (own === undefined || others === undefined) throw new Error('no constraints')
    expect([...model.spreadOf(spreading(honor), own).domains().keys()]).toEqual(['a'])
    expect([...model.spreadOf(tolerant, others).domains().keys()]).toEqual(['a', 'b'])
  })

  it('V31 pods of a node that returns count again', () => {
    const model = modelOf([b1, web('1', { nodeName: 'a1' })])
    expect(names(model.predict(spreading(hard)))).toEqual(['b1'])
    model.advance({ kind: 'Node', key: 'a1', before: undefined, after: a1 })
    expect(names(model.predict(spreading(hard)))).toEqual(['b1'])
    model.advance({ kind: 'Node', key: 'a1', before: a1, after: undefined })
    expect(model.info('a1')).toBeUndefined()
  })
})
