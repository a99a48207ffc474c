import { workload, ZONE } from './spread-world.ts'

/** A bound claim of shop and its volume, tied to a zone. */
function zonalVolume(name: string, zone: string): unknown[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { namespace: 'shop', name, uid: name, annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'zonal',
        volumeName: `pv-${name}`,
        resources: { requests: { storage: '1Gi' } },
      },
      status: { phase: 'Bound' },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `pv-${name}`, uid: `pv-${name}` },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'zonal',
        claimRef: { namespace: 'shop', name, uid: name },
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: [zone] }] }] } },
      },
      status: { phase: 'Bound' },
    },
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'zonal', uid: 'zonal' },
      provisioner: 'example.com/disk',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
  ]
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
    ...on.flatMap((node, index) => zonalVolume(`data-db-${index}`, node.slice(0, 1))),
  ]
}
