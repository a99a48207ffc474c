import { describe, expect, it } from 'vitest'
import { createSchedulerModel } from '../scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../scheduling/profile.ts'
import { hard, rawNode, stateOf, workload, ZONE, zones } from '../../test/support/spread-world.ts'
import { explainPodReport } from './explain-pod.ts'

const modelOf = (objects: readonly unknown[]) => createSchedulerModel(stateOf(objects), DEFAULT_PROFILES)

const feasible = ({ nodes }: ReturnType<typeof explainPodReport>): readonly string[] =>
  nodes.filter(node => node.feasible).map(node => node.name)

describe('explaining a pod', () => {
  const three = zones({ a: 1, b: 1, c: 1 })

  it('that is bound tells of its replacement, with the pod itself out of the counts', () => {
    const model = modelOf([...three, ...workload({ name: 'web', on: ['a0', 'a0', 'b0'], spread: [hard('web')] })])
    const explanation = explainPodReport(model, 'shop', 'web-0')
    expect(explanation.pod).toEqual({ namespace: 'shop', name: 'web-0', nodeName: 'a0', replacement: true })
    expect(explanation.constraints).toMatchObject([{ topologyKey: ZONE, counts: { a: 1, b: 1, c: 0 }, globalMinimum: 0 }])
    expect(feasible(explanation)).toEqual(['c0'])
    expect(explanation.warnings).toEqual([])
    // The model has forgotten about it.
    expect(explainPodReport(model, 'shop', 'web-2').constraints).toMatchObject([{ counts: { a: 2, b: 0, c: 0 } }])
  })

  it('names the domain of each node, and none where it has no such label', () => {
    const model = modelOf([...three, rawNode({ name: 'x0' }), ...workload({ name: 'web', on: ['a0'], spread: [hard('web')] })])
    const { nodes } = explainPodReport(model, 'shop', 'web-0')
    expect(nodes.map(({ name, domains }) => [name, domains])).toEqual([
      ['a0', { [ZONE]: 'a' }],
      ['b0', { [ZONE]: 'b' }],
      ['c0', { [ZONE]: 'c' }],
      ['x0', {}],
    ])
  })

  it('that waits tells of the pod', () => {
    const model = modelOf([...three, ...workload({ name: 'web', on: ['a0', undefined], spread: [hard('web')] })])
    const explanation = explainPodReport(model, 'shop', 'web-1')
    expect(explanation.pod).toMatchObject({ name: 'web-1', nodeName: undefined, replacement: false })
    expect(feasible(explanation)).toEqual(['b0', 'c0'])
  })

  it('that waits behind a scheduling gate has no node to go to, and says what keeps it', () => {
    const [, , pod] = workload({ name: 'web', on: [undefined], spread: [hard('web')] })
    const spec = { ...(pod?.['spec'] as object), schedulingGates: [{ name: 'example.com/quota' }] }
    const { nodes } = explainPodReport(modelOf([...zones({ a: 1, b: 1 }), { ...pod, spec }]), 'shop', 'web-0')
    expect(nodes.map(({ name, feasible, reasons, total }) => [name, feasible, reasons, total])).toEqual([
      ['a0', false, ['held back by the scheduling gate example.com/quota'], undefined],
      ['b0', false, ['held back by the scheduling gate example.com/quota'], undefined],
    ])
  })

  it('holds the room of a pod of a ReplicaSet, whose replacement comes first, and not that of a StatefulSet', () => {
    const room = zones({ a: 1 }, { cpu: '1' })
    const whole = { cpu: '1', on: ['a0'] }
    expect(feasible(explainPodReport(modelOf([...room, ...workload({ name: 'web', ...whole })]), 'shop', 'web-0'))).toEqual([])
    const data = workload({ name: 'data', kind: 'StatefulSet', ...whole })
    expect(feasible(explainPodReport(modelOf([...room, ...data]), 'shop', 'data-0'))).toEqual(['a0'])
  })

  it('of an owner without a template in the data says that its replacement is assumed to be like it', () => {
    const [, , pod] = workload({ name: 'web', on: ['a0'] })
    const ownerReferences = [{ apiVersion: 'apps.kruise.io/v1alpha1', kind: 'CloneSet', name: 'web', uid: 'clones', controller: true }]
    const model = modelOf([...three, { ...pod, metadata: { ...(pod?.['metadata'] as object), ownerReferences } }])
    const explanation = explainPodReport(model, 'shop', 'web-0')
    expect(explanation.pod.replacement).toBe(true)
    expect(explanation.warnings).toEqual([
      'the pod template of CloneSet web is not in the data: its next pod is assumed to be like this one',
    ])
  })

  it('that nothing replaces says so and shows where the pod itself would go', () => {
    const [, , pod] = workload({ name: 'web', on: ['a0'] })
    const model = modelOf([...three, { ...pod, metadata: { ...(pod?.['metadata'] as object), ownerReferences: [] } }])
    const explanation = explainPodReport(model, 'shop', 'web-0')
    expect(explanation.pod.replacement).toBe(false)
    expect(explanation.warnings).toEqual(['no controller would replace it; shown is where the pod itself would go'])
    expect(feasible(explanation)).toEqual(['a0', 'b0', 'c0'])
  })

  it('that is not there is an error for a person', () => {
    expect(() => explainPodReport(modelOf(three), 'shop', 'nobody')).toThrow('there is no pod shop/nobody: no pod is in that namespace')
  })
})
