import type { Command } from 'commander'
import { staleness } from '../rebalancing/freshness.ts'
import type { SchedulerProfiles } from '../scheduling/profile.ts'
import { startHttpServer } from '../telemetry/http-server.ts'
import { createLog } from '../telemetry/log.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import type { Exit } from './cli.ts'
import { reloaded, watchConfiguration } from './configuration-watch.ts'
import { createController } from './controller.ts'
import { connect } from './live-cluster.ts'
import { loopConfigurationFor, withLoopOptions, type LoopOptions } from './loop-options.ts'
import { isReportableError } from './reportable-error.ts'
import { profilesFor, type Settings } from './settings-files.ts'
import { onShutdown, untilStopped } from './shutdown.ts'
import { VERSION } from './version.ts'

export function addRun(program: Command, exit: Exit): void {
  const command = program
    .command('run')
    .description('Watch the cluster and restore the spread whenever something has bunched pods up, until SIGTERM.')
  withLoopOptions(command).action(async (options: LoopOptions) => {
    await run(options)
    exit(0)
  })
}

async function run(options: LoopOptions): Promise<void> {
  /** About what was read last. */
  let warnings: string[] = []
  /** @param known profiles that do for a pause, which must not wait until the other file is right: nothing is planned by them */
  const read = async (known?: SchedulerProfiles): Promise<Settings> => {
    warnings = []
    const configuration = await loopConfigurationFor(options)
    const profiles = profilesFor(options, message => warnings.push(message))
    return { configuration, profiles: await (known !== undefined && configuration.loop.paused ? profiles.catch(() => known) : profiles) }
  }
  const started = await read()
  const { configuration } = started
  const log = createLog(configuration.logLevel)
  const metrics = createMetrics(configuration.metrics)
  const warn = (): void => {
    for (const warning of warnings) log.warn(warning)
  }
  warn()
  const connection = await connect(options)
  const connecting = new AbortController()
  const stopped = Promise.withResolvers<void>()
  onShutdown(() => {
    stopped.resolve()
    connecting.abort()
  })

  let notReady = (): string | undefined => 'the caches are not synced yet'
  const server = await startHttpServer({
    port: configuration.metrics.port,
    metrics,
    notReady: () => notReady(),
    onError: error => log.error('a request to the metrics server failed', { error: String(error) }),
  })
  try {
    const controller = await untilStopped(
      createController({
        connection,
        ...started,
        log,
        metrics,
        startedAt: connection.clock.now(),
        signal: connecting.signal,
      }),
      connecting.signal,
    )
    if (controller === undefined) return
    let inUse: Settings = started
    notReady = () => staleness(controller.view.freshness(), inUse.configuration.loop.freshness)?.message
    log.info('started', { version: VERSION, server: connection.transport.server, dryRun: configuration.loop.dryRun, port: server.port })
    const release = new AbortController()
    const leading = controller.election.run(release.signal)
    const failed = Promise.withResolvers<never>()
    const startLoop = (): void => void controller.loop.start().catch(failed.reject)
    startLoop()
    controller.checkItself()
    const forget = watchConfiguration(connection.clock, () => read(inUse.profiles), started, {
      changed: async next => {
        const { configuration: usable, needsRestart } = reloaded(configuration, next.configuration)
        const settings = { ...next, configuration: usable }
        try {
          await controller.reconfigure(settings)
        } catch (error) {
          if (isReportableError(error)) return error.message
          failed.reject(error)
          return undefined
        }
        inUse = settings
        if (!connecting.signal.aborted) startLoop()
        log.info('the configuration has changed and is in effect', { paused: usable.loop.paused })
        warn()
        if (needsRestart.length > 0) log.warn(`takes effect only after a restart: ${needsRestart.join(', ')}`)
        return undefined
      },
      refused: problem => log.error(`the new configuration is refused, the old one stays: ${problem}`),
    })
    await Promise.race([stopped.promise, failed.promise])
    forget()
    await controller.loop.stop()
    release.abort()
    await leading
    await controller.close()
    log.info('stopped')
  } finally {
    await server.close()
    await connection.transport.close()
  }
}
