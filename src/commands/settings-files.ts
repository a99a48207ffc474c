import { readFile } from 'node:fs/promises'
import { fileTrouble } from '../cluster/error-message.ts'
import { DEFAULT_CONFIGURATION, parseConfiguration, type Configuration } from '../configuration/parse-configuration.ts'
import { parseSchedulerConfig } from '../configuration/scheduler-config.ts'
import { DEFAULT_PROFILES, type SchedulerProfiles } from '../scheduling/profile.ts'
import { CommandError } from './errors.ts'
import type { ClusterOptions } from './options.ts'

/** What a command reads from its files. */
export interface Settings {
  readonly configuration: Configuration
  readonly profiles: SchedulerProfiles
}

/**
 * The configuration that a command runs with.
 * @throws CommandError naming every problem of the file
 */
export async function configurationFor({ config }: ClusterOptions): Promise<Configuration> {
  if (config === undefined) return DEFAULT_CONFIGURATION
  const result = parseConfiguration(await textOf(config, '--config'), config)
  if (!result.ok) throw new CommandError(result.problems.join('\n'))
  return result.configuration
}

/** kube-scheduler's profiles, with what of them is not modelled told through `warn`. */
export async function profilesFor({ schedulerConfig }: ClusterOptions, warn: (message: string) => void): Promise<SchedulerProfiles> {
  if (schedulerConfig === undefined) return DEFAULT_PROFILES
  const { profiles, warnings } = parseSchedulerConfig(await textOf(schedulerConfig, '--scheduler-config'), schedulerConfig)
  for (const warning of warnings) warn(warning)
  return profiles
}

async function textOf(file: string, flag: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new CommandError(`${flag}: ${file} ${fileTrouble(error)}`)
  }
}
