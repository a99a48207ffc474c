import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { containerStart } from './container.ts'
import { residentMb } from './resident.ts'

/** What respread itself costs, seen from outside. */
export interface WholeCost {
  /** From the start of the process to synced. */
  readonly seconds: number
  /** Of all its threads. */
  readonly cpuSeconds: number
  readonly blockMs: number
  readonly peakMb: number
  /** After it has stood still for a while. */
  readonly steadyMb: number
}

/** Clock ticks a second, in which Linux counts CPU time. */
const TICKS = 100

/** Runs `respread run --dry-run` as a container does until it has synced and rested. It gets no lease there, so it makes no plan. */
export async function runWhole(
  main: string,
  { server, folder, restMs }: { readonly server: string; readonly folder: string; readonly restMs: number },
): Promise<WholeCost> {
  const { flags, env } = containerStart()
  const [kubeconfig, configuration] = [join(folder, 'kubeconfig'), join(folder, 'respread.yaml')]
  await writeFile(kubeconfig, kubeconfigFor(server))
  await writeFile(configuration, 'apiVersion: respread.io/v1alpha1\nkind: RespreadConfiguration\nmetrics:\n  port: 0\n')
  const startedAt = performance.now()
  const args = [...flags, main, 'run', '--dry-run', '--kubeconfig', kubeconfig, '--config', configuration]
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
  try {
    const port = await portWhenStarted(child.stderr)
    const seconds = (performance.now() - startedAt) / 1000
    const cpuSeconds = await cpuOf(child.pid)
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    const lag = Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(metrics)?.[1])
    await sleep(restMs)
    return { seconds, cpuSeconds, blockMs: lag * 1000, peakMb: residentMb('peak', child.pid), steadyMb: residentMb('now', child.pid) }
  } finally {
    child.kill()
    if (child.exitCode === null) await once(child, 'exit')
  }
}

function kubeconfigFor(server: string): string {
  const named = (kind: string, fields: object): object => ({ name: 'bench', [kind]: fields })
  return JSON.stringify({
    clusters: [named('cluster', { server })],
    users: [named('user', { token: 'bench' })],
    contexts: [named('context', { cluster: 'bench', user: 'bench' })],
    'current-context': 'bench',
  })
}

async function portWhenStarted(log: NodeJS.ReadableStream): Promise<number> {
  let last = ''
  for await (const line of createInterface(log)) {
    last = line
    const { message, port } = line.startsWith('{') ? (JSON.parse(line) as { readonly message?: string; readonly port?: number }) : {}
    if (message === 'started' && port !== undefined) return port
  }
  throw new Error(`respread ended before it had synced: ${last}`)
}

async function cpuOf(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number)
  return ((user ?? NaN) + (system ?? NaN)) / TICKS
}
