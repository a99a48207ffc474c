import type { Command } from 'commander'
import { staleness } from '../rebalancing/freshness.ts'
import { startHttpServer } from '../telemetry/http-server.ts'
import { createLog } from '../telemetry/log.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import type { Exit } from './cli.ts'
import { createController } from './controller.ts'
import { connect } from './live-cluster.ts'
import { loopConfigurationFor, withLoopOptions, type LoopOptions } from './loop-options.ts'
import { profilesFor } from './settings-files.ts'
import { onShutdown } from './shutdown.ts'

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
  const configuration = await loopConfigurationFor(options)
  const log = createLog(configuration.logLevel)
  const metrics = createMetrics(configuration.metrics)
  const profiles = await profilesFor(options, message => log.warn(message))
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
      createController({ connection, configuration, profiles, log, metrics, signal: connecting.signal }),
      connecting.signal,
    )
    if (controller === undefined) return
    notReady = () => staleness(controller.view.freshness(), configuration.loop.freshness)?.message
    log.info('started', { server: connection.transport.server, dryRun: configuration.loop.dryRun, port: server.port })
    const release = new AbortController()
    const leading = controller.election.run(release.signal)
    const looping = controller.loop.start()
    await Promise.race([stopped.promise, looping])
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

/** What was asked for, or undefined when the process is to end before it has come. */
async function untilStopped<T>(pending: Promise<T>, stop: AbortSignal): Promise<T | undefined> {
  try {
    return await pending
  } catch (error) {
    if (stop.aborted) return undefined
    throw error
  }
}
