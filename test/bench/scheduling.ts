import { parseArgs } from 'node:util'
import { createClusterState, type ClusterState } from '../../src/cluster/cluster-state.ts'
import type { PodRecord, PodSpec, TopologySpreadConstraint } from '../../src/cluster/pod.ts'
import { NO_SCALARS } from '../../src/cluster/resources.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import type { Prediction } from '../../src/scheduling/prediction.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import type { SchedulerModel } from '../../src/scheduling/scheduler-model.ts'
import { affinityTerm, labels, makeNode, makeWorkload, selecting } from '../support/builders.ts'
import { PLAIN_SPEC, podRecord } from '../support/records.ts'

const ZONE = 'topology.kubernetes.io/zone'
const HOSTNAME = 'kubernetes.io/hostname'
const GIB = 1024 ** 3
const REPLICAS = 20

/** What the pods of a workload ask for, by name of the workload's sort. */
const SORTS: Readonly<Record<string, (app: string) => Partial<PodSpec>>> = {
  'hard zone': app => ({ topologySpreadConstraints: [constraint(app, { topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule' })] }),
  'hard zone and hostname': app => ({
    topologySpreadConstraints: [ZONE, HOSTNAME].map(topologyKey => constraint(app, { topologyKey, whenUnsatisfiable: 'DoNotSchedule' })),
  }),
  'soft zone and hostname': app => ({ topologySpreadConstraints: [ZONE, HOSTNAME].map(topologyKey => constraint(app, { topologyKey })) }),
  'cluster defaults': () => ({}),
  'preferred anti-affinity': app => ({
    podAntiAffinity: { required: [], preferred: [{ weight: 100, term: affinityTerm(selecting({ app }), { topologyKey: HOSTNAME }) }] },
  }),
  'required anti-affinity': app => ({
    podAntiAffinity: { required: [affinityTerm(selecting({ app }), { topologyKey: HOSTNAME })], preferred: [] },
  }),
  'nowhere to go': app => ({
    nodeSelector: labels({ pool: 'none' }),
    topologySpreadConstraints: [constraint(app, { topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule' })],
  }),
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

/** Three zones, 16 cores a node; workloads of 20 replicas and of every sort in turn, crowded into two of the zones. */
function cluster(nodes: number, pods: number): ClusterState {
  const state = createClusterState()
  const zones = ['a', 'b', 'c']
  for (let i = 0; i < nodes; i += 1) {
    const allocatable = { cpu: 16_000, memory: 64 * GIB, ephemeralStorage: 100 * GIB, scalars: NO_SCALARS }
    state.apply({ type: 'upsert', record: makeNode(`node-${i}`, { zone: zones[i % zones.length] ?? 'a', allocatable }) })
  }
  const sorts = Object.keys(SORTS)
  for (let w = 0; w < pods / REPLICAS; w += 1) {
    const sort = sorts[w % sorts.length] ?? ''
    for (const pod of replicas(`app-${w}`, sort, `team-${w % 100}`, w)) {
      const slot = (w * 7 + Number(pod.name.split('-').at(-1)) * 31) % nodes
      const nodeName = `node-${slot % 3 === 2 ? (slot + 1) % nodes : slot}`
      state.apply({ type: 'upsert', record: { ...pod, nodeName } })
    }
    const workload = makeWorkload('ReplicaSet', `app-${w}`, { namespace: `team-${w % 100}`, selector: selecting({ app: `app-${w}` }) })
    state.apply({ type: 'upsert', record: workload })
  }
  return state
}

function replicas(app: string, sort: string, namespace: string, seed: number): readonly PodRecord[] {
  const requests = { cpu: 100 + (seed % 7) * 50, memory: (1 + (seed % 5)) * (GIB / 4), ephemeralStorage: 0, scalars: NO_SCALARS }
  const spec: PodSpec = { ...PLAIN_SPEC, ...SORTS[sort]?.(app), requests, scoredRequests: requests }
  const shared = {
    namespace,
    spec,
    labels: labels({ app }),
    controller: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: app, uid: app },
    charged: requests,
    chargedScored: requests,
  }
  return Array.from({ length: REPLICAS }, (_, i) => podRecord({ name: `${app}-${i}`, ...shared }))
}

interface Timing {
  readonly first: number
  readonly later: number
  readonly feasible: number
}

/** Moves a workload pod by pod, as a plan does: the victim terminates, the replacement is predicted and placed. Milliseconds a prediction. */
function moveAll(model: SchedulerModel, state: ClusterState, namespace: string, app: string): Timing {
  const imagined: { readonly before: PodRecord; readonly after: PodRecord }[] = []
  const imagine = (before: PodRecord, after: PodRecord): void => {
    model.imagine(before, after)
    imagined.push({ before, after })
  }
  const times: number[] = []
  let feasible = 0
  for (let i = 0; i < REPLICAS; i += 1) {
    const victim = state.pod(namespace, `${app}-${i}`)
    if (victim === undefined) continue
    imagine(victim, { ...victim, deletedAt: 1 })
    const replacement = { ...victim, name: `${victim.name}-new`, uid: `${victim.uid}-new`, nodeName: undefined }
    const start = performance.now()
    const prediction: Prediction = model.predict(replacement)
    const to = prediction.kind === 'placed' ? prediction.leading[0]?.name : undefined
    times.push(performance.now() - start)
    if (prediction.kind === 'placed') feasible = prediction.nodes.length
    if (to !== undefined) imagine(replacement, { ...replacement, nodeName: to })
  }
  for (const { before, after } of imagined.reverse()) model.imagine(after, before)
  const [first = 0, ...later] = times
  return { first, later: later.reduce((sum, time) => sum + time, 0) / later.length, feasible }
}

/** Prints what a prediction costs, by what the pod asks for. Options: --nodes, --pods. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { nodes: { type: 'string', default: '5000' }, pods: { type: 'string', default: '100000' } },
  })
  const state = cluster(Number(values.nodes), Number(values.pods))
  const start = performance.now()
  const model = createSchedulerModel(state, DEFAULT_PROFILES)
  console.log(`${values.nodes} nodes, ${values.pods} pods: a model is built in ${(performance.now() - start).toFixed(0)} ms`)
  console.log('the pod asks for            first of a workload   each of the other 19   feasible nodes')
  for (const [index, sort] of Object.keys(SORTS).entries()) {
    // Earlier workloads of the sort warm the machine up.
    const timings = Array.from({ length: 5 }, (_, round) => {
      const w = index + round * Object.keys(SORTS).length
      return moveAll(model, state, `team-${w % 100}`, `app-${w}`)
    })
    const { first, later, feasible } = timings.at(-1) ?? { first: 0, later: 0, feasible: 0 }
    console.log(`${sort.padEnd(28)}${first.toFixed(2).padStart(16)} ms${later.toFixed(3).padStart(20)} ms${String(feasible).padStart(17)}`)
  }
}
