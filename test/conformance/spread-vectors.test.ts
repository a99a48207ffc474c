import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createClusterState } from '../../src/cluster/cluster-state.ts'
import { createProjector } from '../../src/cluster/projection.ts'
import { parseSchedulerConfig } from '../../src/configuration/scheduler-config.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { FILTER_PLUGINS, type FilterStatus } from '../../src/scheduling/plugins.ts'
import type { ConstraintExplanation } from '../../src/scheduling/prediction.ts'
import type { SchedulerModel } from '../../src/scheduling/scheduler-model.ts'

/** One case of PodTopologySpread as kube-scheduler 1.36.2 decides it. */
interface Vector {
  readonly name: string
  /** PodTopologySpreadArgs. */
  readonly args: object
  readonly objects: readonly unknown[]
  readonly expect: {
    readonly pod: string
    /** The filter's answer by node. */
    readonly filter?: Readonly<Record<string, FilterStatus>>
    /** What the filter counts, by hard constraint. */
    readonly hardConstraints?: readonly Pick<ConstraintExplanation, 'topologyKey' | 'maxSkew' | 'counts' | 'globalMinimum'>[]
    /** Nodes that passed every filter, and their normalised scores. */
    readonly feasible?: readonly string[]
    readonly scores?: Readonly<Record<string, number>>
  }
}

const vectors = JSON.parse(readFileSync(new URL('../fixtures/scheduler/spread-vectors.json', import.meta.url), 'utf8')) as readonly Vector[]

/** A scheduler without any filter but PodTopologySpread: the plugin alone, as the vectors ask for it. Where they say which nodes passed, cordons count. */
function modelOf({ args, objects, expect: { feasible } }: Vector): SchedulerModel {
  const others = FILTER_PLUGINS.filter(
    plugin => plugin !== 'PodTopologySpread' && (feasible === undefined || plugin !== 'NodeUnschedulable'),
  )
  const { profiles } = parseSchedulerConfig(
    JSON.stringify({
      apiVersion: 'kubescheduler.config.k8s.io/v1',
      kind: 'KubeSchedulerConfiguration',
      profiles: [
        {
          plugins: { filter: { disabled: others.map(name => ({ name })) } },
          pluginConfig: [{ name: 'PodTopologySpread', args }],
        },
      ],
    }),
    'scheduler.json',
  )
  const projector = createProjector()
  const state = createClusterState()
  for (const object of objects) {
    const { record } = projector.project(object)
    if (record === undefined) throw new Error('unreadable object')
    // What did not pass the filters is cordoned: spread counting does not read that.
    const isLeftOut = record.kind === 'Node' && feasible?.includes(record.name) === false
    state.apply({ type: 'upsert', record: isLeftOut ? { ...record, unschedulable: true } : record })
  }
  return createSchedulerModel(state, profiles)
}

function explain(vector: Vector) {
  const model = modelOf(vector)
  const [namespace = '', name = ''] = vector.expect.pod.split('/')
  const pod = model.cluster.pod(namespace, name)
  if (pod === undefined) throw new Error(`no pod ${vector.expect.pod}`)
  return { explanation: model.explain(pod), prediction: model.predict(pod) }
}

const withFilter = vectors.filter(vector => vector.expect.filter !== undefined)
const withCounts = vectors.filter(vector => vector.expect.hardConstraints !== undefined)
const withScores = vectors.filter(vector => vector.expect.scores !== undefined)

it('every vector expects something', () => {
  expect(withFilter.length + withCounts.length + withScores.length).toBe(vectors.length)
})

describe('the filter', () => {
  it.each(withFilter.map(vector => [vector.name, vector] as const))('%s', (_name, vector) => {
    const { explanation, prediction } = explain(vector)
    const expected = vector.expect.filter ?? {}
    expect(Object.fromEntries(explanation.nodes.map(node => [node.name, node.filters.PodTopologySpread]))).toEqual(expected)
    const passing = Object.keys(expected).filter(node => expected[node] === 'Success')
    const foretold = prediction.kind === 'placed' ? prediction.nodes.map(node => node.name) : []
    expect(foretold.toSorted()).toEqual(passing.toSorted())
  })
})

describe('what the filter counts', () => {
  it.each(withCounts.map(vector => [vector.name, vector] as const))('%s', (_name, vector) => {
    const hard = explain(vector).explanation.constraints.filter(each => each.whenUnsatisfiable === 'DoNotSchedule')
    expect(hard.map(({ topologyKey, maxSkew, counts, globalMinimum }) => ({ topologyKey, maxSkew, counts, globalMinimum }))).toEqual(
      vector.expect.hardConstraints,
    )
  })
})

describe('the score', () => {
  it.each(withScores.map(vector => [vector.name, vector] as const))('%s', (_name, vector) => {
    const { nodes } = explain(vector).explanation
    const scores = nodes.flatMap(node => (node.scores === undefined ? [] : [[node.name, node.scores.PodTopologySpread] as const]))
    expect(Object.fromEntries(scores)).toEqual(vector.expect.scores)
  })
})
