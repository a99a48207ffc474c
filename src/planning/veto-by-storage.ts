import type { PodRecord } from '../cluster/pod.ts'
import type { Veto } from './reasons.ts'
import type { VetoContext } from './veto-context.ts'

/** A claim of a protected storage class. A claim that is not in the data may be of any class. */
export function hasProtectedStorageClass(pod: PodRecord, { cluster, policy }: VetoContext): Veto | undefined {
  const { protectedStorageClasses } = policy
  if (protectedStorageClasses.length === 0) return undefined
  for (const name of pod.claims) {
    const claim = cluster.get('PersistentVolumeClaim', `${pod.namespace}/${name}`)
    if (claim === undefined) return { reason: 'StorageClassProtected', message: `the storage class of claim ${name} is not in the data` }
    const storageClass = claim.storageClassName ?? cluster.get('PersistentVolume', claim.volumeName)?.storageClassName ?? ''
    if (protectedStorageClasses.includes(storageClass)) {
      return { reason: 'StorageClassProtected', message: `its claim ${name} is of storage class ${storageClass}, which is protected` }
    }
  }
  return undefined
}

/** What is absent is not empty: without the objects a claim looks as if its volume could be reached from nowhere. */
export function volumesAreUnknown({ namespace, claims }: PodRecord, { cluster }: VetoContext): Veto | undefined {
  if (claims.length === 0) return undefined
  const unknown = (kind: string): Veto => ({
    reason: 'CannotPredict',
    message: `${kind} are not in the data, so which nodes its volumes can be reached from cannot be told`,
  })
  if (!cluster.knows('PersistentVolumeClaim')) return unknown('PersistentVolumeClaims')
  if (cluster.knows('PersistentVolume')) return undefined
  const isBound = claims.some(name => (cluster.get('PersistentVolumeClaim', `${namespace}/${name}`)?.volumeName ?? '') !== '')
  return isBound ? unknown('PersistentVolumes') : undefined
}
