import { workload, ZONE } from './spread-world.ts'

/** A bound claim of namespace shop and its volume, which every node can reach unless it is tied to a zone. */
export function boundClaim(name: string, storageClassName: string, zone?: string): unknown[] {
  const reach = { accessModes: [zone === undefined ? 'ReadWriteMany' : 'ReadWriteOnce'], storageClassName }
  const inZone = (value: string): unknown => ({ matchExpressions: [{ key: ZONE, operator: 'In', values: [value] }] })
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { namespace: 'shop', name, uid: name, annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
      spec: { ...reach, volumeName: `pv-${name}`, resources: { requests: { storage: '1Gi' } } },
      status: { phase: 'Bound' },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `pv-${name}`, uid: `pv-${name}` },
      spec: {
        ...reach,
        capacity: { storage: '1Gi' },
        claimRef: { namespace: 'shop', name, uid: name },
        ...(zone === undefined ? {} : { nodeAffinity: { required: { nodeSelectorTerms: [inZone(zone)] } } }),
      },
      status: { phase: 'Bound' },
    },
  ]
}

const ZONAL_CLASS = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'zonal', uid: 'zonal' },
  provisioner: 'example.com/disk',
  volumeBindingMode: 'WaitForFirstConsumer',
}

/** A StatefulSet whose pods each have a volume in the zone where they run. */
export function withZonalVolumes(on: readonly string[], spread: Parameters<typeof workload>[0]['spread'] = []): unknown[] {
  const mounting = (name: string): Record<string, unknown> => ({ volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }] })
  return [
    ...workload({
      name: 'db',
      kind: 'StatefulSet',
      on,
      spread,
      workload: {
        spec: {
          volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'zonal' } }],
        },
      },
      pods: Object.fromEntries(on.map((_, index) => [index, { spec: mounting(`data-db-${index}`) }])),
    }),
    ZONAL_CLASS,
    ...on.flatMap((node, index) => boundClaim(`data-db-${index}`, 'zonal', node.slice(0, 1))),
  ]
}
