import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundle } from './bundle.ts'
import { containerStart } from './container.ts'
import type { Cost } from './scale-messages.ts'
import { ask, startClient, startServer, told } from './scale-processes.ts'
import { runWhole } from './scale-whole.ts'

const PER_SECOND = 200

/**
 * Prints what it costs to follow a cluster and to read it from a snapshot file, against fetching and parsing the same objects and nothing else.
 * Options: --nodes N --pods P, --paged for a server that offers no streaming list, --events N, --replaced N for the pods that are others when
 * everything is listed again (default: a quarter), and --rest S for the seconds that respread itself is left alone before its memory is read.
 * Server and clients are processes of their own. Linux only.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      nodes: { type: 'string', default: '500' },
      pods: { type: 'string', default: '10000' },
      paged: { type: 'boolean', default: false },
      events: { type: 'string', default: '1000' },
      replaced: { type: 'string' },
      rest: { type: 'string', default: '20' },
    },
  })
  const events = Number(values.events)
  const size = { nodes: Number(values.nodes), pods: Number(values.pods) }
  const folder = await mkdtemp(join(tmpdir(), 'respread-scale-'))
  const snapshot = join(folder, 'snapshot.json')
  const server = startServer()
  try {
    const client = await bundle('test/bench/scale-client-process.ts', folder)
    const main = await bundle('src/main.ts', folder)
    const { url } = await ask(server, { kind: 'Fill', size, paged: values.paged, snapshot }, 'Filled')
    console.log(`${size.nodes} nodes, ${size.pods} pods, ${values.paged ? 'lists in pages' : 'streamed lists'}`)
    console.log(`started as in a container, with ${containerStart().flags.join(' ')}, but for what is said to be in a shell`)
    console.log('                                  MB read      s   CPU s   block ms (CPU ms)   peak MB   steady MB')
    const bare = await told(startClient(client, ['bare', url], 'container'), 'Read')
    row('fetch and JSON.parse', bare.cost)

    const whole = await runWhole(main, { server: url, folder, restMs: Number(values.rest) * 1000 })
    row('respread run --dry-run', { ...whole, bytes: NaN, blockCpuMs: null })

    const follower = startClient(client, ['run', url], 'container')
    const synced = await told(follower, 'Synced')
    row('run: synced', synced.cost)
    const planned = await told(follower, 'Planned')
    row('run: first plan', planned.cost)
    const churn = async (): Promise<void> => {
      await ask(server, { kind: 'Churn', events, perSecond: PER_SECOND }, 'Churned')
      follower.send('the last event is out')
    }
    await churn()
    await told(follower, 'WarmedUp')
    await churn()
    const watched = await told(follower, 'Watched')
    row(`run: ${events} events`, watched.cost)
    // Each watch ends before the new pods come, so that only the lists that follow tell of them.
    await ask(server, { kind: 'Trouble', how: 'expire' }, 'Troubled')
    await ask(server, { kind: 'Replace', pods: Number(values.replaced ?? size.pods / 4) }, 'Replaced')
    const relisted = await told(follower, 'Relisted')
    row(`run: ${relisted.changes} in a relist`, relisted.cost)

    const inShell = await reported(client, snapshot, 'shell', 'report in a shell')
    const inContainer = await reported(client, snapshot, 'container', 'report')

    console.log(
      `synced in ${times(synced.cost.seconds, bare.cost.seconds)} the time of fetch and parse, ${times(synced.cost.cpuSeconds, bare.cost.cpuSeconds)} its CPU`,
    )
    console.log(`run: plan ${seconds(planned.planSeconds)} for ${planned.evictions} evictions`)
    console.log(`report: plan ${seconds(inContainer)}, in a shell ${seconds(inShell)}`)
    const { delays, plans, planSeconds, cost } = watched
    console.log(
      `event to views advanced: ${spread(delays.toViews)}; event to decision, debounce of the loop included: ${spread(delays.toDecision)}`,
    )
    const core = (spent: number): string => `${((100 * spent) / cost.seconds).toFixed(1)} %`
    console.log(
      `at ${PER_SECOND} events a second: ${core(cost.cpuSeconds)} of a core, ${plans} plans took ${core(planSeconds)} of the time`,
    )
  } finally {
    if (server.connected) server.disconnect()
    await rm(folder, { recursive: true })
  }
}

/** Reads the snapshot, plans all of it, and prints both. Returns the seconds that the plan took. */
async function reported(client: string, snapshot: string, how: 'container' | 'shell', name: string): Promise<number> {
  const reporter = startClient(client, ['report', snapshot], how)
  const read = await told(reporter, 'Loaded')
  row(`${name}: file read`, read.cost)
  const { planSeconds, evictions, cost } = await told(reporter, 'Planned')
  row(`${name}: ${evictions} evictions`, cost)
  return planSeconds
}

/** What is not known of a cost is NaN. */
function row(name: string, cost: Cost): void {
  const known = (value: number, digits: number): string => (Number.isNaN(value) ? '-' : value.toFixed(digits))
  const cells: readonly (readonly [string, number])[] = [
    [known(cost.bytes / 1e6, 1), 7],
    [known(cost.seconds, 2), 7],
    [known(cost.cpuSeconds, 2), 8],
    [`${known(cost.blockMs, 0)} (${known(cost.blockCpuMs ?? NaN, 0)})`, 20],
    [known(cost.peakMb, 0), 10],
    [known(cost.steadyMb, 0), 12],
  ]
  console.log(name.padEnd(34) + cells.map(([cell, width]) => cell.padStart(width)).join(''))
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
