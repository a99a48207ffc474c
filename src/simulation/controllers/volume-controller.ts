import { ZONE_LABEL } from '../../cluster/topology-labels.ts'
import { CLAIM_ANNOTATIONS } from '../../cluster/volume.ts'
import { runController, type Controller, type ControllerContext } from './controller.ts'
import { keyOf } from '../sorted-objects.ts'
import type { ClaimObject, StorageClassObject, WireObjects } from '../wire-objects.ts'

/**
 * Provisions and binds volumes (pkg/controller/volume/persistentvolume, with the external provisioner). A volume of a WaitForFirstConsumer
 * class comes to the zone of the node that the scheduler chose, one of an Immediate class is reachable from everywhere. Pre-provisioned
 * volumes are not matched with claims.
 */
export const volumeController: Controller = context =>
  runController(context, {
    name: 'persistentvolume',
    resources: ['persistentvolumeclaims'],
    delay: context.timings.provisioning,
    keysOf: ({ object }) => [keyOf(object)],
    reconcile: (namespace, name) => {
      const claim = context.objects.get('persistentvolumeclaims', namespace, name)
      if (claim === undefined) releaseVolumes(context, namespace, name)
      else if ((claim.spec?.volumeName ?? '') === '') provision(context, claim)
      return undefined
    },
  })

function provision(context: ControllerContext, claim: ClaimObject): void {
  const storageClass = context.objects.get('storageclasses', undefined, claim.spec?.storageClassName ?? '')
  if (storageClass === undefined) return
  const selected = claim.metadata.annotations?.[CLAIM_ANNOTATIONS.selectedNode]
  const waits = storageClass.volumeBindingMode === 'WaitForFirstConsumer'
  const node = selected === undefined ? undefined : context.objects.get('nodes', undefined, selected)
  if (waits && node === undefined) return
  const volumeName = `pvc-${claim.metadata.uid ?? ''}`
  context.objects.create(
    'persistentvolumes',
    volumeFor(claim, storageClass, volumeName, waits ? node?.metadata.labels?.[ZONE_LABEL] : undefined),
  )
  context.objects.update('persistentvolumeclaims', claim.metadata, current => ({
    ...current,
    metadata: {
      ...current.metadata,
      annotations: {
        ...current.metadata.annotations,
        [CLAIM_ANNOTATIONS.bindCompleted]: 'yes',
        'pv.kubernetes.io/bound-by-controller': 'yes',
        'volume.kubernetes.io/storage-provisioner': storageClass.provisioner ?? '',
      },
    },
    spec: { ...current.spec, volumeName },
    status: {
      ...current.status,
      phase: 'Bound',
      accessModes: current.spec?.accessModes ?? [],
      capacity: current.spec?.resources?.requests ?? {},
    },
  }))
}

function volumeFor(
  claim: ClaimObject,
  storageClass: StorageClassObject,
  name: string,
  zone: string | undefined,
): WireObjects['persistentvolumes'] {
  const { namespace, name: claimName, uid } = claim.metadata
  const nodeAffinity = {
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE_LABEL, operator: 'In', values: [zone] }] }] },
  }
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: claim.spec?.resources?.requests ?? {},
      accessModes: claim.spec?.accessModes ?? ['ReadWriteOnce'],
      volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name,
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: namespace ?? '', name: claimName, uid: uid ?? '' },
      csi: { driver: storageClass.provisioner ?? '', volumeHandle: name },
      ...(zone === undefined ? {} : { nodeAffinity }),
    },
    status: { phase: 'Bound' },
  }
}

/** Reclaim policy Delete; with Retain the volume is kept, Released. */
function releaseVolumes(context: ControllerContext, namespace: string | undefined, name: string): void {
  for (const volume of context.objects.list('persistentvolumes')) {
    const { claimRef, persistentVolumeReclaimPolicy } = volume.spec ?? {}
    if (claimRef?.namespace !== namespace || claimRef?.name !== name) continue
    if (persistentVolumeReclaimPolicy === 'Retain') {
      context.objects.update('persistentvolumes', volume.metadata, current => ({ ...current, status: { phase: 'Released' } }))
    } else {
      context.store.delete('persistentvolumes', undefined, volume.metadata.name)
    }
  }
}
