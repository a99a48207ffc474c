import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createClusterState, type ClusterState, type Delta } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { recordKey, type ClusterRecord } from '../cluster/records.ts'
import { NO_SCALARS, type Resources } from '../cluster/resources.ts'
import { makeConstraint, makeNode, makePod, selecting } from '../../test/support/builders.ts'
import { randomCluster } from '../../test/support/random-clusters.ts'
import { createSchedulerModel } from './create-scheduler-model.ts'
import { NO_DOMAIN } from './node-layout.ts'
import type { CandidateNode, Prediction } from './prediction.ts'
import { DEFAULT_PROFILE, DEFAULT_PROFILES, type SchedulerProfile } from './profile.ts'
import type { SchedulerModel } from './scheduler-model.ts'

function stateOf(records: Iterable<ClusterRecord>): ClusterState {
  const state = createClusterState()
  for (const record of records) state.apply({ type: 'upsert', record })
  return state
}

function recordsOf(state: ClusterState): ClusterRecord[] {
  return (['Node', 'Pod', 'Service', 'ReplicaSet', 'Namespace'] as const).flatMap(kind => [...state.all(kind)])
}

const fresh = (records: Iterable<ClusterRecord>): SchedulerModel => createSchedulerModel(stateOf(records), DEFAULT_PROFILES)

/** Models number their nodes in the order in which they came. */
const slotless = ({ name, total, stays }: CandidateNode): Omit<CandidateNode, 'slot'> => ({ name, total, stays })

/** Everything that a model says about some pods, as plain data. */
function answers(model: SchedulerModel, pods: readonly PodRecord[]) {
  const nodes = [...model.cluster.nodes()].map(node => node.name).sort((left, right) => (left < right ? -1 : 1))
  return pods.map(pod => {
    const prediction = model.predict(pod)
    return {
      prediction:
        prediction.kind === 'placed'
          ? { ...prediction, nodes: prediction.nodes.map(slotless), leading: prediction.leading.map(slotless) }
          : prediction,
      refusals: nodes.map(name => model.refusalOn(pod, name)),
      spread: model.constraintsOf(pod).map(constraint => {
        const { domains, over, globalMinimum } = model.spreadOf(pod, constraint)
        const nodesIn = [...domains().keys()].map(name => [name, over.nodesOf(over.topology.numberOf.get(name) ?? NO_DOMAIN)] as const)
        return { constraint, domains: domains(), nodes: new Map(nodesIn), globalMinimum }
      }),
    }
  })
}

const follow = (model: SchedulerModel, delta: Delta | undefined): void => {
  if (delta !== undefined) model.advance(delta)
}

describe('on random clusters', () => {
  it('what is foretold is what every plain filter and score explain', () => {
    fc.assert(
      fc.property(randomCluster, ({ records, incoming }) => {
        const model = fresh(records)
        for (const pod of incoming) {
          const { nodes } = model.explain(pod)
          const readable = nodes.filter(node => node.feasible && model.cluster.node(node.name)?.problems.length === 0)
          const prediction = model.predict({ ...pod, nominatedNodeName: undefined })
          const foretold: readonly CandidateNode[] = prediction.kind === 'placed' ? prediction.nodes : []
          expect(foretold.map(node => node.name).toSorted()).toEqual(readable.map(node => node.name))
          // Scores look at all feasible nodes, so that an unreadable one among them would change them.
          if (foretold.length < 2 || readable.length < nodes.filter(node => node.feasible).length) continue
          expect(Object.fromEntries(foretold.map(node => [node.name, node.total]))).toEqual(
            Object.fromEntries(readable.map(node => [node.name, node.total])),
          )
        }
      }),
      { numRuns: 400 },
    )
  })

  it('told what to tell nodes apart by, it foretells the best of each kind', () => {
    fc.assert(
      fc.property(randomCluster, fc.func(fc.nat({ max: 2 })), fc.nat({ max: 5 }), ({ records, incoming }, kindOf, alone) => {
        const model = fresh(records)
        const { length, slotOf } = model.nodeSlots()
        const marks = [Int32Array.from({ length }, (_, slot) => kindOf(slot))]
        const kind = ({ name }: CandidateNode): number => (slotOf(name) === alone ? -1 : (marks[0]?.[slotOf(name) ?? 0] ?? 0))
        const best = (nodes: readonly CandidateNode[]) =>
          new Map([...Map.groupBy(nodes, kind)].map(([each, all]) => [each, Math.max(...all.map(({ total }) => total))]))
        const byKind = (prediction: Prediction) =>
          prediction.kind === 'placed' ? { ...prediction, nodes: best(prediction.nodes), leading: best(prediction.leading) } : prediction
        const nodesOf = (prediction: Prediction): readonly CandidateNode[] => (prediction.kind === 'placed' ? prediction.nodes : [])
        for (const pod of incoming) {
          const [all, told] = [model.predict(pod), model.predict(pod, { marks, apart: [alone] })]
          expect(byKind(told)).toEqual(byKind(all))
          // Finer kinds than those asked for are allowed; other nodes or totals are not.
          const totals = new Map(nodesOf(all).map(({ name, total }) => [name, total]))
          expect(nodesOf(told).filter(({ name, total }) => totals.get(name) !== total)).toEqual([])
        }
      }),
      { numRuns: 400 },
    )
  })

  it('a model that followed every change says what a new one says', () => {
    fc.assert(
      fc.property(randomCluster, ({ records, events, incoming }) => {
        const state = stateOf(records)
        const model = createSchedulerModel(state, DEFAULT_PROFILES)
        for (const event of events) {
          answers(model, incoming)
          follow(model, state.apply(event))
          expect(answers(model, incoming)).toEqual(answers(fresh(recordsOf(state)), incoming))
        }
      }),
    )
  })

  it('what is imagined counts like what is there, and leaves nothing behind', () => {
    fc.assert(
      fc.property(randomCluster, ({ records, incoming, imagined }) => {
        const state = stateOf(records)
        const model = createSchedulerModel(state, DEFAULT_PROFILES)
        const before = answers(model, incoming)
        const laidOver = stateOf(records)
        const changes = imagined.map(pod => {
          const change = { before: laidOver.pod(pod.namespace, pod.name), after: pod }
          laidOver.apply({ type: 'upsert', record: pod })
          model.imagine(change.before, change.after)
          return change
        })
        const inLaidOver = answers(fresh(recordsOf(laidOver)), incoming)
        expect(answers(model, incoming)).toEqual(inLaidOver)
        for (const change of changes.toReversed()) model.imagine(change.after, change.before)
        expect(answers(model, incoming)).toEqual(before)
      }),
    )
  })

  it('a model of an empty cluster that is told of everything, in any order of kinds, says what one made of the whole says', () => {
    const arrivals = randomCluster.chain(({ records, incoming }) =>
      fc.record({ incoming: fc.constant(incoming), arriving: fc.shuffledSubarray([...records], { minLength: records.length }) }),
    )
    fc.assert(
      fc.property(arrivals, ({ incoming, arriving }) => {
        const state = createClusterState()
        const model = createSchedulerModel(state, DEFAULT_PROFILES)
        for (const record of arriving) follow(model, state.apply({ type: 'upsert', record }))
        expect(answers(model, incoming)).toEqual(answers(fresh(recordsOf(state)), incoming))
      }),
    )
  })

  it('the order in which objects came makes no difference', () => {
    const shuffled = randomCluster.chain(cluster => {
      // Of two records of one object the later counts, so that only the last of each is shuffled.
      const records = [...new Map(cluster.records.map(record => [`${record.kind} ${recordKey(record)}`, record])).values()]
      return fc.record({
        cluster: fc.constant(cluster),
        records: fc.constant(records),
        other: fc.shuffledSubarray(records, { minLength: records.length }),
      })
    })
    fc.assert(
      fc.property(shuffled, ({ cluster: { incoming }, records, other }) => {
        expect(answers(fresh(other), incoming)).toEqual(answers(fresh(records), incoming))
      }),
    )
  })

  it('another matching pod never opens its domain', () => {
    fc.assert(
      fc.property(randomCluster, fc.nat(), ({ records, incoming: [pod], imagined: [other] }, which) => {
        if (pod === undefined || other?.nodeName === undefined) return
        const model = fresh(records)
        const hard = model.constraintsOf(pod).filter(each => each.whenUnsatisfiable === 'DoNotSchedule')
        const constraint = hard[which % Math.max(1, hard.length)]
        if (constraint === undefined) return
        const added: PodRecord = { ...other, name: 'added', namespace: pod.namespace, deletedAt: undefined, phase: 'Running' }
        const here = model.cluster.node(added.nodeName ?? '')?.labels.get(constraint.topologyKey)
        const refusedIn = (): readonly string[] =>
          model
            .explain(pod)
            .nodes.filter(({ name }) => model.cluster.node(name)?.labels.get(constraint.topologyKey) === here)
            .filter(({ filters }) => filters.PodTopologySpread !== 'Success')
            .map(({ name }) => name)
        // With a second constraint over another key the pod may open a domain there; this is about one.
        if (hard.some(each => each.topologyKey !== constraint.topologyKey)) return
        const before = refusedIn()
        model.advance({ kind: 'Pod', key: recordKey(added), before: undefined, after: added })
        expect(refusedIn()).toEqual(expect.arrayContaining([...before]))
      }),
    )
  })
})

it('pods are counted by the labels copied from their nodes from when the first constraint names one', () => {
  const ZONE = 'topology.kubernetes.io/zone'
  const records: ClusterRecord[] = ['a', 'b'].flatMap(zone => [
    makeNode(zone, { zone }),
    ...['1', '2'].map(number => makePod(`web-${zone}${number}`, { nodeName: zone, labels: { app: 'web', [ZONE]: zone } })),
  ])
  const spreadOver = (of: Record<string, string>): PodRecord['spec']['topologySpreadConstraints'] => [
    makeConstraint({ topologyKey: ZONE, selector: selecting(of) }),
  ]
  const plain = makePod('plain', { labels: { app: 'web' }, spec: { topologySpreadConstraints: spreadOver({ app: 'web' }) } })
  const choosy = makePod('choosy', { labels: { app: 'web' }, spec: { topologySpreadConstraints: spreadOver({ app: 'web', [ZONE]: 'a' }) } })
  const state = stateOf(records)
  const model = createSchedulerModel(state, DEFAULT_PROFILES)
  const countsFor = (pod: PodRecord): unknown =>
    model.constraintsOf(pod).map(each => Object.fromEntries(model.spreadOf(pod, each).domains()))

  expect(countsFor(plain)).toEqual([{ a: 2, b: 2 }])
  follow(model, state.apply({ type: 'upsert', record: choosy }))
  expect([countsFor(plain), countsFor(choosy)]).toEqual([[{ a: 2, b: 2 }], [{ a: 2, b: 0 }]])
  follow(model, state.apply({ type: 'delete', kind: 'Pod', key: 'shop/web-a1' }))
  expect([countsFor(plain), countsFor(choosy)]).toEqual([[{ a: 1, b: 2 }], [{ a: 1, b: 0 }]])
  follow(model, state.apply({ type: 'delete', kind: 'Pod', key: 'shop/web-b1' }))
  expect(answers(model, [plain, choosy])).toEqual(answers(fresh(recordsOf(state)), [plain, choosy]))
})

it('a cluster that grows step by step is seen to its last node by pods that ask other things of it', () => {
  const amounts = (cpu: number): Resources => ({ cpu, memory: 0, ephemeralStorage: 0, scalars: NO_SCALARS })
  const state = createClusterState()
  const model = createSchedulerModel(state, DEFAULT_PROFILES)
  const growTo = (size: number): void => {
    for (let number = state.count('Node'); number < size; number += 1) {
      const delta = state.apply({ type: 'upsert', record: makeNode(`node-${number}`, { allocatable: amounts(16_000) }) })
      if (delta !== undefined) model.advance(delta)
    }
  }
  const asking = (cpu: number): PodRecord => makePod(`asks-${cpu}`, { spec: { requests: amounts(cpu), scoredRequests: amounts(cpu) } })
  const seenBy = (pod: PodRecord): number => {
    const prediction = model.predict(pod)
    return prediction.kind === 'placed' ? prediction.nodes.length : 0
  }
  // What is kept for a kind of pod has room for some more nodes; how many depends on when it was asked for first.
  growTo(40)
  expect(seenBy(asking(100))).toBe(40)
  growTo(48)
  expect(seenBy(asking(200))).toBe(48)
  growTo(55)
  expect([seenBy(asking(100)), seenBy(asking(200))]).toEqual([55, 55])
  expect(model.roomFor(asking(200))).toHaveLength(55)
})

it('room is told by the extended resources that the profile heeds', () => {
  const amounts = (gpus: number, licences: number): Resources => ({
    cpu: 0,
    memory: 0,
    ephemeralStorage: 0,
    scalars: new Map([
      ['nvidia.com/gpu', gpus],
      ['example.com/licence', licences],
    ]),
  })
  const state = stateOf([makeNode('node', { allocatable: amounts(6, 1) })])
  const pod = makePod('pod', { spec: { requests: amounts(2, 1) } })
  const roomUnder = (profile: SchedulerProfile): readonly number[] => [
    ...createSchedulerModel(state, new Map([['default-scheduler', profile]])).roomFor(pod),
  ]
  expect(roomUnder(DEFAULT_PROFILE)).toEqual([1])
  expect(roomUnder({ ...DEFAULT_PROFILE, ignoredResources: new Set(['example.com/licence']) })).toEqual([3])
})
