import type { Command } from 'commander'
import { standingOf } from '../planning/standing.ts'
import { placementReport, placementTable } from '../reporting/placement-table.ts'
import { rebalanceReport } from '../reporting/report-json.ts'
import { groupsOfPods, workloadExplanation } from '../reporting/workload-explanation.ts'
import { createSchedulerModel } from '../scheduling/create-scheduler-model.ts'
import type { Exit } from './cli.ts'
import { UsageError } from './errors.ts'
import { explainedWorkload } from './explained.ts'
import { explainPodReport } from './explain-pod.ts'
import {
  withClusterOptions,
  withOutputOptions,
  withSnapshotOptions,
  type ClusterOptions,
  type OutputOptions,
  type SnapshotOptions,
} from './options.ts'
import { print, warn } from './output.ts'
import { planAtRest } from './plan-at-rest.ts'
import { configurationFor, profilesFor } from './settings-files.ts'
import { readWorld } from './world-source.ts'

interface ExplainOptions extends ClusterOptions, OutputOptions, SnapshotOptions {
  readonly namespace?: string
}

export function addExplain(program: Command, exit: Exit): void {
  const command = program
    .command('explain')
    .description('Explain where kube-scheduler would place a pod, or why a workload is moved or left alone.')
    .argument('<what>', 'NAMESPACE/POD, or NAMESPACE/KIND/NAME of a workload')
  withOutputOptions(withSnapshotOptions(withClusterOptions(command)))
    .option('-n, --namespace <name>', 'the namespace, which WHAT then goes without: POD, or KIND/NAME')
    .action(async (what: string, options: ExplainOptions) => {
      await explain(what, options)
      exit(0)
    })
}

async function explain(what: string, options: ExplainOptions): Promise<void> {
  const parts = [...(options.namespace === undefined ? [] : [options.namespace]), ...what.split('/')]
  const [namespace = '', kindOrPod = '', name] = parts
  if (parts.includes('') || parts.length < 2 || parts.length > 3) {
    const legal = options.namespace === undefined ? 'NAMESPACE/POD or NAMESPACE/KIND/NAME' : 'POD or KIND/NAME beside --namespace'
    throw new UsageError(`explain takes ${legal}, not "${what}"`)
  }
  if (name === undefined) await explainPod(namespace, kindOrPod, options)
  else await explainWorkload(namespace, kindOrPod, name, options)
}

async function explainPod(namespace: string, name: string, options: ExplainOptions): Promise<void> {
  const profiles = await profilesFor(options, warn)
  const { cluster } = await readWorld(options, { mayLackNodes: true })
  const explanation = explainPodReport(createSchedulerModel(cluster, profiles), namespace, name)
  print(explanation, options, { structured: placementReport, text: placementTable })
}

async function explainWorkload(namespace: string, kind: string, name: string, options: ExplainOptions): Promise<void> {
  const configuration = await configurationFor(options)
  const profiles = await profilesFor(options, warn)
  const world = await readWorld(options)
  const explained = explainedWorkload(world.cluster, namespace, kind, name)
  const { pods } = explained
  const result = planAtRest(world, configuration, profiles)
  print(result, options, {
    structured: () => {
      const groups = groupsOfPods(result, pods)
      const uids = new Set(pods.map(pod => pod.uid))
      return {
        ...rebalanceReport({ ...result, groups, evictions: result.evictions.filter(eviction => uids.has(eviction.uid)) }),
        kind: 'WorkloadExplanation',
        pods: pods.map(pod => ({
          name: pod.name,
          uid: pod.uid,
          node: pod.nodeName ?? null,
          leftAlone: result.leftAlone.get(pod.uid) ?? null,
          // Why it is not moved, also where nothing forbids it; null for a pod that is.
          standing: standingOf(result, pod) ?? null,
        })),
      }
    },
    text: (_, { width, headers }) => workloadExplanation(result, explained, { width, headers }),
  })
}
