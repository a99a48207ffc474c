import type { Scenario } from './scenario.ts'
import { threeZones, type ThreeZonesOptions } from './three-zones.ts'

export interface ZoneOutageOptions extends ThreeZonesOptions {
  /** Milliseconds from the beginning to the outage: time for everything to start. */
  readonly outageAt?: number
  /** Milliseconds that the zone is away. */
  readonly outageLength?: number
  /** Milliseconds after the recovery that belong to the story. */
  readonly aftermath?: number
}

/** A zone fails, its pods are driven out and start elsewhere, the zone comes back: and everything stays where it is. */
export function zoneOutage(options: ZoneOutageOptions = {}): Scenario {
  const { outageAt = 120_000, outageLength = 600_000, aftermath = 600_000 } = options
  const recoveryAt = outageAt + outageLength
  return {
    objects: threeZones(options),
    steps: [
      { at: outageAt, title: 'zone-c fails', act: cluster => cluster.failZone('zone-c') },
      { at: recoveryAt, title: 'zone-c is back', act: cluster => cluster.recoverZone('zone-c') },
    ],
    length: recoveryAt + aftermath,
  }
}
