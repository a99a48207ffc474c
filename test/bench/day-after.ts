import { createClusterState, type ClusterState } from '../../src/cluster/cluster-state.ts'
import type { PodRecord, PodSpec, TopologySpreadConstraint } from '../../src/cluster/pod.ts'
import { NO_SCALARS } from '../../src/cluster/resources.ts'
import { affinityTerm, labels, makeNode, makeWorkload, selecting } from '../support/builders.ts'
import { budgetRecord, PLAIN_SPEC, podRecord } from '../support/records.ts'

const ZONE = 'topology.kubernetes.io/zone'
const HOSTNAME = 'kubernetes.io/hostname'
const GIB = 1024 ** 3
const ZONES = ['a', 'b', 'c']

/** What of workloads makes a difference to what a plan costs. */
interface Shape {
  readonly replicas: number
  /** How many sets of requests there are: what nodes answer to each is worked out by itself. */
  readonly kindsOfRequests: number
  /** Every workload prefers its pods apart from one another, as many charts have it. */
  readonly isApart: boolean
}

const PLAIN: Shape = { replicas: 20, kindsOfRequests: 35, isApart: false }
export const SHAPES: Readonly<Record<string, Shape>> = {
  plain: PLAIN,
  requests: { ...PLAIN, kindsOfRequests: Infinity },
  apart: { ...PLAIN, isApart: true },
  large: { ...PLAIN, replicas: 400 },
}

/**
 * The day after an outage of zone c: every workload stands half in zone a and half in b, [10,10,0] where it has 20 replicas, and needs 6 moves then.
 * 20 pods a node.
 *
 * @param skewedEach of so many workloads one is skewed; the others stand in all zones
 */
export function dayAfter(nodes: number, skewedEach = 1, shape = PLAIN): ClusterState {
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
  const { a = [], b = [], c = [] } = byZone
  for (let w = 0; w < (nodes * 20) / shape.replicas; w += 1) addWorkload(state, w, w % skewedEach === 0 ? [a, b] : [a, b, c], shape)
  return state
}

/** Half hard, half soft; a third also by hostname; every one with a budget of 25 %. */
function addWorkload(state: ClusterState, w: number, standing: readonly (readonly string[])[], shape: Shape): void {
  const { replicas } = shape
  const app = `app-${w}`
  const namespace = `team-${w % 100}`
  const kind = w % shape.kindsOfRequests
  const memory = (1 + (kind % 5)) * (GIB / 4) + Math.trunc(kind / 35) * 1024
  const requests = { cpu: 100 + (kind % 7) * 50, memory, ephemeralStorage: 0, scalars: NO_SCALARS }
  const whenUnsatisfiable = w % 2 === 0 ? 'DoNotSchedule' : 'ScheduleAnyway'
  const keys = Math.trunc(w / 2) % 3 === 0 ? [ZONE, HOSTNAME] : [ZONE]
  const topologySpreadConstraints = keys.map(topologyKey => constraint(app, { topologyKey, whenUnsatisfiable }))
  const spec: PodSpec = {
    ...PLAIN_SPEC,
    topologySpreadConstraints,
    requests,
    scoredRequests: requests,
    ...(shape.isApart && {
      podAntiAffinity: { required: [], preferred: [{ weight: 100, term: affinityTerm(selecting({ app }), { topologyKey: HOSTNAME }) }] },
    }),
  }
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
  for (let i = 0; i < replicas; i += 1) {
    const zone = i % standing.length
    const names = standing[zone] ?? []
    const nodeName = names[(w * 7 + Math.trunc(i / standing.length) * 31) % names.length]
    state.apply({ type: 'upsert', record: podRecord({ ...shared, name: `${app}-${i}`, nodeName, labels: labelsIn[zone] ?? labels({}) }) })
  }
  const selector = selecting({ app })
  const status = { replicas, readyReplicas: replicas, availableReplicas: replicas, updatedReplicas: replicas }
  const common = { namespace, selector, replicas, status }
  const deployment = makeWorkload('Deployment', app, { ...common, uid: `${app}-top` })
  const template = { labels: ownLabels, annotations: labels({}), spec, claims: [], ephemeralVolumes: [] }
  const controller = { apiVersion: 'apps/v1', kind: 'Deployment', name: app, uid: `${app}-top` }
  state.apply({ type: 'upsert', record: deployment })
  state.apply({ type: 'upsert', record: makeWorkload('ReplicaSet', app, { ...common, template, controller }) })
  const budget = budgetRecord({ namespace, name: app, uid: `budget-${app}`, selector, maxUnavailable: { kind: 'percent', value: 25 } })
  const counts = { disruptionsAllowed: replicas / 4, currentHealthy: replicas, desiredHealthy: (replicas * 3) / 4, expectedPods: replicas }
  state.apply({ type: 'upsert', record: { ...budget, status: { ...budget.status, ...counts } } })
}

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
