import type { z } from 'zod'
import { readNodeSelector, readPreferredNodeTerms } from '../cluster/project-node-selector.ts'
import { RawField } from '../cluster/raw-field.ts'
import type { SchedulerProfile, SchedulerProfiles } from '../scheduling/profile.ts'
import { describeProblems } from './describe-problems.ts'
import { readYaml, type LocatedYaml } from './located-yaml.ts'
import {
  schedulerArgs,
  schedulerConfigFile,
  type ProfileFile,
  type SchedulerArgs,
  type SchedulerConfigFile,
} from './scheduler-config-file.ts'
import { disabledFilters, scoreWeights } from './scheduler-plugins.ts'
import { unmodelledIn } from './scheduler-unmodelled.ts'

/** A scheduler configuration that cannot be used. Each line of the message is one problem: `file:line:column: what is wrong, what is legal`. */
export class SchedulerConfigError extends Error {
  override readonly name = 'SchedulerConfigError'
}

const EXTENDERS = 'scheduler extenders'

/**
 * Reads a KubeSchedulerConfiguration (YAML or JSON). Warnings name what of it is not modelled: in predictions for such a profile no lead in scores
 * is relied on. Throws a SchedulerConfigError.
 */
export function parseSchedulerConfig(
  text: string,
  fileName: string,
): { readonly profiles: SchedulerProfiles; readonly warnings: readonly string[] } {
  const reading = readYaml(text, fileName)
  if (!reading.ok) throw new SchedulerConfigError(reading.problems.join('\n'))
  const { yaml } = reading
  const result = schedulerConfigFile.safeParse(yaml.value)
  if (!result.success) throw refused(result.error, yaml, [])

  const file = result.data
  const warn = (path: readonly PropertyKey[], what: string): string =>
    `${yaml.locate(path)}: ${what}: not modelled, so no lead in scores is relied on`
  const warnings = file.extenders.length > 0 ? [warn(['extenders'], EXTENDERS)] : []
  const profiles = new Map<string, SchedulerProfile>()
  // A file without profiles configures the default one.
  const written = file.profiles.length > 0 ? file.profiles : schedulerConfigFile.shape.profiles.parse([{}])
  for (const [index, profile] of written.entries()) {
    const path = ['profiles', index]
    const args = readArgs(profile, yaml, path)
    const unmodelled = unmodelledIn(profile, args)
    warnings.push(...unmodelled.map(each => warn([...path, ...each.path], each.what)))
    profiles.set(profile.schedulerName, {
      ...toProfile(file, profile, args),
      addedAffinity: readAddedAffinity(args, yaml, path),
      unmodelled: [...(file.extenders.length > 0 ? [EXTENDERS] : []), ...unmodelled.map(({ what }) => what)],
    })
  }
  return { profiles, warnings }
}

function toProfile(
  file: SchedulerConfigFile,
  { schedulerName, percentageOfNodesToScore, plugins }: ProfileFile,
  { PodTopologySpread: spread, InterPodAffinity: affinity, NodeResourcesFit: fit }: SchedulerArgs,
): Omit<SchedulerProfile, 'addedAffinity' | 'unmodelled'> {
  const constraints = spread.defaultConstraints.map(({ labelSelector: _none, ...each }) => ({
    ...each,
    minDomains: each.minDomains,
    matchLabelKeys: [],
  }))
  return {
    schedulerName,
    defaultConstraints: spread.defaultingType === 'System' ? { type: 'System' } : { type: 'List', constraints },
    disabledFilters: disabledFilters(plugins),
    weights: scoreWeights(plugins),
    hardPodAffinityWeight: affinity.hardPodAffinityWeight,
    percentageOfNodesToScore: percentageOfNodesToScore ?? file.percentageOfNodesToScore ?? 0,
    ignoredResources: new Set(fit.ignoredResources),
    ignoredResourceGroups: new Set(fit.ignoredResourceGroups),
  }
}

function readArgs({ pluginConfig }: ProfileFile, yaml: LocatedYaml, profile: readonly PropertyKey[]): SchedulerArgs {
  const result = schedulerArgs.safeParse(Object.fromEntries(pluginConfig.map(({ name, args }) => [name, args])))
  if (result.success) return result.data
  throw refused(result.error, yaml, profile, pluginConfig)
}

/** Every problem with its place. Those of plugin arguments are found by plugin, while the file lists the plugins. */
function refused(
  { issues }: z.ZodError,
  yaml: LocatedYaml,
  root: readonly PropertyKey[],
  pluginConfig: ProfileFile['pluginConfig'] = [],
): SchedulerConfigError {
  const placed = issues.map(issue => {
    const index = pluginConfig.findIndex(({ name }) => name === issue.path[0])
    const path = index === -1 ? [...root, ...issue.path] : [...root, 'pluginConfig', index, 'args', ...issue.path.slice(1)]
    return { ...issue, path }
  })
  return new SchedulerConfigError(describeProblems(placed, yaml, {}).join('\n'))
}

function readAddedAffinity(args: SchedulerArgs, yaml: LocatedYaml, profile: readonly PropertyKey[]): SchedulerProfile['addedAffinity'] {
  const problems = new Set<string>()
  const field = new RawField(args.NodeAffinity.addedAffinity, problems)
  const required = readNodeSelector(field.at('requiredDuringSchedulingIgnoredDuringExecution'))
  const preferred = readPreferredNodeTerms(field.at('preferredDuringSchedulingIgnoredDuringExecution'))
  for (const term of [...(required?.terms ?? []), ...preferred.map(each => each.term)]) {
    if (term.kind === 'invalid') problems.add(term.problem)
  }
  if (problems.size === 0) return { required, preferred }
  const where = yaml.locate([...profile, 'pluginConfig'])
  throw new SchedulerConfigError([...problems].map(problem => `${where}: addedAffinity of NodeAffinity: ${problem}`).join('\n'))
}
