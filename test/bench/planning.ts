import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { ClusterState } from '../../src/cluster/cluster-state.ts'
import { plan } from '../../src/planning/plan.ts'
import type { Plan } from '../../src/planning/plan-types.ts'
import { DEFAULT_POLICY } from '../../src/planning/policy.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import { dayAfter } from './day-after.ts'

const HOUR = 60 * 60 * 1000

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
