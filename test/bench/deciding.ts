import { parseArgs } from 'node:util'
import type { ClusterState } from '../../src/cluster/cluster-state.ts'
import type { NodeRecord } from '../../src/cluster/node.ts'
import type { PodRecord } from '../../src/cluster/pod.ts'
import type { ClusterRecord } from '../../src/cluster/records.ts'
import { createPlanner } from '../../src/planning/planner.ts'
import { DEFAULT_POLICY } from '../../src/planning/policy.ts'
import type { Situation } from '../../src/planning/situation.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import { dayAfter } from './day-after.ts'

const HOUR = 60 * 60 * 1000
const EVENTS = 1_000
const NODE_EVENTS = 100
const HOSTNAME = 'kubernetes.io/hostname'
/** A prime: the events reach pods all over the cluster. */
const STRIDE = 7_919
const AT_REST: Situation = { now: HOUR, domainHolds: [], drains: [], workloadHolds: [], inFlight: [], deferred: [], refused: [] }

/** What `run` asks for: four times what may be in flight in the cluster. */
const ENOUGH = 4 * DEFAULT_POLICY.caps.cluster

/** Of the processor that this thread has used: what a machine that others use as well changes least. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

interface Row {
  readonly state: ClusterState
  readonly evictions: number
  readonly firstMs: number
  /** Of one event each, in ascending order: by the clock and by the processor, which tells them in steps of 4 ms. */
  readonly eventMs: readonly number[]
  readonly eventCpuMs: readonly number[]
  /** Of one event of a node each. */
  readonly nodeMs: readonly number[]
}

/**
 * The first plan, and then a new one after each of a thousand events: pods that turn not Ready, come back, leave and are replaced elsewhere; and
 * after each of a hundred that change what nodes are: they are cordoned, tainted, come back and come new.
 */
function measure(nodes: number, skewedEach: number): Row {
  const state = dayAfter(nodes, skewedEach)
  const model = createSchedulerModel(state, DEFAULT_PROFILES)
  const planner = createPlanner({ cluster: state, model }, DEFAULT_POLICY)
  const started = performance.now()
  const { evictions } = planner.plan(AT_REST, ENOUGH)
  const firstMs = performance.now() - started

  const pods = [...state.pods()]
  const eventMs: number[] = []
  const eventCpuMs: number[] = []
  const decideAfter = (record: ClusterRecord): void => {
    const delta = state.apply({ type: 'upsert', record })
    if (delta !== undefined) {
      model.advance(delta)
      planner.note(delta)
    }
    planner.plan(AT_REST, ENOUGH)
  }
  for (let event = 0; event < EVENTS; event += 1) {
    const at = (event * STRIDE) % pods.length
    const pod = pods[at]
    if (pod === undefined) continue
    const after = changed(pod, event, nodes)
    pods[at] = after
    const [before, beforeCpu] = [performance.now(), cpuMs()]
    decideAfter(after)
    eventMs.push(performance.now() - before)
    eventCpuMs.push(cpuMs() - beforeCpu)
  }
  const nodeMs: number[] = []
  const known = [...state.nodes()]
  for (let event = 0; event < NODE_EVENTS; event += 1) {
    const node = known[(Math.trunc(event / NODE_TURNS.length) * STRIDE) % known.length]
    if (node === undefined) continue
    const before = performance.now()
    decideAfter(NODE_TURNS[event % NODE_TURNS.length]?.(node) ?? node)
    nodeMs.push(performance.now() - before)
  }
  return {
    state,
    evictions: evictions.length,
    firstMs,
    eventMs: ascending(eventMs),
    eventCpuMs: ascending(eventCpuMs),
    nodeMs: ascending(nodeMs),
  }
}

/** What happens to one node after the other. */
const NODE_TURNS: readonly ((node: NodeRecord) => NodeRecord)[] = [
  node => ({ ...node, unschedulable: true }),
  node => ({ ...node, unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' }] }),
  node => ({ ...node, taints: [{ key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' }] }),
  node => ({ ...node }),
  node => ({
    ...node,
    name: `${node.name}-new`,
    uid: `${node.uid}-new`,
    labels: new Map([...node.labels, [HOSTNAME, `${node.name}-new`]]),
  }),
]

const ascending = (numbers: readonly number[]): readonly number[] => numbers.toSorted((one, other) => one - other)

function changed(pod: PodRecord, event: number, nodes: number): PodRecord {
  if (event % 2 === 0) return { ...pod, ready: !pod.ready }
  return { ...pod, uid: `${pod.uid}-${event}`, nodeName: `node-${(event * 37) % nodes}` }
}

/** Prints what it costs to decide anew after one event of a pod or a node, by how many workloads are skewed. Options: --nodes 1000,5000. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { nodes: { type: 'string', default: '1000,5000' } } })
  measure(100, 1)
  console.log(
    'nodes     pods   skewed   evictions   first plan ms   after an event: median ms   p99 ms   longest ms   p99 CPU ms   of a node: median ms   longest ms',
  )
  const quantile = (sorted: readonly number[], share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(2)
  for (const nodes of values.nodes.split(',').map(Number)) {
    for (const skewedEach of [1, 100]) {
      const { state, evictions, firstMs, eventMs, eventCpuMs, nodeMs } = measure(nodes, skewedEach)
      const cells: readonly (readonly [string | number, number])[] = [
        [nodes, 5],
        [state.count('Pod'), 9],
        [`${100 / skewedEach} %`, 9],
        [evictions, 12],
        [firstMs.toFixed(0), 16],
        [quantile(eventMs, 0.5), 28],
        [quantile(eventMs, 0.99), 9],
        [quantile(eventMs, 1), 13],
        [quantile(eventCpuMs, 0.99), 13],
        [quantile(nodeMs, 0.5), 23],
        [quantile(nodeMs, 1), 13],
      ]
      console.log(cells.map(([cell, width]) => String(cell).padStart(width)).join(''))
    }
  }
}
