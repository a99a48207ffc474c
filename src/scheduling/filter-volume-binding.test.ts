import { describe, expect, it } from 'vitest'
import {
  inZones,
  labels,
  makeClaim,
  makeClass,
  makeNode,
  makePod,
  makeVolume,
  pluginContext,
  selecting,
  verdicts,
} from '../../test/support/builders.ts'
import type { NodeSelectorTerm } from '../cluster/node-selector.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import type { CsiStorageCapacityRecord, PersistentVolumeClaimRecord, PersistentVolumeRecord } from '../cluster/volume.ts'
import { volumeBinding } from './filter-volume-binding.ts'

const NO = 'UnschedulableAndUnresolvable'
const a1 = makeNode('a1', { zone: 'a' })
const b1 = makeNode('b1', { zone: 'b' })
const NOWHERE = { a1: NO, b1: NO }
const ANYWHERE = { a1: 'Success', b1: 'Success' }
const ONLY_A = { a1: 'Success', b1: NO }

const ask = (claims: readonly string[], ...records: readonly ClusterRecord[]) =>
  verdicts(volumeBinding, pluginContext([a1, b1, ...records]), makePod('new', { claims }))
const reachedFrom = (...terms: readonly NodeSelectorTerm[]): Partial<PersistentVolumeRecord> => ({ nodeAffinity: { terms } })
const waiting = (name: string, fields: Partial<PersistentVolumeClaimRecord> = {}) => makeClaim(name, { volumeName: '', ...fields })
const staticClass = makeClass('standard', { provisioner: 'kubernetes.io/no-provisioner' })

it('both what is out of reach and what is not there to bind are told', () => {
  const records = [makeClaim('data'), makeVolume('data', reachedFrom(inZones('x'))), waiting('logs'), staticClass]
  const context = pluginContext([a1, ...records])
  const [info] = context.infos
  expect(info && volumeBinding(context, makePod('new', { claims: ['data', 'logs'] }))?.(info)).toEqual({
    status: NO,
    message: "node(s) didn't match PersistentVolume's node affinity, node(s) didn't find available persistent volumes to bind",
  })
})

describe('bound claims', () => {
  it.each<[string, readonly ClusterRecord[], object]>([
    ['a volume that every node reaches', [makeClaim('data'), makeVolume('data')], ANYWHERE],
    ['V64: a volume of zone a', [makeClaim('data'), makeVolume('data', reachedFrom(inZones('a')))], ONLY_A],
    ['terms are alternatives', [makeClaim('data'), makeVolume('data', reachedFrom(inZones('x'), inZones('a')))], ONLY_A],
    ['an affinity without terms', [makeClaim('data'), makeVolume('data', reachedFrom())], NOWHERE],
    [
      'fields are not looked at',
      [
        makeClaim('data'),
        makeVolume(
          'data',
          reachedFrom({ kind: 'term', expressions: [], fields: [{ key: 'metadata.name', operator: 'In', values: ['b1'] }] }),
        ),
      ],
      ANYWHERE,
    ],
    ['a volume that is not there', [makeClaim('data')], NOWHERE],
    ['a claim that is not there', [], NOWHERE],
    ['a lost claim', [makeClaim('data', { phase: 'Lost' }), makeVolume('data')], NOWHERE],
    ['a claim that is being deleted', [makeClaim('data', { deletedAt: 1 }), makeVolume('data')], NOWHERE],
    [
      'a volume is named, binding not complete',
      [makeClaim('data', { bindCompleted: false }), makeVolume('data'), makeClass('standard')],
      NOWHERE,
    ],
  ])('%s', (_rule, records, expected) => {
    expect(ask(['data'], ...records)).toEqual(expected)
  })

  it('have to be reached all', () => {
    const volumes = [makeVolume('one', reachedFrom(inZones('a'))), makeVolume('two', reachedFrom(inZones('b')))]
    expect(ask(['one', 'two'], makeClaim('one'), makeClaim('two'), ...volumes)).toEqual(NOWHERE)
  })
})

describe('unbound claims', () => {
  it.each<[string, readonly ClusterRecord[], object]>([
    ['V68: an immediate class', [waiting('data'), makeClass('standard', { volumeBindingMode: 'Immediate' })], NOWHERE],
    ['a class that is not there', [waiting('data')], NOWHERE],
    ['no class', [waiting('data', { storageClassName: undefined }), makeClass('standard')], NOWHERE],
    ['a class that makes volumes', [waiting('data'), makeClass('standard')], ANYWHERE],
    ['a class that makes none', [waiting('data'), staticClass], NOWHERE],
    ['a class that makes them in zone a', [waiting('data'), makeClass('standard', { allowedTopologies: [inZones('a')] })], ONLY_A],
    ['the selected node', [waiting('data', { selectedNode: 'a1' }), makeClass('standard')], ONLY_A],
    ['a selected node that is gone', [waiting('data', { selectedNode: 'gone' }), makeClass('standard')], NOWHERE],
    ['a selected node bars static volumes', [waiting('data', { selectedNode: 'a1' }), staticClass, makeVolume('pv')], NOWHERE],
  ])('%s', (_rule, records, expected) => {
    expect(ask(['data'], ...records)).toEqual(expected)
  })

  it('that come with the pod are judged by their class', () => {
    const pod = makePod('new', { claims: ['new-scratch'], claimsToCome: [waiting('new-scratch')] })
    expect(verdicts(volumeBinding, pluginContext([a1, b1, makeClass('standard')]), pod)).toEqual(ANYWHERE)
  })
})

describe('a static volume fits', () => {
  const inA = reachedFrom(inZones('a'))
  it.each<[string, Partial<PersistentVolumeRecord>, Partial<PersistentVolumeClaimRecord>, object]>([
    ['by default', {}, {}, ONLY_A],
    ['if it is large enough', { capacity: 11 }, {}, ONLY_A],
    ['not if it is too small', { capacity: 9 }, {}, NOWHERE],
    ['not of another class', { storageClassName: 'other' }, {}, NOWHERE],
    ['not of another mode', { volumeMode: 'Block' }, {}, NOWHERE],
    ['with more access modes than asked for', { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] }, {}, ONLY_A],
    ['not with fewer', {}, { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] }, NOWHERE],
    ['if the selector matches', { labels: labels({ tier: 'ssd' }) }, { selector: selecting({ tier: 'ssd' }) }, ONLY_A],
    ['not if it does not', {}, { selector: selecting({ tier: 'ssd' }) }, NOWHERE],
    ['not unless it is available', { phase: 'Released' }, {}, NOWHERE],
    ['not while it is being deleted', { deletedAt: 1 }, {}, NOWHERE],
    ['not if it is reserved for another claim', { claimRef: { namespace: 'shop', name: 'x', uid: '' } }, {}, NOWHERE],
    ['if it is reserved for this one', { claimRef: { namespace: 'shop', name: 'data', uid: '' } }, {}, ONLY_A],
    ['not if it was reserved for a namesake', { claimRef: { namespace: 'shop', name: 'data', uid: 'older' } }, {}, NOWHERE],
  ])('%s', (_rule, volume, claim, expected) => {
    expect(ask(['data'], staticClass, makeVolume('pv', { ...inA, ...volume }), waiting('data', claim))).toEqual(expected)
  })

  it('serves one claim: two claims need two', () => {
    const claims = [waiting('one'), waiting('two')]
    expect(ask(['one', 'two'], staticClass, ...claims, makeVolume('pv'))).toEqual(NOWHERE)
    expect(ask(['one', 'two'], staticClass, ...claims, makeVolume('pv'), makeVolume('pv-a', inA))).toEqual(ONLY_A)
  })

  it('smallest claim first, smallest volume first: the large volume is left for the large claim', () => {
    const claims = [waiting('large', { requestedBytes: 20 }), waiting('small')]
    expect(ask(['large', 'small'], staticClass, ...claims, makeVolume('pv-20', { capacity: 20 }), makeVolume('pv-10'))).toEqual(ANYWHERE)
  })

  it('what is reserved for a claim is its choice, and bars the nodes that cannot reach it', () => {
    const reserved = makeVolume('pv-a', { ...inA, claimRef: { namespace: 'shop', name: 'data', uid: '' } })
    expect(ask(['data'], staticClass, waiting('data'), reserved, makeVolume('pv'))).toEqual(ONLY_A)
  })

  it('and where none does, one is made', () => {
    expect(ask(['data'], makeClass('standard', { allowedTopologies: [inZones('b')] }), waiting('data'), makeVolume('pv', inA))).toEqual(
      ANYWHERE,
    )
  })
})

describe('storage capacity', () => {
  const driver = (storageCapacity: boolean): ClusterRecord => ({ kind: 'CSIDriver', name: 'csi.example.com', storageCapacity })
  const capacityOf = (fields: Partial<CsiStorageCapacityRecord>): ClusterRecord => ({
    kind: 'CSIStorageCapacity',
    namespace: 'storage',
    name: 'zone-a',
    storageClassName: 'standard',
    nodeTopology: selecting({ 'topology.kubernetes.io/zone': 'a' }),
    capacity: 10,
    maximumVolumeSize: undefined,
    ...fields,
  })
  it.each<[string, readonly ClusterRecord[], object]>([
    ['is not asked for unless the driver tells it', [driver(false)], ANYWHERE],
    ['is not asked for without a CSIDriver', [], ANYWHERE],
    ['is there in zone a', [driver(true), capacityOf({})], ONLY_A],
    ['is nowhere', [driver(true)], NOWHERE],
    ['is too small', [driver(true), capacityOf({ capacity: 9 })], NOWHERE],
    ['is large in sum and too small for one volume', [driver(true), capacityOf({ capacity: 99, maximumVolumeSize: 9 })], NOWHERE],
    ['is not told', [driver(true), capacityOf({ capacity: undefined })], NOWHERE],
    ['is of another class', [driver(true), capacityOf({ storageClassName: 'other' })], NOWHERE],
    ['reaches no node', [driver(true), capacityOf({ nodeTopology: { kind: 'nothing' } })], NOWHERE],
    ['reaches every node', [driver(true), capacityOf({ nodeTopology: { kind: 'everything' } })], ANYWHERE],
  ])('%s', (_rule, records, expected) => {
    expect(ask(['data'], waiting('data'), makeClass('standard'), ...records)).toEqual(expected)
  })
})

it('a pod without claims is no question', () => {
  expect(volumeBinding(pluginContext([a1]), makePod('new'))).toBeUndefined()
})
