import { Option, type Command } from 'commander'
import { durationText } from '../cluster/duration-text.ts'
import { formatDuration, parseDuration } from '../configuration/duration.ts'
import { counted } from '../planning/counted.ts'
import { domainText } from '../planning/domain-text.ts'
import type { RunSummary } from '../rebalancing/conclusion.ts'
import { workloadText } from '../reporting/short-names.ts'
import { createLog } from '../telemetry/log.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import type { Exit } from './cli.ts'
import { createController, type Controller } from './controller.ts'
import { CommandError } from './errors.ts'
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
    .addOption(
      new Option('--timeout <duration>', 'give up after this time')
        .argParser(parseDurationOption(parseDuration))
        .default(HOUR, formatDuration(HOUR)),
    )
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
  const { clock } = connection
  const deadline = clock.monotonic() + options.timeout
  const stop = new AbortController()
  const forget = onShutdown(() => stop.abort(new StoppedEarly()))
  const timeUp = clock.after(options.timeout, () => stop.abort(new CommandError(outOfTime(options.timeout))))
  let controller: Controller | undefined
  try {
    const metrics = createMetrics(configuration.metrics)
    controller = await createController({ connection, configuration, profiles, log, metrics, signal: stop.signal })
    const attempt = await controller.election.acquireOnce(stop.signal)
    // From here on it is the loop that ends in time, with what it has come to.
    timeUp()
    if (!attempt.held) {
      process.stdout.write(`nothing done: ${attempt.holder} holds the lease and is at work\n`)
      return 0
    }
    const summary = await underLease(controller, deadline - clock.monotonic(), stop.signal)
    process.stdout.write(summaryText(summary))
    return options.exitCode === true && summary.remaining.length > 0 ? SKEW_REMAINS : 0
  } catch (error) {
    if (!(error instanceof StoppedEarly)) throw error
    process.stdout.write('nothing done: stopped before the lease was taken\n')
    return 0
  } finally {
    timeUp()
    forget()
    await controller?.close()
    await connection.transport.close()
  }
}

/** SIGTERM or SIGINT came before there was anything to stop. */
class StoppedEarly extends Error {}

const outOfTime = (ms: number): string =>
  `gave up after ${durationText(ms)}, for the cluster could not be read or the lease not be taken by then`

async function underLease({ election, loop }: Controller, timeoutMs: number, stop: AbortSignal): Promise<RunSummary> {
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

function summaryText({ message, evictions, landed, missed, remaining, wouldEvict }: RunSummary): string {
  const landings = evictions === 0 ? '' : `: ${counted(evictions, 'eviction')}, ${landed} landed where they help, ${missed} did not`
  const planned = wouldEvict.map(
    ({ wave, namespace, pod, topologyKey, fromDomain, toDomain }) =>
      `  wave ${wave}: would evict ${namespace}/${pod}, ${topologyKey} ${domainText(fromDomain)} -> ${domainText(toDomain)}\n`,
  )
  const rest = remaining.map(
    ({ namespace, workload, topologyKey, skew, reason, message: why }) =>
      `  ${namespace}/${workloadText(workload)} over ${topologyKey}: skew ${skew}, ${reason}: ${why}\n`,
  )
  return `${message}${landings}\n${[...planned, ...rest].join('')}`
}
