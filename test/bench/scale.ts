import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Cost } from './scale-messages.ts'
import { ask, start, told } from './scale-processes.ts'

const EVENTS = 1_000
const PER_SECOND = 200

/**
 * Prints what it costs to follow a cluster and to read it from a snapshot file, against fetching and parsing the same objects and nothing else.
 * Options: --nodes N --pods P, and --paged for a server that offers no streaming list. Server and clients are processes of their own.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      nodes: { type: 'string', default: '500' },
      pods: { type: 'string', default: '10000' },
      paged: { type: 'boolean', default: false },
    },
  })
  const size = { nodes: Number(values.nodes), pods: Number(values.pods) }
  const folder = await mkdtemp(join(tmpdir(), 'respread-scale-'))
  const snapshot = join(folder, 'snapshot.json')
  const server = start('server', [])
  try {
    const { url } = await ask(server, { kind: 'Fill', size, paged: values.paged, snapshot }, 'Filled')
    console.log(`${size.nodes} nodes, ${size.pods} pods, ${values.paged ? 'lists in pages' : 'streamed lists'}`)
    console.log('                          MB read      s   CPU s   block ms (CPU ms)   peak MB   steady MB')
    const bare = await told(start('client', ['bare', url]), 'Read')
    row('fetch and JSON.parse', bare.cost)

    const client = start('client', ['run', url])
    const synced = await told(client, 'Synced')
    row('run: synced', synced.cost)
    const planned = await told(client, 'Planned')
    row('run: first plan', planned.cost)
    await ask(server, { kind: 'Churn', events: EVENTS, perSecond: PER_SECOND }, 'Churned')
    client.send('the last event is out')
    const watched = await told(client, 'Watched')
    row(`run: ${EVENTS} events`, watched.cost)

    const reporter = start('client', ['report', snapshot])
    const read = await told(reporter, 'Synced')
    row('report: file read', read.cost)
    const reported = await told(reporter, 'Planned')
    row('report: plan', reported.cost)

    console.log(
      `synced in ${times(synced.cost.seconds, bare.cost.seconds)} the time of fetch and parse, ${times(synced.cost.cpuSeconds, bare.cost.cpuSeconds)} its CPU`,
    )
    console.log(`run: model ${seconds(synced.modelSeconds)}, plan ${seconds(planned.planSeconds)} for ${planned.evictions} evictions`)
    console.log(`report: model ${seconds(read.modelSeconds)}, plan ${seconds(reported.planSeconds)} for ${reported.evictions} evictions`)
    const { delays, plans, planSeconds, cost } = watched
    console.log(
      `event to views advanced: ${spread(delays.toViews)}; event to decision, debounce of the loop included: ${spread(delays.toDecision)}`,
    )
    const core = (spent: number): string => `${((100 * spent) / cost.seconds).toFixed(1)} %`
    console.log(
      `at ${PER_SECOND} events a second: ${core(cost.cpuSeconds)} of a core, ${plans} plans took ${core(planSeconds)} of the time`,
    )
  } finally {
    server.disconnect()
    await rm(folder, { recursive: true })
  }
}

function row(name: string, cost: Cost): void {
  const block = `${cost.blockMs.toFixed(0)} (${cost.blockCpuMs.toFixed(0)})`
  const cells: readonly (readonly [string, number])[] = [
    [(cost.bytes / 1e6).toFixed(1), 10],
    [cost.seconds.toFixed(2), 7],
    [cost.cpuSeconds.toFixed(2), 8],
    [block, 20],
    [cost.peakMb.toFixed(0), 10],
    [cost.steadyMb.toFixed(0), 12],
  ]
  console.log(name.padEnd(23) + cells.map(([cell, width]) => cell.padStart(width)).join(''))
}

function times(spent: number, least: number): string {
  return `${(spent / least).toFixed(2)} times`
}

function seconds(value: number): string {
  return `${value.toFixed(2)} s`
}

/** @param delays milliseconds, sorted */
function spread(delays: readonly number[]): string {
  const at = (share: number): number => delays[Math.min(delays.length - 1, Math.trunc(share * delays.length))] ?? NaN
  return `median ${at(0.5)} ms, p99 ${at(0.99)} ms`
}
