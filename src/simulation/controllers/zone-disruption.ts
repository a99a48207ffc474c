/** How badly a zone is hit, as the node lifecycle controller judges it. */
export type ZoneState = 'Normal' | 'PartialDisruption' | 'FullDisruption'

/** unhealthy-zone-threshold */
const UNHEALTHY_SHARE = 0.55

/** node_lifecycle_controller.go ComputeZoneState, 1.36. */
export function zoneState(readyNodes: number, notReadyNodes: number): ZoneState {
  if (readyNodes === 0 && notReadyNodes > 0) return 'FullDisruption'
  if (notReadyNodes > 2 && notReadyNodes / (notReadyNodes + readyNodes) >= UNHEALTHY_SHARE) return 'PartialDisruption'
  return 'Normal'
}

/**
 * Whether pods of unhealthy nodes may be evicted from a zone at all. Nowhere, when every zone is lost: then the fault is more likely on this
 * side. Not in a zone that is only partly lost either, as long as it has fewer nodes than large-cluster-size-threshold (50), which a zone of
 * the embedded cluster always has.
 */
export function mayEvictFrom(zone: ZoneState, allZones: readonly ZoneState[]): boolean {
  return zone !== 'PartialDisruption' && !allZones.every(state => state === 'FullDisruption')
}
