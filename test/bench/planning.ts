import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { ClusterState } from '../../src/cluster/cluster-state.ts'
import { createPlanner } from '../../src/planning/planner.ts'
import { DEFAULT_POLICY } from '../../src/planning/policy.ts'
import type { Situation } from '../../src/planning/situation.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import { collectGarbage } from '../support/collect-garbage.ts'
import { containerStart } from './container.ts'
import { dayAfter, SHAPES } from './day-after.ts'

interface Row {
  readonly pods: number
  readonly workloads: number
  readonly first: Measured
  /** The least of several further plans from nothing: what a process pays whose code is compiled by now. */
  readonly again: Pick<Measured, 'groupsSeconds' | 'planSeconds'>
  /** Above the loaded state, at the peak: the model and everything that planning allocates before it is collected. */
  readonly megabytes: number
}

interface Measured {
  readonly evictions: number
  readonly modelSeconds: number
  /** The groups with their counts and what is said of each, which `run` has ready before it plans and then keeps up with the watch. */
  readonly groupsSeconds: number
  /** The whole plan, every landing checked. */
  readonly planSeconds: number
}

const SITUATION: Situation = {
  now: 60 * 60 * 1000,
  domainHolds: [],
  drains: [],
  workloadHolds: [],
  inFlight: [],
  deferred: [],
  refused: [],
}
const TIMES_AGAIN = 4

function measure(state: ClusterState): Measured {
  const start = performance.now()
  const model = createSchedulerModel(state, DEFAULT_PROFILES)
  const built = performance.now()
  const planner = createPlanner({ cluster: state, model }, DEFAULT_POLICY)
  for (const _step of planner.prepare(SITUATION));
  const prepared = performance.now()
  const { evictions } = planner.plan(SITUATION)
  const done = performance.now()
  return {
    evictions: evictions.length,
    modelSeconds: (built - start) / 1000,
    groupsSeconds: (prepared - built) / 1000,
    planSeconds: (done - prepared) / 1000,
  }
}

function measureRow(nodes: number, shape: string): Row {
  const state = dayAfter(nodes, 1, SHAPES[shape])
  collectGarbage()
  const loaded = resident('VmRSS')
  forgetPeak()
  const first = measure(state)
  const megabytes = resident('VmHWM') - loaded
  const again = Array.from({ length: TIMES_AGAIN }, () => measure(state))
  return {
    pods: state.count('Pod'),
    workloads: state.count('Deployment'),
    first,
    again: {
      groupsSeconds: Math.min(...again.map(({ groupsSeconds }) => groupsSeconds)),
      planSeconds: Math.min(...again.map(({ planSeconds }) => planSeconds)),
    },
    megabytes,
  }
}

// Linux tells the peak since it was last forgotten; process.resourceUsage() only the peak of the whole process, loading included.
function resident(field: 'VmRSS' | 'VmHWM'): number {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))
  return Number(match?.[1] ?? NaN) / 1024
}

function forgetPeak(): void {
  writeFileSync('/proc/self/clear_refs', '5')
}

/**
 * Prints what whole plans cost, by the size of the cluster, each in a process of its own, started as the image starts respread, so that none profits
 * from the one before. Options: --nodes 1000,2000,5000 --shapes plain,requests,apart,large. Memory is read from /proc: Linux only.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      nodes: { type: 'string', default: '1000,2000,5000' },
      shapes: { type: 'string', default: 'plain' },
      row: { type: 'boolean', default: false },
    },
  })
  if (values.row) {
    printRow(Number(values.nodes), values.shapes)
    return
  }
  const { flags, env } = containerStart()
  console.log('                                                       first                       again')
  console.log(
    'nodes    pods  workloads     shape  evictions   model s  groups s  plan s   groups s  plan s  ms an eviction   MB above loaded',
  )
  for (const shape of values.shapes.split(',')) {
    if (SHAPES[shape] === undefined) throw new Error(`bench planning: --shapes ${shape}: there are ${Object.keys(SHAPES).join(', ')}`)
    for (const nodes of values.nodes.split(',')) {
      const { status } = spawnSync(process.execPath, [...flags, MAIN, 'planning', '--row', '--nodes', nodes, '--shapes', shape], {
        env: { ...process.env, ...env },
        stdio: 'inherit',
      })
      if (status !== 0) throw new Error(`bench planning: the process for ${nodes} nodes ended with ${status}`)
    }
  }
}

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

function printRow(nodes: number, shape: string): void {
  measure(dayAfter(100)) // warms the machine up, so that small rows can be compared with the others
  const { pods, workloads, first, again, megabytes } = measureRow(nodes, shape)
  const cells: readonly (readonly [string | number, number])[] = [
    [nodes, 5],
    [pods, 8],
    [workloads, 11],
    [shape, 10],
    [first.evictions, 11],
    [first.modelSeconds.toFixed(2), 10],
    [first.groupsSeconds.toFixed(2), 10],
    [first.planSeconds.toFixed(2), 8],
    [again.groupsSeconds.toFixed(2), 11],
    [again.planSeconds.toFixed(2), 8],
    [((again.planSeconds * 1000) / first.evictions).toFixed(3), 16],
    [megabytes.toFixed(0), 18],
  ]
  console.log(cells.map(([cell, width]) => String(cell).padStart(width)).join(''))
}
