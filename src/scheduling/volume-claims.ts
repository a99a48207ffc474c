import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { PersistentVolumeClaimRecord, PersistentVolumeRecord, StorageClassRecord } from '../cluster/volume.ts'

/** A claim of the pod by name: one that is there, or one that will come with the pod. */
function claimOf(cluster: ClusterReader, pod: PodRecord, name: string): PersistentVolumeClaimRecord | undefined {
  return pod.claimsToCome?.find(claim => claim.name === name) ?? cluster.get('PersistentVolumeClaim', `${pod.namespace}/${name}`)
}

/** Why not every claim of the pod can be found, in the words of the scheduler. */
export function missingClaim(cluster: ClusterReader, pod: PodRecord): string | undefined {
  const missing = pod.claims.find(name => claimOf(cluster, pod, name) === undefined)
  return missing === undefined ? undefined : `persistentvolumeclaim "${missing}" not found`
}

/** Claims of the pod that can be found. */
export function claimsOf(cluster: ClusterReader, pod: PodRecord): readonly PersistentVolumeClaimRecord[] {
  return pod.claims.map(name => claimOf(cluster, pod, name)).filter(claim => claim !== undefined)
}

/** The volume that the claim names, be it bound to it or not yet. */
export function volumeOf(cluster: ClusterReader, claim: PersistentVolumeClaimRecord): PersistentVolumeRecord | undefined {
  return claim.volumeName === '' ? undefined : cluster.get('PersistentVolume', claim.volumeName)
}

/** The claim's class; an absent name is a class of none, as the API server has filled in the default one. */
export function classOf(cluster: ClusterReader, claim: PersistentVolumeClaimRecord): StorageClassRecord | undefined {
  const name = claim.storageClassName ?? ''
  return name === '' ? undefined : cluster.get('StorageClass', name)
}
