import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { budgetRecord, nodeRecord, ownedBy, podRecord } from '../../test/support/records.ts'
import { createClusterState, type ClusterEvent, type ClusterState } from './cluster-state.ts'
import type { ServiceRecord } from './other-records.ts'
import type { PodRecord } from './pod.ts'
import { recordKey, type ClusterRecord } from './records.ts'

const NAMESPACES = ['shop', 'data']
const NODES = ['node-a', 'node-b']
const CONTROLLERS = ['rs-1', 'rs-2']

const pod: fc.Arbitrary<PodRecord> = fc
  .record({
    namespace: fc.constantFrom(...NAMESPACES),
    name: fc.constantFrom('p0', 'p1', 'p2', 'p3'),
    nodeName: fc.constantFrom(undefined, ...NODES),
    controller: fc.constantFrom(undefined, ...CONTROLLERS.map(ownedBy)),
    phase: fc.constantFrom('Pending' as const, 'Running' as const, 'Succeeded' as const, 'Failed' as const),
  })
  .map(podRecord)
const record: fc.Arbitrary<ClusterRecord> = fc.oneof(
  pod,
  fc.record({ name: fc.constantFrom(...NODES), unschedulable: fc.boolean() }).map(nodeRecord),
  fc.record({ namespace: fc.constantFrom(...NAMESPACES), name: fc.constantFrom('b0', 'b1'), generation: fc.nat(2) }).map(budgetRecord),
  fc
    .record({ namespace: fc.constantFrom(...NAMESPACES), name: fc.constantFrom('s0', 's1'), app: fc.constantFrom('web', 'api') })
    .map(({ namespace, name, app }): ServiceRecord => ({ kind: 'Service', namespace, name, selector: new Map([['app', app]]) })),
)
const event: fc.Arbitrary<ClusterEvent> = fc.oneof(
  { weight: 3, arbitrary: record.map(record => ({ type: 'upsert' as const, record })) },
  { weight: 1, arbitrary: record.map(record => ({ type: 'delete' as const, kind: record.kind, key: recordKey(record) })) },
)

/** Everything the state can be asked, against the same computed from the bare list of what must be in it. */
function expectToHold(state: ClusterState, records: readonly ClusterRecord[]): void {
  const pods = records.filter(record => record.kind === 'Pod')
  const budgets = records.filter(record => record.kind === 'PodDisruptionBudget')
  const services = records.filter(record => record.kind === 'Service')
  expectSame(state.pods(), pods)
  expectSame(
    state.nodes(),
    records.filter(record => record.kind === 'Node'),
  )
  expect(state.count('Pod')).toBe(pods.length)
  for (const namespace of NAMESPACES) {
    expectSame(
      state.podsIn(namespace),
      pods.filter(pod => pod.namespace === namespace),
    )
    expectSame(
      state.budgetsIn(namespace),
      budgets.filter(budget => budget.namespace === namespace),
    )
    expectSame(
      state.servicesIn(namespace),
      services.filter(service => service.namespace === namespace),
    )
  }
  for (const uid of CONTROLLERS) {
    expectSame(
      state.podsOf(uid),
      pods.filter(pod => pod.controller?.uid === uid),
    )
  }
  for (const pod of pods) expect(state.pod(pod.namespace, pod.name)).toBe(pod)
}

function expectSame(actual: Iterable<ClusterRecord>, expected: readonly ClusterRecord[]): void {
  const listed = [...actual]
  expect(listed).toHaveLength(expected.length)
  expect(new Set(listed)).toEqual(new Set(expected))
}

describe('createClusterState', () => {
  it('answers as if computed from scratch, after any stream of events, and its deltas tell the whole story', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), events => {
        const state = createClusterState()
        const expected = new Map<string, ClusterRecord>()
        for (const event of events) {
          const delta = state.apply(event)
          if (delta === undefined) continue
          const id = `${delta.kind}/${delta.key}`
          expect(delta.before).toBe(expected.get(id))
          if (delta.after === undefined) expected.delete(id)
          else expected.set(id, delta.after)
          expect(delta.after).toBe(event.type === 'upsert' ? event.record : undefined)
        }
        expectToHold(state, [...expected.values()])
      }),
    )
  })

  it('says nothing when nothing changed, and keeps the record it has', () => {
    const state = createClusterState()
    const first = podRecord({ labels: new Map([['app', 'web']]) })
    state.apply({ type: 'upsert', record: first })

    expect(state.apply({ type: 'upsert', record: podRecord({ labels: new Map([['app', 'web']]) }) })).toBeUndefined()
    expect(state.pod('shop', 'web-0')).toBe(first)
    expect(state.apply({ type: 'delete', kind: 'Pod', key: 'shop/other' })).toBeUndefined()
    expect(state.apply({ type: 'delete', kind: 'Node', key: 'shop/web-0' })).toBeUndefined()
  })

  it('sees a change deep inside a record', () => {
    const state = createClusterState()
    state.apply({ type: 'upsert', record: podRecord({ labels: new Map([['app', 'web']]) }) })

    expect(state.apply({ type: 'upsert', record: podRecord({ labels: new Map([['app', 'api']]) }) })).toBeDefined()
  })

  it('does not take what is absent for empty', () => {
    const state = createClusterState()
    expect(state.knows('PodDisruptionBudget')).toBe(false)

    state.markKnown('PodDisruptionBudget')
    state.markKnown('Service')
    state.markUnknown('Service')

    expect(state.knows('PodDisruptionBudget')).toBe(true)
    expect(state.knows('Service')).toBe(false)
    expect(state.knows('Node')).toBe(false)
  })

  it('hands out iterables that can be gone through more than once', () => {
    const state = createClusterState()
    state.apply({ type: 'upsert', record: nodeRecord() })
    const nodes = state.nodes()

    expect([...nodes]).toEqual([...nodes])
    expect([...nodes]).toHaveLength(1)
  })

  it('holds names that are also members of every object', () => {
    const state = createClusterState()
    const odd = podRecord({ namespace: '__proto__', name: 'constructor', controller: ownedBy('toString') })
    state.apply({ type: 'upsert', record: odd })

    expect([...state.podsOf('toString')]).toEqual([odd])
    expect([...state.podsOf('valueOf')]).toEqual([])
    expect(state.pod('__proto__', 'constructor')).toBe(odd)
  })
})
