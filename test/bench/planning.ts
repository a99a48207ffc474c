import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createClusterState, type ClusterState } from '../../src/cluster/cluster-state.ts'
import type { PodRecord, PodSpec, TopologySpreadConstraint } from '../../src/cluster/pod.ts'
import { NO_SCALARS } from '../../src/cluster/resources.ts'
import { plan } from '../../src/planning/plan.ts'
import type { Plan } from '../../src/planning/plan-types.ts'
import { DEFAULT_POLICY } from '../../src/planning/policy.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import { labels, makeNode, makeWorkload, selecting } from '../support/builders.ts'
import { budgetRecord, PLAIN_SPEC, podRecord } from '../support/records.ts'

const ZONE = 'topology.kubernetes.io/zone'
const HOSTNAME = 'kubernetes.io/hostname'
const GIB = 1024 ** 3
const ZONES = ['a', 'b', 'c']
const REPLICAS = 20
const HOUR = 60 * 60 * 1000

/** The day after an outage of zone c: every workload stands [10,10,0] and needs 6 moves. One workload a node, 20 replicas each. */
function dayAfter(nodes: number): ClusterState {
  const state = createClusterState()
  for (const kind of ['Pod', 'Node', 'Namespace', 'PodDisruptionBudget', 'ReplicaSet', 'Deployment', 'StatefulSet'] as const) {
    state.markKnown(kind)
  }
  const byZone: Record<string, string[]> = { a: [], b: [], c: [] }
  for (let i = 0; i < nodes; i += 1) {
    const zone = ZONES[i % ZONES.length] ?? 'a'
    const allocatable = { cpu: 16_000, memory: 64 * GIB, ephemeralStorage: 100 * GIB, scalars: NO_SCALARS }
    state.apply({ type: 'upsert', record: makeNode(`node-${i}`, { zone, allocatable }) })
    byZone[zone]?.push(`node-${i}`)
  }
  for (let w = 0; w < nodes; w += 1) addWorkload(state, w, [byZone.a ?? [], byZone.b ?? []])
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
  const shared: Partial<PodRecord> = {
    namespace,
    spec,
    labels: labels({ app }),
    controller: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: app, uid: app },
    charged: requests,
    chargedScored: requests,
  }
  for (let i = 0; i < REPLICAS; i += 1) {
    const zone = standing[i % standing.length] ?? []
    const nodeName = zone[(w * 7 + Math.trunc(i / standing.length) * 31) % zone.length]
    state.apply({ type: 'upsert', record: podRecord({ ...shared, name: `${app}-${i}`, nodeName }) })
  }
  const selector = selecting({ app })
  const common = { namespace, selector, replicas: REPLICAS, status: STATUS }
  const deployment = makeWorkload('Deployment', app, { ...common, uid: `${app}-top` })
  const template = { labels: labels({ app }), annotations: labels({}), spec, claims: [], ephemeralVolumes: [] }
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

interface Row {
  readonly state: ClusterState
  readonly plan: Plan
  readonly modelSeconds: number
  readonly planSeconds: number
  /** Of the processor: what a machine that others use as well does not change. */
  readonly cpuSeconds: number
  /** Above the loaded state, at the peak: the model and everything that planning allocates before it is collected. */
  readonly megabytes: number
}

function measure(nodes: number): Row {
  const state = dayAfter(nodes)
  collectGarbage()
  const loaded = resident('VmRSS')
  forgetPeak()
  const start = performance.now()
  const model = createSchedulerModel(state, DEFAULT_PROFILES)
  const built = performance.now()
  const cpu = process.threadCpuUsage()
  const result = plan({ cluster: state, model }, DEFAULT_POLICY, {
    now: HOUR,
    domainHolds: [],
    drains: [],
    workloadHolds: [],
    inFlight: [],
  })
  const done = performance.now()
  const used = process.threadCpuUsage(cpu)
  return {
    state,
    plan: result,
    modelSeconds: (built - start) / 1000,
    planSeconds: (done - built) / 1000,
    cpuSeconds: (used.user + used.system) / 1e6,
    megabytes: resident('VmHWM') - loaded,
  }
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

// Linux tells the peak since it was last forgotten; process.resourceUsage() only the peak of the whole process, loading included.
function resident(field: 'VmRSS' | 'VmHWM'): number {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))
  return Number(match?.[1] ?? NaN) / 1024
}

function forgetPeak(): void {
  writeFileSync('/proc/self/clear_refs', '5')
}

/** Prints what the whole plan costs, by the size of the cluster. Option: --nodes 1000,2000,5000. Memory is read from /proc: Linux only. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { nodes: { type: 'string', default: '1000,2000,5000' } } })
  measure(100) // warms the machine up, so that the smallest row can be compared with the others
  console.log('nodes     pods   workloads   evictions   model s   plan() s   CPU s   MB above loaded   ms an eviction')
  for (const nodes of values.nodes.split(',').map(Number)) {
    const { state, plan: result, modelSeconds, planSeconds, cpuSeconds, megabytes } = measure(nodes)
    const evictions = result.evictions.length
    const cells: readonly (readonly [string | number, number])[] = [
      [nodes, 5],
      [state.count('Pod'), 9],
      [state.count('Deployment'), 12],
      [evictions, 12],
      [modelSeconds.toFixed(2), 10],
      [planSeconds.toFixed(2), 11],
      [cpuSeconds.toFixed(2), 8],
      [megabytes.toFixed(0), 18],
      [((planSeconds * 1000) / evictions).toFixed(3), 17],
    ]
    console.log(cells.map(([cell, width]) => String(cell).padStart(width)).join(''))
  }
}
