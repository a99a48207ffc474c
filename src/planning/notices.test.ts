import { describe, expect, it } from 'vitest'
import { AT_REST, HOST, planFor, rawNode, stateOf, workload, ZONE, zones } from '../../test/support/spread-world.ts'
import { createSchedulerModel } from '../scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../scheduling/profile.ts'
import { plan } from './plan.ts'
import { DEFAULT_POLICY, type Policy } from './policy.ts'

const TWO = zones({ a: 2, b: 2 })

/** A bound volume that its node affinity ties to the given values of a key. */
const volume = (name: string, key: string, values: readonly string[], phase = 'Bound'): unknown => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name, uid: name },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values }] }] } },
  },
  status: { phase },
})

const noticesFor = (objects: readonly unknown[], policy: Partial<Policy> = {}): readonly string[] =>
  planFor(objects, policy).notices.map(({ reason, message }) => `${reason}: ${message}`)

describe('a domain without nodes', () => {
  it('is named when the configuration expects it', () => {
    expect(noticesFor(TWO, { expectedDomains: new Map([[ZONE, ['a', 'b', 'c']]]) })).toEqual([
      `DomainHasNoNodes: ${ZONE}=c is expected and has no nodes`,
    ])
  })

  it('is named when volumes in use are tied to it', () => {
    expect(noticesFor([...TWO, volume('one', ZONE, ['c']), volume('two', ZONE, ['c']), volume('three', ZONE, ['a'])])).toEqual([
      `DomainHasNoNodes: ${ZONE}=c has no nodes, but 2 bound volumes can be reached only from there`,
    ])
  })

  it('is named when pods with its label are still listed on nodes that are gone', () => {
    const orphan = workload({ name: 'web', on: ['c0'], labels: { [ZONE]: 'c' } })
    expect(noticesFor([...TWO, ...orphan])).toEqual([`DomainHasNoNodes: ${ZONE}=c has no nodes, but pods that ran there are still listed`])
  })

  it('is named once, whatever tells of it', () => {
    const objects = [...TWO, volume('one', ZONE, ['c']), ...workload({ name: 'web', on: ['c0'], labels: { [ZONE]: 'c' } })]
    expect(noticesFor(objects, { expectedDomains: new Map([[ZONE, ['c', 'c']]]) })).toHaveLength(1)
  })

  it.each([
    ['a volume that is not in use any more', volume('one', ZONE, ['c'], 'Released')],
    ['a volume that another domain reaches too', volume('one', ZONE, ['a', 'c'])],
    ['a local volume of a host that is gone', volume('one', HOST, ['c0'])],
    ['a key that no node carries', volume('one', 'topology.example.com/zone', ['c'])],
  ])('cannot be told from %s', (_case, object) => {
    expect(noticesFor([...TWO, object])).toEqual([])
  })

  it('cannot be told without any node', () => {
    expect(noticesFor([volume('one', ZONE, ['c'])])).toEqual([])
  })
})

describe('a topology key of the configuration', () => {
  it('that no node carries is named with what that causes', () => {
    expect(noticesFor([...TWO, rawNode({ name: 'x' })], { topologyKeys: ['rack', ZONE] })).toEqual([
      'NoDomains: no node carries the key rack, which the configuration says to act on',
    ])
  })
})

describe('data without owners', () => {
  /** Pods whose owner is of the given kind, in a snapshot that holds neither it nor any other owner. */
  const ownedBy = (kind: string, apiVersion: string): readonly string[] => {
    const owner = { apiVersion, kind, name: 'web', uid: 'web', controller: true }
    const pods = { 0: { metadata: { ownerReferences: [owner] } }, 1: { metadata: { ownerReferences: [owner] } } }
    const made = workload({ name: 'web', on: ['a0', 'b0'], pods }).filter(object => object['kind'] === 'Pod')
    const cluster = stateOf([...TWO, ...made], ['ReplicaSet', 'StatefulSet', 'Deployment'])
    const { notices } = plan({ cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }, DEFAULT_POLICY, AT_REST)
    return notices.map(({ reason }) => reason)
  }

  it.each(['ReplicaSet', 'StatefulSet'])('is told where pods belong to a %s', kind => {
    expect(ownedBy(kind, 'apps/v1')).toEqual(['OwnersUnknown'])
  })

  it.each([
    ['CloneSet', 'apps.kruise.io/v1alpha1'],
    ['StatefulSet', 'apps.kruise.io/v1beta1'],
  ])('is all there is to have where they belong to a custom %s', (kind, apiVersion) => {
    expect(ownedBy(kind, apiVersion)).toEqual([])
  })
})
