import type { Command } from 'commander'
import { parseDuration } from '../configuration/duration.ts'
import type { RunSummary } from '../rebalancing/conclusion.ts'
import { createLog } from '../telemetry/log.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import type { Exit } from './cli.ts'
import { createController } from './controller.ts'
import { SKEW_REMAINS } from './exit-codes.ts'
import { connect } from './live-cluster.ts'
import { loopConfigurationFor, withLoopOptions, type LoopOptions } from './loop-options.ts'
import { parseDurationOption } from './options.ts'
import { profilesFor } from './settings-files.ts'
import { onShutdown } from './shutdown.ts'

interface OnceOptions extends LoopOptions {
  readonly timeout: number
  readonly exitCode?: boolean
}

const HOUR = 3_600_000

export function addOnce(program: Command, exit: Exit): void {
  const command = program
    .command('once')
    .description('Restore the spread once: until balanced, until nothing more can be done, or until the time is up.')
  withLoopOptions(command)
    .option('--timeout <duration>', 'give up after this time', parseDurationOption(parseDuration), HOUR)
    .option('--exit-code', `exit ${SKEW_REMAINS} when skew remains`)
    .action(async (options: OnceOptions) => exit(await once(options)))
}

async function once(options: OnceOptions): Promise<number> {
  const given = await loopConfigurationFor(options)
  const log = createLog(given.logLevel)
  if (given.loop.deletionCosts) log.warn('act.deletionCosts has no effect on once: nobody would stay to take the costs back')
  const configuration = { ...given, loop: { ...given.loop, deletionCosts: false } }
  const profiles = await profilesFor(options, message => log.warn(message))
  const connection = await connect(options)
  const stop = new AbortController()
  const forget = onShutdown(() => stop.abort())
  try {
    const metrics = createMetrics(configuration.metrics)
    const controller = await createController({
      connection,
      configuration,
      profiles,
      log,
      metrics,
      signal: new AbortController().signal,
    })
    try {
      const attempt = await controller.election.acquireOnce(stop.signal)
      if (!attempt.held) {
        process.stdout.write(`nothing done: ${attempt.holder} holds the lease and is at work\n`)
        return 0
      }
      const summary = await underLease(controller, options.timeout, stop.signal)
      process.stdout.write(summaryText(summary))
      return options.exitCode === true && summary.remaining.length > 0 ? SKEW_REMAINS : 0
    } finally {
      await controller.close()
    }
  } finally {
    forget()
    await connection.transport.close()
  }
}

async function underLease(
  { election, loop }: Awaited<ReturnType<typeof createController>>,
  timeoutMs: number,
  stop: AbortSignal,
): Promise<RunSummary> {
  const release = new AbortController()
  const kept = election.run(release.signal)
  const interrupted = (): void => void loop.stop()
  stop.addEventListener('abort', interrupted)
  try {
    return await loop.runUntilSettled({ timeoutMs })
  } finally {
    stop.removeEventListener('abort', interrupted)
    release.abort()
    await kept
  }
}

function summaryText({ message, evictions, landed, missed, remaining, hasPlan, wouldEvict }: RunSummary): string {
  const landings = evictions === 0 ? '' : `; ${landed} landed where they help, ${missed} did not`
  const left = hasPlan ? `; ${remaining.length} group(s) above maxSkew` : ''
  const planned = wouldEvict.map(
    ({ wave, namespace, pod, topologyKey, fromDomain, toDomain }) =>
      `  wave ${wave}: would evict ${namespace}/${pod}, ${topologyKey} ${fromDomain} -> ${toDomain}\n`,
  )
  const rest = remaining.map(
    group =>
      `  ${group.namespace}/${group.workload.name} over ${group.topologyKey}: skew ${group.skew}, ${group.reason}: ${group.message}\n`,
  )
  return `${message}: ${evictions} eviction(s)${landings}${left}\n${[...planned, ...rest].join('')}`
}
