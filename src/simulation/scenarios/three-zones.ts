import {
  budgetManifest,
  deploymentManifest,
  namespaceManifest,
  nodeManifest,
  statefulSetManifest,
  zonalStorageClass,
} from '../manifests.ts'
import type { RawObject } from '../object-store.ts'

export const ZONES = ['zone-a', 'zone-b', 'zone-c'] as const

export interface ThreeZonesOptions {
  /** How long pods put up with a lost node; absent: the 300 seconds of admission. */
  readonly tolerationSeconds?: number
}

const NAMESPACE = 'shop'

/**
 * Three zones of three nodes, and a shop on them: one workload for each way in which an outage can leave pods bunched up, or fail to, and some
 * that must be left alone.
 */
export function threeZones({ tolerationSeconds }: ThreeZonesOptions = {}): readonly RawObject[] {
  const common = { namespace: NAMESPACE, ...(tolerationSeconds !== undefined && { tolerationSeconds }) }
  return [
    namespaceManifest(NAMESPACE),
    ...ZONES.flatMap(zone => [1, 2, 3].map(index => nodeManifest({ name: `node-${zone.slice(-1)}${index}`, zone, ready: true }))),
    zonalStorageClass('zonal'),

    // Soft: goes elsewhere in an outage and stays there.
    deploymentManifest({ ...common, name: 'web', replicas: 12, cpu: '250m', spread: [{ over: 'zone' }] }),
    budgetManifest(NAMESPACE, 'web', { maxUnavailable: '25%' }),
    deploymentManifest({ ...common, name: 'cart', replicas: 6, spread: [{ over: 'zone' }, { over: 'hostname' }] }),

    // Hard, but tainted nodes do not count: goes elsewhere too.
    deploymentManifest({ ...common, name: 'checkout', replicas: 6, spread: [{ over: 'zone', hard: true, nodeTaintsPolicy: 'Honor' }] }),
    budgetManifest(NAMESPACE, 'checkout', { maxUnavailable: 1 }),

    // Hard, and tainted nodes count: its pods stay Pending until the zone is back.
    deploymentManifest({ ...common, name: 'search', replicas: 3, spread: [{ over: 'zone', hard: true }] }),

    // Tied to the zone of its volumes.
    statefulSetManifest({ ...common, name: 'db', replicas: 3, spread: [{ over: 'zone', hard: true }] }, 'zonal'),
    budgetManifest(NAMESPACE, 'db', { maxUnavailable: 1 }),

    // Bunched up by an outage like `web`, but its owner wants it left alone.
    deploymentManifest({
      ...common,
      name: 'ledger',
      replicas: 3,
      spread: [{ over: 'zone' }],
      annotations: { 'respread.io/evict': 'false' },
    }),
  ]
}
