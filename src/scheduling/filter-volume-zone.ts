import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { NodeRecord } from '../cluster/node.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { REGION_LABEL, ZONE_LABEL } from '../cluster/topology-labels.ts'
import type { PersistentVolumeRecord } from '../cluster/volume.ts'
import type { Filter, Refused } from './plugin.ts'
import { claimsOf, classOf, missingClaim, volumeOf } from './volume-claims.ts'

/** Label keys of volumes and nodes that say where they are, each with the key that a node may have in its place. */
const TOPOLOGY_KEYS: ReadonlyMap<string, string> = new Map([
  ['failure-domain.beta.kubernetes.io/zone', ZONE_LABEL],
  ['failure-domain.beta.kubernetes.io/region', REGION_LABEL],
  [ZONE_LABEL, ZONE_LABEL],
  [REGION_LABEL, REGION_LABEL],
])

const ZONE_CONFLICT: Refused = { status: 'UnschedulableAndUnresolvable', message: 'node(s) had no available volume zone' }

/** A volume that is labelled with zones or regions can be used in these alone (volumezone/volume_zone.go, 1.36). */
export const volumeZone: Filter = ({ cluster }, pod) => {
  if (pod.claims.length === 0) return undefined
  const problem = missingClaim(cluster, pod) ?? unboundClaim(cluster, pod)
  if (problem !== undefined) return () => ({ status: 'UnschedulableAndUnresolvable', message: problem })

  const places = claimsOf(cluster, pod).flatMap(claim => placesOf(volumeOf(cluster, claim)))
  if (places.length === 0) return undefined
  return ({ node }) => {
    if (!isPlaced(node)) return undefined
    return places.every(place => isIn(node, place)) ? undefined : ZONE_CONFLICT
  }
}

/** Whether some nodes cannot reach the volume. */
export function isTiedToPlaces(volume: PersistentVolumeRecord): boolean {
  return volume.nodeAffinity !== undefined || placesOf(volume).length > 0
}

interface Place {
  readonly key: string
  readonly values: ReadonlySet<string>
}

function unboundClaim(cluster: ClusterReader, pod: PodRecord): string | undefined {
  for (const claim of claimsOf(cluster, pod)) {
    if (claim.volumeName !== '') {
      if (volumeOf(cluster, claim) === undefined) return `persistentvolume "${claim.volumeName}" not found`
    } else if ((claim.storageClassName ?? '') === '') {
      return 'PersistentVolumeClaim had no pv name and storageClass name'
    } else if (classOf(cluster, claim)?.volumeBindingMode !== 'WaitForFirstConsumer') {
      return 'PersistentVolume had no name'
    }
  }
  return undefined
}

/** Where a volume can be used: several zones in one label are joined by `__`. A label with an empty zone says nothing. */
function placesOf(volume: PersistentVolumeRecord | undefined): readonly Place[] {
  const places: Place[] = []
  for (const key of TOPOLOGY_KEYS.keys()) {
    const values = volume?.labels
      .get(key)
      ?.split('__')
      .map(value => value.trim())
    if (values !== undefined && !values.includes('')) places.push({ key, values: new Set(values) })
  }
  return places
}

function isPlaced(node: NodeRecord): boolean {
  for (const key of TOPOLOGY_KEYS.keys()) if (node.labels.has(key)) return true
  return false
}

/** A beta key of the volume is also met by the node's GA key, never the other way round. */
function isIn(node: NodeRecord, { key, values }: Place): boolean {
  const value = node.labels.get(key) ?? node.labels.get(TOPOLOGY_KEYS.get(key) ?? key)
  return value !== undefined && values.has(value)
}
