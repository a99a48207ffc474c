import { isDeepStrictEqual } from 'node:util'
import type { ProfileFile, SchedulerArgs } from './scheduler-config-file.ts'
import { cutPoints, unknownPlugins } from './scheduler-plugins.ts'

/** Something in a profile that respread does not model, and where in the profile it stands. */
export interface Unmodelled {
  readonly what: string
  readonly path: readonly PropertyKey[]
}

/** What of a profile makes its scores, and perhaps its filters, something else than what is modelled. */
export function unmodelledIn({ plugins, pluginConfig }: ProfileFile, args: SchedulerArgs): readonly Unmodelled[] {
  const argument = (plugin: keyof SchedulerArgs, key: string): readonly PropertyKey[] => [
    'pluginConfig',
    pluginConfig.findIndex(({ name }) => name === plugin),
    'args',
    key,
  ]
  const found: Unmodelled[] = [
    ...unknownPlugins(plugins).map(({ name, path }) => ({ what: `plugin ${name}`, path: ['plugins', ...path] })),
    ...cutPoints(plugins).map(point => ({ what: `plugins switched off at ${point}`, path: ['plugins', point, 'disabled'] })),
  ]
  if (!isLeastAllocated(args.NodeResourcesFit.scoringStrategy)) {
    found.push({
      what: 'a scoring strategy other than LeastAllocated of cpu and memory alike',
      path: argument('NodeResourcesFit', 'scoringStrategy'),
    })
  }
  if (!areCpuAndMemory(args.NodeResourcesBalancedAllocation.resources)) {
    found.push({
      what: 'a balance of other resources than cpu and memory alike',
      path: argument('NodeResourcesBalancedAllocation', 'resources'),
    })
  }
  if (args.InterPodAffinity.ignorePreferredTermsOfExistingPods) {
    found.push({
      what: 'preferred affinity of existing pods being ignored',
      path: argument('InterPodAffinity', 'ignorePreferredTermsOfExistingPods'),
    })
  }
  return found
}

/** The default strategy, or the same written out. */
function isLeastAllocated(strategy: unknown): boolean {
  if (strategy === undefined || strategy === null) return true
  const { type = 'LeastAllocated', resources } = strategy as { readonly type?: unknown; readonly resources?: unknown }
  return type === 'LeastAllocated' && areCpuAndMemory(resources)
}

function areCpuAndMemory(resources: unknown): boolean {
  if (resources === undefined || resources === null) return true
  if (!Array.isArray(resources)) return false
  const weights = resources.map((each: { readonly name?: unknown; readonly weight?: unknown } | null) => [each?.name, each?.weight ?? 1])
  return isDeepStrictEqual(new Map(weights as [unknown, unknown][]), CPU_AND_MEMORY)
}

const CPU_AND_MEMORY = new Map([
  ['cpu', 1],
  ['memory', 1],
])
