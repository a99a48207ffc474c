import { compareText } from '../cluster/compare-text.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import { matchesLabels } from '../cluster/label-selector.ts'
import type { NodeRecord } from '../cluster/node.ts'
import type { PersistentVolumeClaimRecord, PersistentVolumeRecord } from '../cluster/volume.ts'
import { matchesNodeSelectorTerm } from './node-affinity.ts'

/**
 * Whether a node can reach a volume: its node affinity, by labels alone. Fields are passed over, as the caller upstream has no node to read them
 * from (component-helpers storage/volume CheckNodeAffinity, 1.36).
 */
export function isReachable({ nodeAffinity }: PersistentVolumeRecord, node: NodeRecord): boolean {
  if (nodeAffinity === undefined) return true
  return nodeAffinity.terms.some(term => {
    if (term.kind === 'invalid') return false
    if (term.expressions.length === 0) return term.fields.length > 0
    return matchesNodeSelectorTerm({ ...term, fields: [] }, node)
  })
}

/** By claim: the volumes that it could be bound to on some node, smallest first. */
export type StaticVolumes = ReadonlyMap<PersistentVolumeClaimRecord, readonly PersistentVolumeRecord[]>

/** Everything but the node's part of upstream's FindMatchingVolume, asked once for all nodes. */
export function staticVolumes(cluster: ClusterReader, claims: readonly PersistentVolumeClaimRecord[]): StaticVolumes {
  const volumes = claims.length === 0 ? [] : Array.from(cluster.all('PersistentVolume'))
  return new Map(
    claims.map(claim => {
      const fitting = volumes.filter(volume => fits(volume, claim))
      return [claim, fitting.sort((one, other) => one.capacity - other.capacity || compareText(one.name, other.name))]
    }),
  )
}

/**
 * The claims that no volume is left for on this node. Each volume serves one claim, and the smallest claims choose first, each the smallest
 * volume that will do, unless one is reserved for it (volumebinding/binder.go findMatchingVolumes, 1.36).
 */
export function claimsWithoutVolume(volumes: StaticVolumes, node: NodeRecord): readonly PersistentVolumeClaimRecord[] {
  const taken = new Set<PersistentVolumeRecord>()
  const bySize = [...volumes].sort(([one], [other]) => one.requestedBytes - other.requestedBytes)
  return bySize
    .filter(([claim, fitting]) => {
      const reserved = fitting.find(volume => isReservedFor(volume, claim))
      const choice = reserved === undefined ? fitting.find(volume => !taken.has(volume) && isReachable(volume, node)) : reserved
      if (choice === undefined || !isReachable(choice, node)) return true
      taken.add(choice)
      return false
    })
    .map(([claim]) => claim)
}

function fits(volume: PersistentVolumeRecord, claim: PersistentVolumeClaimRecord): boolean {
  if (volume.deletedAt !== undefined || volume.volumeMode !== claim.volumeMode || volume.capacity < claim.requestedBytes) return false
  if (volume.storageClassName !== (claim.storageClassName ?? '')) return false
  if (volume.claimRef !== undefined) return isReservedFor(volume, claim)
  return (
    volume.phase === 'Available' &&
    (claim.selector === undefined || matchesLabels(claim.selector, volume.labels)) &&
    claim.accessModes.every(mode => volume.accessModes.includes(mode))
  )
}

function isReservedFor({ claimRef }: PersistentVolumeRecord, claim: PersistentVolumeClaimRecord): boolean {
  if (claimRef?.namespace !== claim.namespace || claimRef.name !== claim.name) return false
  return claimRef.uid === '' || claimRef.uid === claim.uid
}
