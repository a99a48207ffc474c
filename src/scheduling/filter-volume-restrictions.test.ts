import { describe, expect, it } from 'vitest'
import { makeClaim, makeNode, makePod, pluginContext, verdicts } from '../../test/support/builders.ts'
import type { InlineDisk } from '../cluster/pod.ts'
import { volumeRestrictions } from './filter-volume-restrictions.ts'

const nodes = [makeNode('a1'), makeNode('a2')]
const exclusive = makeClaim('data', { accessModes: ['ReadWriteOncePod'] })

describe('ReadWriteOncePod claims', () => {
  it('V67: still held by a terminating pod on another node, no node will do', () => {
    const holder = makePod('old', { nodeName: 'a1', claims: ['data'], deletedAt: 1 })
    const context = pluginContext([...nodes, exclusive, holder])
    expect(verdicts(volumeRestrictions, context, makePod('new', { claims: ['data'] }))).toEqual({
      a1: 'Unschedulable',
      a2: 'Unschedulable',
    })
  })

  it.each([
    ['nobody uses it', [exclusive]],
    ['a namesake of another namespace is used', [exclusive, makePod('old', { namespace: 'other', nodeName: 'a1', claims: ['data'] })]],
    ['it may be shared', [makeClaim('data'), makePod('old', { nodeName: 'a1', claims: ['data'] })]],
  ])('%s: no objection', (_rule, records) => {
    expect(volumeRestrictions(pluginContext([...nodes, ...records]), makePod('new', { claims: ['data'] }))).toBeUndefined()
  })
})

it('a claim that does not exist keeps the pod from every node', () => {
  expect(verdicts(volumeRestrictions, pluginContext(nodes), makePod('new', { claims: ['data'] }))).toEqual({
    a1: 'UnschedulableAndUnresolvable',
    a2: 'UnschedulableAndUnresolvable',
  })
})

it('a claim that comes with the pod is there', () => {
  const pod = makePod('new', { claims: ['new-scratch'], claimsToCome: [makeClaim('new-scratch', { volumeName: '' })] })
  expect(volumeRestrictions(pluginContext(nodes), pod)).toBeUndefined()
})

describe('disks in the spec', () => {
  const gce = (readOnly: boolean, id = 'd1'): InlineDisk => ({ kind: 'gcePersistentDisk', id, readOnly })
  const ebs = (readOnly: boolean, id = 'd1'): InlineDisk => ({ kind: 'awsElasticBlockStore', id, readOnly })
  const iscsi = (readOnly: boolean, iqn = 'iqn.1'): InlineDisk => ({ kind: 'iscsi', iqn, readOnly })
  const rbd = (readOnly: boolean, monitors: readonly string[], pool = 'p', image = 'i'): InlineDisk => ({
    kind: 'rbd',
    monitors,
    pool,
    image,
    readOnly,
  })
  it.each<[string, InlineDisk, InlineDisk, 'Success' | 'Unschedulable']>([
    ['GCE: one writes', gce(true), gce(false), 'Unschedulable'],
    ['GCE: both read', gce(true), gce(true), 'Success'],
    ['GCE: two disks', gce(false), gce(false, 'd2'), 'Success'],
    ['EBS: even if both read', ebs(true), ebs(true), 'Unschedulable'],
    ['EBS and GCE with one name', ebs(false), gce(false), 'Success'],
    ['iSCSI: one writes', iscsi(false), iscsi(true), 'Unschedulable'],
    ['iSCSI: both read', iscsi(true), iscsi(true), 'Success'],
    ['iSCSI: two names', iscsi(false), iscsi(false, 'iqn.2'), 'Success'],
    ['RBD: a monitor in common', rbd(false, ['m1', 'm2']), rbd(false, ['m2', 'm3']), 'Unschedulable'],
    ['RBD: no monitor in common', rbd(false, ['m1']), rbd(false, ['m2']), 'Success'],
    ['RBD: another pool', rbd(false, ['m1']), rbd(false, ['m1'], 'q'), 'Success'],
    ['RBD: another image', rbd(false, ['m1']), rbd(false, ['m1'], 'p', 'j'), 'Success'],
    ['RBD: both read', rbd(true, ['m1']), rbd(true, ['m1']), 'Success'],
    [
      'Azure disks are left to the volume limits',
      { kind: 'azureDisk', id: 'd', readOnly: false },
      { kind: 'azureDisk', id: 'd', readOnly: false },
      'Success',
    ],
  ])('%s', (_rule, wanted, mounted, expected) => {
    const context = pluginContext([...nodes, makePod('old', { nodeName: 'a1', deletedAt: 1, spec: { inlineDisks: [mounted] } })])
    expect(verdicts(volumeRestrictions, context, makePod('new', { spec: { inlineDisks: [wanted] } }))).toEqual({
      a1: expected,
      a2: 'Success',
    })
  })
})
