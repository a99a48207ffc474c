import { API_VERSION, KIND, configurationFile, configurationJsonSchema } from './configuration-file.ts'
import type { ConfigurationFile } from './configuration-file.ts'
import { describeProblems } from './describe-problems.ts'
import { readYaml } from './located-yaml.ts'
import { toLoopSettings, toPolicy } from './to-policy.ts'
import type { Policy } from '../planning/policy.ts'
import type { LoopSettings } from '../rebalancing/settings.ts'

/** Everything an operator can set, checked, with defaults filled in. */
export interface Configuration {
  readonly policy: Policy
  readonly loop: LoopSettings
  readonly logLevel: ConfigurationFile['logLevel']
  readonly metrics: {
    /** 0: any free port. */
    readonly port: number
    readonly violatedGroupSeries: number
  }
  readonly leaderElection: {
    readonly leaseName: string
    /** undefined: the namespace that respread runs in. */
    readonly leaseNamespace: string | undefined
  }
}

/**
 * Reads a configuration file. Every problem is told at once, one line each: `file:line:column: field: what was found, what is legal`.
 */
export function parseConfiguration(
  text: string,
  fileName: string,
): { readonly ok: true; readonly configuration: Configuration } | { readonly ok: false; readonly problems: readonly string[] } {
  const reading = readYaml(text, fileName)
  if (!reading.ok) return reading
  const result = configurationFile.safeParse(reading.yaml.value)
  if (!result.success) {
    return { ok: false, problems: describeProblems(result.error.issues, reading.yaml, configurationJsonSchema()) }
  }
  return { ok: true, configuration: toConfiguration(result.data) }
}

/** What holds where no file is given. */
export const DEFAULT_CONFIGURATION: Configuration = toConfiguration(configurationFile.parse({ apiVersion: API_VERSION, kind: KIND }))

function toConfiguration(file: ConfigurationFile): Configuration {
  return {
    policy: toPolicy(file),
    loop: toLoopSettings(file),
    logLevel: file.logLevel,
    metrics: file.metrics,
    leaderElection: { leaseName: file.leaderElection.leaseName, leaseNamespace: file.leaderElection.leaseNamespace },
  }
}
