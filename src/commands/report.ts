import { Option, type Command } from 'commander'
import { matchesLabels } from '../cluster/label-selector.ts'
import type { LabelSelector } from '../cluster/labels.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import { isOverMaxSkew } from '../planning/over-max-skew.ts'
import type { Plan } from '../planning/plan-types.ts'
import { rebalanceReport } from '../reporting/report-json.ts'
import { reportTable } from '../reporting/report-table.ts'
import type { Exit } from './cli.ts'
import { SKEW_REMAINS } from './exit-codes.ts'
import {
  withClusterOptions,
  withOutputOptions,
  parseSelector,
  parseWhole,
  withSnapshotOptions,
  type ClusterOptions,
  type OutputOptions,
  type SnapshotOptions,
} from './options.ts'
import { print, warn } from './output.ts'
import { planAtRest } from './plan-at-rest.ts'
import { configurationFor, profilesFor } from './settings-files.ts'
import { readWorld } from './world-source.ts'

interface ReportOptions extends ClusterOptions, OutputOptions, SnapshotOptions {
  readonly namespace?: string
  readonly allNamespaces?: boolean
  readonly selector?: LabelSelector
  readonly limit: number
  readonly exitCode?: boolean
}

export function addReport(program: Command, exit: Exit): void {
  const command = program
    .command('report')
    .description('Show the skew of every spread constraint and the evictions that would restore it; changes nothing.')
  withOutputOptions(withSnapshotOptions(withClusterOptions(command)))
    .addOption(new Option('-n, --namespace <name>', 'only this namespace').conflicts('allNamespaces'))
    .option('-A, --all-namespaces', 'every namespace (the default)')
    .option('-l, --selector <selector>', 'only workloads with pods that carry these labels', parseSelector)
    .option('--limit <rows>', 'rows of each table at most, the worst first; 0: all', parseWhole, 50)
    .option('--exit-code', `exit ${SKEW_REMAINS} when a constraint is violated`)
    .action(async (options: ReportOptions) => exit(await report(options)))
}

async function report(options: ReportOptions): Promise<number> {
  const configuration = await configurationFor(options)
  const profiles = await profilesFor(options, warn)
  const world = await readWorld(options)
  const shown = narrowed(planAtRest(world, configuration, profiles), world.cluster, options)
  const limit = options.limit === 0 ? Infinity : options.limit
  print(shown, options, { structured: rebalanceReport, text: (given, table) => reportTable(given, { ...table, limit }) })
  const violated = shown.groups.some(isOverMaxSkew)
  return options.exitCode === true && violated ? SKEW_REMAINS : 0
}

/** What -n and -l leave to be shown; the plan itself is always made for the whole cluster. */
function narrowed(result: Plan, cluster: ClusterReader, { namespace, selector }: ReportOptions): Plan {
  if (namespace === undefined && selector === undefined) return result
  const pods = namespace === undefined ? cluster.pods() : cluster.podsIn(namespace)
  const selected = new Set([...pods].filter(pod => selector === undefined || matchesLabels(selector, pod.labels)).map(({ uid }) => uid))
  const isShown = (inNamespace: string, uids: readonly string[]): boolean =>
    (namespace === undefined || inNamespace === namespace) && uids.some(uid => selected.has(uid))
  const groups = result.groups.filter(group => isShown(group.namespace, group.memberUids))
  const evictions = result.evictions.filter(eviction => isShown(eviction.namespace, [eviction.uid]))
  return { ...result, groups, evictions }
}
