import { InvalidArgumentError, Option, type Command } from 'commander'
import { messageOf } from '../cluster/error-message.ts'
import type { LabelSelector } from '../cluster/labels.ts'
import { parseSelectorText } from '../cluster/selector-text.ts'
import { parseTimestamp } from '../cluster/timestamp.ts'

/** Flags that every command which reads a cluster shares; they are kubectl's. */
export interface ClusterOptions {
  readonly kubeconfig?: string
  readonly context?: string
  readonly config?: string
  readonly schedulerConfig?: string
}

const OUTPUT_FORMATS = ['table', 'wide', 'json', 'yaml'] as const

/** How to show it, as kubectl understands it. */
export interface OutputOptions {
  readonly output: (typeof OUTPUT_FORMATS)[number]
  /** False with --no-headers. */
  readonly headers: boolean
}

/** Where the objects come from when not from a cluster. */
export interface SnapshotOptions {
  readonly snapshot?: string
  readonly now?: number
}

export function withClusterOptions(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'kubeconfig file (default: $KUBECONFIG, ~/.kube/config, the service account)')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--config <file>', 'RespreadConfiguration, a YAML file; every setting has a default')
    .option('--scheduler-config <file>', "kube-scheduler's KubeSchedulerConfiguration, where it is not the default")
}

export function withOutputOptions(command: Command): Command {
  return command
    .addOption(new Option('-o, --output <format>', 'output format').choices(OUTPUT_FORMATS).default('table'))
    .option('--no-headers', 'only the rows of the tables, all of them')
}

export function withSnapshotOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--snapshot <file>', "read this List instead of a cluster (kubectl get ... -A -o json, gzip too); '-' is stdin")
        .argParser(onlyOnce)
        .conflicts(['kubeconfig', 'context']),
    )
    .option('--now <time>', 'the time to plan for, as in 2026-01-31T12:00:00Z (default: the wall clock)', parseTime)
}

/** The last one would be read and the others not, without a word. */
function onlyOnce(value: string, previous: string | undefined): string {
  if (previous === undefined) return value
  throw new InvalidArgumentError('It takes one file; kubectl get writes several kinds into one: kubectl get nodes,pods,... -A -o json.')
}

function parseTime(text: string): number {
  const time = parseTimestamp(text)
  if (time === undefined) throw new InvalidArgumentError('It takes a time like 2026-01-31T12:00:00Z.')
  return time
}

/** A duration in kubectl's notation ("90s", "1h30m") as milliseconds. */
export function parseDurationOption(parse: (text: string) => number | undefined): (text: string) => number {
  return text => {
    const milliseconds = parse(text)
    if (milliseconds === undefined) throw new InvalidArgumentError('It takes a duration like 90s, 10m or 1h30m.')
    return milliseconds
  }
}

export function parseSelector(text: string): LabelSelector {
  try {
    return parseSelectorText(text)
  } catch (error) {
    throw new InvalidArgumentError(`${messageOf(error)}.`)
  }
}

export function parseWhole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It takes a whole number.')
  return Number(text)
}
