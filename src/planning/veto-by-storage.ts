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
