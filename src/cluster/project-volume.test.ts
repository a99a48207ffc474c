import { describe, expect, it } from 'vitest'
import { project, warningsOf } from '../../test/support/project.ts'

type Raw = Readonly<Record<string, unknown>>

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class'

const volume = (spec: Raw, more: Raw = {}): Raw => ({ metadata: { name: 'pv', uid: 'v', ...more }, spec, status: { phase: 'Bound' } })
const claim = (spec: Raw, more: Raw = {}): Raw => ({ metadata: { namespace: 'data', name: 'db', uid: 'c', ...more }, spec })

describe('a PersistentVolume', () => {
  it('is read with where it can be reached from', () => {
    const nodeSelectorTerms = [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }]
    const read = project(
      'PersistentVolume',
      volume(
        {
          capacity: { storage: '10Gi' },
          accessModes: ['ReadWriteOnce', 'ReadWriteOncePod'],
          storageClassName: 'fast',
          volumeMode: 'Block',
          nodeAffinity: { required: { nodeSelectorTerms } },
          claimRef: { namespace: 'data', name: 'db', uid: 'c' },
          csi: { driver: 'd.example', volumeHandle: 'h' },
        },
        { labels: { 'topology.kubernetes.io/zone': 'a__b' } },
      ),
    )

    expect(read).toEqual({
      kind: 'PersistentVolume',
      name: 'pv',
      uid: 'v',
      labels: new Map([['topology.kubernetes.io/zone', 'a__b']]),
      capacity: 10 * 1024 ** 3,
      accessModes: ['ReadWriteOnce', 'ReadWriteOncePod'],
      storageClassName: 'fast',
      volumeMode: 'Block',
      nodeAffinity: { terms: [{ kind: 'term', expressions: [{ key: 'zone', operator: 'In', values: ['a'] }], fields: [] }] },
      phase: 'Bound',
      claimRef: { namespace: 'data', name: 'db', uid: 'c' },
      csi: { driver: 'd.example', handle: 'h', isMigrated: false },
      deletedAt: undefined,
      problems: [],
    })
  })

  it.each<[string, Raw, { driver: string; handle: string } | undefined]>([
    ['gce', { gcePersistentDisk: { pdName: 'pd' } }, { driver: 'pd.csi.storage.gke.io', handle: 'pd' }],
    ['ebs', { awsElasticBlockStore: { volumeID: 'vol-1' } }, { driver: 'ebs.csi.aws.com', handle: 'vol-1' }],
    ['ebs by url', { awsElasticBlockStore: { volumeID: 'aws://us-east-1a/vol-1' } }, { driver: 'ebs.csi.aws.com', handle: 'vol-1' }],
    ['azure disk', { azureDisk: { diskURI: '/d' } }, { driver: 'disk.csi.azure.com', handle: '/d' }],
    ['cinder', { cinder: { volumeID: 'c' } }, { driver: 'cinder.csi.openstack.org', handle: 'c' }],
    ['portworx', { portworxVolume: { volumeID: 'p' } }, { driver: 'pxd.portworx.com', handle: 'p' }],
    ['ebs by an url of no volume', { awsElasticBlockStore: { volumeID: 'aws://us-east-1a/snap-1' } }, undefined],
    ['azure file', { azureFile: { secretName: 's', shareName: 'f' } }, undefined],
    ['vsphere', { vsphereVolume: { volumePath: '[ds] v' } }, undefined],
    ['nfs', { nfs: { server: 's' } }, undefined],
  ])('of type %s counts for the driver that serves it now', (_, source, csi) => {
    expect(project('PersistentVolume', volume(source)).csi).toEqual(csi && { ...csi, isMigrated: true })
  })

  it('says what cannot be read', () => {
    const problems = ['spec.capacity.storage: `much` is not a quantity', 'spec.accessModes[0]: `Any` is not legal']
    const read = project('PersistentVolume', volume({ capacity: { storage: 'much' }, accessModes: ['Any'] }))

    expect(read.problems).toHaveLength(2)
    for (const [index, problem] of problems.entries()) expect(read.problems[index]).toContain(problem)
  })
})

describe('a PersistentVolumeClaim', () => {
  it('is read with how far its binding has come', () => {
    const read = project(
      'PersistentVolumeClaim',
      claim(
        { volumeName: 'pv', accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } },
        {
          annotations: { 'pv.kubernetes.io/bind-completed': 'yes', 'volume.kubernetes.io/selected-node': 'node-a' },
          ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'web-0', uid: 'u0', controller: true }],
        },
      ),
    )

    expect(read).toMatchObject({
      storageClassName: 'fast',
      volumeName: 'pv',
      bindCompleted: true,
      selectedNode: 'node-a',
      phase: 'Pending',
      accessModes: ['ReadWriteOnce'],
      selector: undefined,
      requestedBytes: 1024 ** 3,
      volumeMode: 'Filesystem',
      ownerUid: 'u0',
      problems: [],
    })
  })

  it('of no class is not one of the empty class, and the beta annotation wins', () => {
    expect(project('PersistentVolumeClaim', claim({})).storageClassName).toBeUndefined()
    expect(project('PersistentVolumeClaim', claim({ storageClassName: '' })).storageClassName).toBe('')
    expect(
      project('PersistentVolumeClaim', claim({ storageClassName: 'new' }, { annotations: { [BETA_CLASS]: 'old' } })).storageClassName,
    ).toBe('old')
  })

  it('may select volumes by label', () => {
    expect(project('PersistentVolumeClaim', claim({ selector: {} })).selector).toEqual({ kind: 'everything' })
  })
})

describe('the other storage kinds', () => {
  it('a StorageClass', () => {
    const raw = {
      metadata: {
        name: 'fast',
        creationTimestamp: '2026-01-01T00:00:00Z',
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: 'd.example',
      volumeBindingMode: 'WaitForFirstConsumer',
      allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['a', 'b'] }] }],
    }

    expect(project('StorageClass', raw)).toEqual({
      kind: 'StorageClass',
      name: 'fast',
      provisioner: 'd.example',
      volumeBindingMode: 'WaitForFirstConsumer',
      isDefault: true,
      createdAt: Date.parse('2026-01-01T00:00:00Z'),
      allowedTopologies: [{ kind: 'term', expressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }], fields: [] }],
      problems: [],
    })
    expect(project('StorageClass', { metadata: { name: 'slow' } })).toMatchObject({ volumeBindingMode: 'Immediate', isDefault: false })
  })

  it('a CSINode tells a driver without limit from no driver', () => {
    const drivers = [{ name: 'd.example', allocatable: { count: 25 } }, { name: 'e.example' }]

    expect(project('CSINode', { metadata: { name: 'node-a' }, spec: { drivers } }).drivers).toEqual(
      new Map([
        ['d.example', 25],
        ['e.example', undefined],
      ]),
    )
  })

  it('a CSIDriver', () => {
    expect(project('CSIDriver', { metadata: { name: 'd.example' }, spec: { storageCapacity: true } }).storageCapacity).toBe(true)
  })

  it('a VolumeAttachment', () => {
    const spec = { attacher: 'd.example', nodeName: 'node-a', source: { persistentVolumeName: 'pv' } }

    expect(project('VolumeAttachment', { metadata: { name: 'va' }, spec })).toEqual({
      kind: 'VolumeAttachment',
      name: 'va',
      attacher: 'd.example',
      nodeName: 'node-a',
      persistentVolumeName: 'pv',
    })
  })

  it('a CSIStorageCapacity', () => {
    const raw = {
      metadata: { namespace: 'csi', name: 'x' },
      storageClassName: 'fast',
      nodeTopology: { matchLabels: { zone: 'a' } },
      capacity: '5Gi',
    }

    expect(project('CSIStorageCapacity', raw)).toMatchObject({
      storageClassName: 'fast',
      nodeTopology: { kind: 'requirements' },
      capacity: 5 * 1024 ** 3,
      maximumVolumeSize: undefined,
    })
    expect(warningsOf('CSIStorageCapacity', { ...raw, capacity: 'x' })).toMatchObject([{ problem: 'capacity: `x` is not a quantity' }])
  })
})
