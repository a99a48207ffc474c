import { Option, type Command } from 'commander'
import type { Configuration } from '../configuration/parse-configuration.ts'
import { LOG_LEVELS, type LogLevel } from '../telemetry/log.ts'
import { withClusterOptions, type ClusterOptions } from './options.ts'
import { configurationFor } from './settings-files.ts'

/** Flags of the commands that act. */
export interface LoopOptions extends ClusterOptions {
  readonly dryRun?: boolean
  readonly logLevel?: LogLevel
}

export function withLoopOptions(command: Command): Command {
  return withClusterOptions(command)
    .option('--dry-run', 'evict nothing, say what would be evicted')
    .addOption(
      new Option('--log-level <level>', 'drop log lines below this level (default: logLevel of the configuration)').choices(LOG_LEVELS),
    )
}

/** The configuration with the flags laid over it. */
export async function loopConfigurationFor(options: LoopOptions): Promise<Configuration> {
  const configuration = await configurationFor(options)
  const { loop, logLevel } = configuration
  return { ...configuration, loop: { ...loop, dryRun: options.dryRun ?? loop.dryRun }, logLevel: options.logLevel ?? logLevel }
}
