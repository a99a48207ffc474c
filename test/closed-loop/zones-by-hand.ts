import type { World } from './world.ts'

/** Since when each zone is down or up, in monotonic time, told by its nodes alone. */
export interface Zones {
  /** Milliseconds for which some zone has been down. */
  downFor(): number
  /** Milliseconds for which the zone has been up. */
  upFor(zone: string): number
}

const LABEL = 'topology.kubernetes.io/zone'

export function watchZones({ clock, cluster, policy }: World): Zones {
  const { notReadyPercent, notReadyNodes } = policy.outage
  const zones = new Map<string, { readonly isUp: boolean; readonly since: number }>()
  const look = (): void => {
    const nodes = Map.groupBy(cluster.state.nodes(), node => node.labels.get(LABEL) ?? '')
    for (const zone of zones.keys()) if (!nodes.has(zone)) zones.delete(zone)
    for (const [zone, all] of nodes) {
      const missing = all.filter(({ ready }) => ready !== 'True').length
      const isUp = missing < all.length && (missing < notReadyNodes || missing * 100 < notReadyPercent * all.length)
      if (zones.get(zone)?.isUp !== isUp) zones.set(zone, { isUp, since: clock.monotonic() })
    }
  }
  cluster.store.subscribe(({ resource }) => {
    if (resource === 'nodes') look()
  })
  look()
  return {
    downFor: () => Math.max(0, ...[...zones.values()].map(({ isUp, since }) => (isUp ? 0 : clock.monotonic() - since))),
    upFor: zone => {
      const known = zones.get(zone)
      return known?.isUp === true ? clock.monotonic() - known.since : 0
    },
  }
}
