import { createClusterState, type ClusterState } from '../../src/cluster/cluster-state.ts'
import type { PodRecord, PodSpec, TopologySpreadConstraint } from '../../src/cluster/pod.ts'
import { NO_SCALARS } from '../../src/cluster/resources.ts'
import { labels, makeNode, makeWorkload, selecting } from '../support/builders.ts'
import { budgetRecord, PLAIN_SPEC, podRecord } from '../support/records.ts'

const ZONE = 'topology.kubernetes.io/zone'
const HOSTNAME = 'kubernetes.io/hostname'
const GIB = 1024 ** 3
const ZONES = ['a', 'b', 'c']
const REPLICAS = 20

/**
 * The day after an outage of zone c: every workload stands [10,10,0] and needs 6 moves. One workload a node, 20 replicas each.
 *
 * @param skewedEach of so many workloads one is skewed; the others stand [7,7,6]
 */
export function dayAfter(nodes: number, skewedEach = 1): ClusterState {
  const state = createClusterState()
  for (const kind of ['Pod', 'Node', 'Namespace', 'PodDisruptionBudget', 'ReplicaSet', 'Deployment', 'StatefulSet'] as const) {
    state.markKnown(kind)
  }
  const byZone: Record<string, string[]> = { a: [], b: [], c: [] }
  for (let i = 0; i < nodes; i += 1) {
    const zone = ZONES[i % ZONES.length] ?? 'a'
    const allocatable = { cpu: 16_000, memory: 64 * GIB, ephemeralStorage: 100 * GIB, scalars: NO_SCALARS }
    // One string for a node and its pods, as the readers of objects make it.
    const name = `node-${i}`
    state.apply({ type: 'upsert', record: makeNode(name, { zone, allocatable }) })
    byZone[zone]?.push(name)
  }
  for (let w = 0; w < nodes; w += 1)
    addWorkload(state, w, w % skewedEach === 0 ? [byZone.a ?? [], byZone.b ?? []] : [byZone.a ?? [], byZone.b ?? [], byZone.c ?? []])
  return state
}

/** Half hard, half soft; a third also by hostname; every one with a budget of 25 %. */
function addWorkload(state: ClusterState, w: number, standing: readonly (readonly string[])[]): void {
  const app = `app-${w}`
  const namespace = `team-${w % 100}`
  const requests = { cpu: 100 + (w % 7) * 50, memory: (1 + (w % 5)) * (GIB / 4), ephemeralStorage: 0, scalars: NO_SCALARS }
  const whenUnsatisfiable = w % 2 === 0 ? 'DoNotSchedule' : 'ScheduleAnyway'
  const keys = Math.trunc(w / 2) % 3 === 0 ? [ZONE, HOSTNAME] : [ZONE]
  const topologySpreadConstraints = keys.map(topologyKey => constraint(app, { topologyKey, whenUnsatisfiable }))
  const spec: PodSpec = { ...PLAIN_SPEC, topologySpreadConstraints, requests, scoredRequests: requests }
  const ownLabels = labels({ app })
  const shared: Partial<PodRecord> = {
    namespace,
    spec,
    ownLabels,
    controller: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: app, uid: app },
    charged: requests,
    chargedScored: requests,
  }
  // The API server copies the zone of the node onto the pods bound to it (PodTopologyLabelsAdmission, 1.35).
  const labelsIn = standing.map((_, zone) => labels({ app, [ZONE]: ZONES[zone] ?? '' }))
  for (let i = 0; i < REPLICAS; i += 1) {
    const zone = i % standing.length
    const names = standing[zone] ?? []
    const nodeName = names[(w * 7 + Math.trunc(i / standing.length) * 31) % names.length]
    state.apply({ type: 'upsert', record: podRecord({ ...shared, name: `${app}-${i}`, nodeName, labels: labelsIn[zone] ?? labels({}) }) })
  }
  const selector = selecting({ app })
  const common = { namespace, selector, replicas: REPLICAS, status: STATUS }
  const deployment = makeWorkload('Deployment', app, { ...common, uid: `${app}-top` })
  const template = { labels: ownLabels, annotations: labels({}), spec, claims: [], ephemeralVolumes: [] }
  const controller = { apiVersion: 'apps/v1', kind: 'Deployment', name: app, uid: `${app}-top` }
  state.apply({ type: 'upsert', record: deployment })
  state.apply({ type: 'upsert', record: makeWorkload('ReplicaSet', app, { ...common, template, controller }) })
  const budget = budgetRecord({ namespace, name: app, uid: `budget-${app}`, selector, maxUnavailable: { kind: 'percent', value: 25 } })
  const status = { ...budget.status, disruptionsAllowed: 5, currentHealthy: REPLICAS, desiredHealthy: 15, expectedPods: REPLICAS }
  state.apply({ type: 'upsert', record: { ...budget, status } })
}

const STATUS = { replicas: REPLICAS, readyReplicas: REPLICAS, availableReplicas: REPLICAS, updatedReplicas: REPLICAS }

function constraint(app: string, fields: Partial<TopologySpreadConstraint>): TopologySpreadConstraint {
  return {
    topologyKey: ZONE,
    whenUnsatisfiable: 'ScheduleAnyway',
    maxSkew: 1,
    minDomains: undefined,
    selector: selecting({ app }),
    matchLabelKeys: [],
    nodeAffinityPolicy: 'Honor',
    nodeTaintsPolicy: 'Ignore',
    ...fields,
  }
}
