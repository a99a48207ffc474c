import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { PersistentVolumeClaimRecord } from '../cluster/volume.ts'
import type { Filter, NodeFilter, Refused } from './plugin.ts'
import { claimsWithoutVolume, isReachable, staticVolumes } from './static-volumes.ts'
import { claimsOf, classOf, missingClaim, volumeOf } from './volume-claims.ts'
import { provisioningOf } from './volume-provisioning.ts'

const refuse = (message: string): Refused => ({ status: 'UnschedulableAndUnresolvable', message })

const UNREACHABLE = refuse("node(s) didn't match PersistentVolume's node affinity")
const NO_SUCH_VOLUME = refuse('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)')
const NOTHING_TO_BIND = refuse("node(s) didn't find available persistent volumes to bind")
const NO_ROOM = refuse('node(s) did not have enough free storage')

/**
 * The node must reach the volumes of bound claims, and be able to get one for each claim that waits for its first consumer: a static volume
 * that is still free, or a new one (volumebinding/volume_binding.go and binder.go, 1.36).
 */
export const volumeBinding: Filter = ({ cluster }, pod) => {
  if (pod.claims.length === 0) return undefined
  const problem = missingClaim(cluster, pod) ?? unusableClaim(cluster, pod)
  if (problem !== undefined) return () => refuse(problem)

  const claims = claimsOf(cluster, pod)
  const bound = reachOf(cluster, claims.filter(isBound))
  const unbound = bindingOf(
    cluster,
    claims.filter(claim => !isBound(claim)),
  )
  // Both are looked at, and both reasons are told.
  return info => {
    const [reach, binding] = [bound(info), unbound(info)]
    return reach && binding ? refuse(`${reach.message}, ${binding.message}`) : (reach ?? binding)
  }
}

/** Why no node can take the pod, whatever volumes there are. */
function unusableClaim(cluster: ClusterReader, pod: PodRecord): string | undefined {
  for (const claim of claimsOf(cluster, pod)) {
    const called = `persistentvolumeclaim "${claim.name}"`
    if (claim.phase === 'Lost') return `${called} bound to non-existent persistentvolume "${claim.volumeName}"`
    if (claim.deletedAt !== undefined) return `${called} is being deleted`
    // A claim that names its volume already is bound by the volume controller, not by the scheduler.
    const waits = claim.volumeName === '' && classOf(cluster, claim)?.volumeBindingMode === 'WaitForFirstConsumer'
    if (!isBound(claim) && !waits) return 'pod has unbound immediate PersistentVolumeClaims'
  }
  return undefined
}

function isBound({ volumeName, bindCompleted }: PersistentVolumeClaimRecord): boolean {
  return volumeName !== '' && bindCompleted
}

function reachOf(cluster: ClusterReader, claims: readonly PersistentVolumeClaimRecord[]): NodeFilter {
  const volumes = claims.map(claim => volumeOf(cluster, claim))
  const found = volumes.filter(volume => volume !== undefined)
  if (found.length < volumes.length) return () => NO_SUCH_VOLUME
  return ({ node }) => (found.every(volume => isReachable(volume, node)) ? undefined : UNREACHABLE)
}

function bindingOf(cluster: ClusterReader, claims: readonly PersistentVolumeClaimRecord[]): NodeFilter {
  // A claim for which a node was selected is being provisioned there; no static volume is looked for any more.
  const pinned = claims.filter(claim => claim.selectedNode !== undefined)
  const volumes = staticVolumes(
    cluster,
    claims.filter(claim => claim.selectedNode === undefined),
  )
  const provisioning = new Map(claims.map(claim => [claim, provisioningOf(cluster, claim)]))
  return ({ node }) => {
    if (pinned.some(claim => claim.selectedNode !== node.name)) return NOTHING_TO_BIND
    for (const claim of [...pinned, ...claimsWithoutVolume(volumes, node)]) {
      switch (provisioning.get(claim)?.(node)) {
        case 'possible':
          break
        case 'noRoom':
          return NO_ROOM
        case 'noProvisioner':
        case undefined:
          return NOTHING_TO_BIND
      }
    }
    return undefined
  }
}
