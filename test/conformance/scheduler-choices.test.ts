import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createClusterState, type ClusterState } from '../../src/cluster/cluster-state.ts'
import { createProjector } from '../../src/cluster/projection.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'

/** A random cluster with the pod d/incoming, and the nodes that a real kube-scheduler 1.36.2 chose for it in a few tries; none: it found none. */
interface Choice {
  readonly name: string
  readonly objects: readonly unknown[]
  readonly chosen: readonly string[]
}

const choices = JSON.parse(readFileSync(new URL('../fixtures/scheduler/choices.json', import.meta.url), 'utf8')) as readonly Choice[]

function stateOf({ objects }: Choice, hidesImages: boolean): ClusterState {
  const projector = createProjector()
  const state = createClusterState()
  for (const object of objects) {
    const { record } = projector.project(object)
    if (record === undefined) throw new Error('unreadable object')
    state.apply({ type: 'upsert', record: record.kind === 'Node' && hidesImages ? { ...record, images: new Map() } : record })
  }
  return state
}

function modelOf(choice: Choice, hidesImages = false) {
  const state = stateOf(choice, hidesImages)
  const pod = state.pod('d', 'incoming')
  if (pod === undefined) throw new Error('no pod d/incoming')
  const model = createSchedulerModel(state, DEFAULT_PROFILES)
  return { prediction: model.predict(pod), explanation: model.explain(pod) }
}

it('there are choices with and without an outcome', () => {
  expect(choices.filter(({ chosen }) => chosen.length === 0).length).toBeGreaterThan(5)
  expect(choices.filter(({ chosen }) => chosen.length > 0).length).toBeGreaterThan(50)
})

describe('what a real scheduler chose', () => {
  it.each(choices.map(choice => [choice.name, choice] as const))('%s', (_name, choice) => {
    const { prediction, explanation } = modelOf(choice)
    const feasible = explanation.nodes.filter(node => node.feasible)
    const highest = Math.max(...feasible.map(node => node.total ?? 0))
    const best = feasible.filter(node => node.total === highest).map(node => node.name)
    // Where it found no node, none is feasible.
    expect(best).toEqual(expect.arrayContaining([...choice.chosen]))
    expect(best.length > 0).toBe(choice.chosen.length > 0)

    // What is foretold from advanced views is what the plain plugins explain.
    const totals = feasible.map(node => [node.name, feasible.length === 1 ? 0 : node.total])
    const foretold = prediction.kind === 'placed' ? prediction.nodes.map(node => [node.name, node.total]) : []
    expect(Object.fromEntries(foretold)).toEqual(Object.fromEntries(totals))
  })

  it.each(choices.map(choice => [choice.name, choice] as const))('%s leads even when no node tells its images', (_name, choice) => {
    const { prediction } = modelOf(choice, true)
    const leading = prediction.kind === 'placed' ? prediction.leading.map(node => node.name) : []
    expect(leading).toEqual(expect.arrayContaining([...choice.chosen]))
  })
})
