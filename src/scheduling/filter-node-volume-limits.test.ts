import { describe, expect, it } from 'vitest'
import { makeClaim, makeClass, makeNode, makePod, makeVolume, pluginContext, verdicts } from '../../test/support/builders.ts'
import type { InlineDisk } from '../cluster/pod.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import { nodeVolumeLimits } from './filter-node-volume-limits.ts'

const DRIVER = 'csi.example.com'
const node = makeNode('a1')
const limit = (count: number | undefined, driver = DRIVER): ClusterRecord => ({
  kind: 'CSINode',
  name: 'a1',
  drivers: new Map([[driver, count]]),
})
/** A claim with its volume, which has the handle of the same name. */
const disk = (name: string, driver = DRIVER): readonly ClusterRecord[] => [
  makeClaim(name),
  makeVolume(name, { phase: 'Bound', csi: { driver, handle: name, isMigrated: false } }),
]
const attachment = (volume: string): ClusterRecord => ({
  kind: 'VolumeAttachment',
  name: `attach-${volume}`,
  attacher: DRIVER,
  nodeName: 'a1',
  persistentVolumeName: volume,
})
const holder = (...claims: readonly string[]) => makePod(`holds-${claims.join('-')}`, { nodeName: 'a1', claims, deletedAt: 1 })
const ask = (claims: readonly string[], ...records: readonly ClusterRecord[]) =>
  verdicts(nodeVolumeLimits, pluginContext([node, ...records]), makePod('new', { claims }))['a1']

describe('volumes of a driver on a node', () => {
  it.each<[string, readonly string[], readonly ClusterRecord[], string]>([
    ['one more than the limit', ['d2'], [limit(1), ...disk('d1'), ...disk('d2'), holder('d1')], 'Unschedulable'],
    ['up to the limit', ['d2'], [limit(2), ...disk('d1'), ...disk('d2'), holder('d1')], 'Success'],
    ['one that is there already needs no place', ['d1'], [limit(1), ...disk('d1'), holder('d1')], 'Success'],
    ['... even on a node beyond its limit', ['d1'], [limit(1), ...disk('d1'), ...disk('d2'), holder('d1'), holder('d2')], 'Success'],
    [
      'two pods with one volume use one place',
      ['d2'],
      [limit(2), ...disk('d1'), ...disk('d2'), holder('d1'), { ...holder('d1'), name: 'b' }],
      'Success',
    ],
    ['two new ones need two', ['d1', 'd2'], [limit(1), ...disk('d1'), ...disk('d2')], 'Unschedulable'],
    ['an attachment that no pod explains counts', ['d2'], [limit(1), ...disk('d1'), ...disk('d2'), attachment('d1')], 'Unschedulable'],
    ['one that a pod explains counts once', ['d2'], [limit(2), ...disk('d1'), ...disk('d2'), holder('d1'), attachment('d1')], 'Success'],
    [
      'an attachment of the wanted volume that no pod there uses counts beside it',
      ['d1'],
      [limit(1), ...disk('d1'), attachment('d1')],
      'Unschedulable',
    ],
    [
      'an attachment of an in-tree volume does not count by itself',
      ['d2'],
      [limit(1), makeVolume('d1', { csi: { driver: DRIVER, handle: 'd1', isMigrated: true } }), ...disk('d2'), attachment('d1')],
      'Success',
    ],
    [
      'a provisioner of vSphere volumes counts for no driver',
      ['d1'],
      [
        limit(0, 'csi.vsphere.vmware.com'),
        makeClaim('d1', { volumeName: '' }),
        makeClass('standard', { provisioner: 'kubernetes.io/vsphere-volume' }),
      ],
      'Success',
    ],
    ['another driver has its own limit', ['d2'], [limit(1), ...disk('d1', 'other.example.com'), ...disk('d2'), holder('d1')], 'Success'],
    ['no CSINode, no limit', ['d1'], [...disk('d1')], 'Success'],
    ['a driver without limit', ['d1'], [limit(undefined), ...disk('d1')], 'Success'],
    ['a limit of none', ['d1'], [limit(0), ...disk('d1')], 'Unschedulable'],
    [
      'a claim without volume counts for the driver of its class',
      ['d1'],
      [limit(0), makeClaim('d1', { volumeName: '' }), makeClass('standard')],
      'Unschedulable',
    ],
    [
      'a provisioner that was built in counts for the driver that took over',
      ['d1'],
      [limit(0, 'ebs.csi.aws.com'), makeClaim('d1', { volumeName: '' }), makeClass('standard', { provisioner: 'kubernetes.io/aws-ebs' })],
      'Unschedulable',
    ],
    ['a volume that no driver attaches', ['d1'], [limit(0), makeClaim('d1'), makeVolume('d1')], 'Success'],
    ['a claim that is not there', ['d1'], [], 'UnschedulableAndUnresolvable'],
  ])('%s', (_rule, claims, records, expected) => {
    expect(ask(claims, ...records)).toBe(expected)
  })

  it.each<[InlineDisk, string]>([
    [{ kind: 'awsElasticBlockStore', id: 'd', readOnly: false }, 'ebs.csi.aws.com'],
    [{ kind: 'azureDisk', id: 'd', readOnly: false }, 'disk.csi.azure.com'],
    [{ kind: 'cinder', id: 'd', readOnly: false }, 'cinder.csi.openstack.org'],
    [{ kind: 'gcePersistentDisk', id: 'd', readOnly: false }, 'pd.csi.storage.gke.io'],
  ])('a disk in the spec counts for its driver: $kind', (inline, driver) => {
    const pod = makePod('new', { spec: { inlineDisks: [inline] } })
    expect(verdicts(nodeVolumeLimits, pluginContext([node, limit(0, driver)]), pod)).toEqual({ a1: 'Unschedulable' })
    expect(verdicts(nodeVolumeLimits, pluginContext([node, limit(1, driver)]), pod)).toEqual({ a1: 'Success' })
  })

  it('a disk is the same by its address and by its name', () => {
    const pod = (id: string) => makePod('p', { spec: { inlineDisks: [{ kind: 'awsElasticBlockStore', id, readOnly: true }] } })
    const context = pluginContext([node, limit(1, 'ebs.csi.aws.com'), { ...pod('vol-1'), nodeName: 'a1' }])
    expect(verdicts(nodeVolumeLimits, context, pod('aws://us-east-1a/vol-1'))).toEqual({ a1: 'Success' })
    expect(verdicts(nodeVolumeLimits, context, pod('aws://us-east-1a/vol-2'))).toEqual({ a1: 'Unschedulable' })
  })

  it('are no question for a pod without volumes that are attached', () => {
    const inline: InlineDisk = { kind: 'csi', driver: DRIVER, volume: 'v', readOnly: false }
    expect(nodeVolumeLimits(pluginContext([node, limit(0)]), makePod('new', { spec: { inlineDisks: [inline] } }))).toBeUndefined()
  })
})
