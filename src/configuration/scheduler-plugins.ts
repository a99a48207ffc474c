import { DEFAULT_WEIGHTS, FILTER_PLUGINS, SCORE_PLUGINS, type FilterPlugin, type ScorePlugin } from '../scheduling/plugins.ts'
import type { PluginSet, ProfileFile } from './scheduler-config-file.ts'

/** Plugins of kube-scheduler 1.36 that neither filter nor score, or whose score is 0 for every pod that is predicted for. */
const OTHER_PLUGINS = ['PrioritySort', 'SchedulingGates', 'DefaultPreemption', 'DefaultBinder', 'GangScheduling']

const KNOWN: ReadonlySet<string> = new Set([...FILTER_PLUGINS, ...SCORE_PLUGINS, ...OTHER_PLUGINS])

type Plugins = ProfileFile['plugins']

const NONE: PluginSet = { enabled: [], disabled: [] }

/** Default filters that the profile leaves out. */
export function disabledFilters(plugins: Plugins): ReadonlySet<FilterPlugin> {
  const { filter = NONE, multiPoint = NONE } = plugins
  const isOn = (plugin: string): boolean =>
    names(filter, plugin) || ((names(multiPoint, plugin) || !isSwitchedOff(multiPoint, plugin)) && !isSwitchedOff(filter, plugin))
  return new Set(FILTER_PLUGINS.filter(plugin => !isOn(plugin)))
}

/**
 * Weights as the framework takes them (apis/config/v1/default_plugins.go and runtime/framework.go, 1.36): `score` before `multiPoint` before the
 * defaults. A plugin that is enabled without a weight weighs 1, whatever its default.
 */
export function scoreWeights(plugins: Plugins): Readonly<Record<ScorePlugin, number>> {
  const { score = NONE, multiPoint = NONE } = plugins
  const weightOf = (plugin: ScorePlugin): number => {
    const inScore = score.enabled.find(({ name }) => name === plugin)
    if (inScore !== undefined) return inScore.weight || 1
    if (isSwitchedOff(score, plugin)) return 0
    const inMultiPoint = multiPoint.enabled.find(({ name }) => name === plugin)
    if (inMultiPoint !== undefined) return inMultiPoint.weight || 1
    return isSwitchedOff(multiPoint, plugin) ? 0 : DEFAULT_WEIGHTS[plugin]
  }
  return Object.fromEntries(SCORE_PLUGINS.map(plugin => [plugin, weightOf(plugin)])) as Record<ScorePlugin, number>
}

/** Plugins that the profile switches on and nobody here knows, with the way to each. */
export function unknownPlugins(plugins: Plugins): readonly { readonly name: string; readonly path: readonly PropertyKey[] }[] {
  return Object.entries(plugins).flatMap(([point, { enabled }]) =>
    enabled.flatMap(({ name }, index) => (KNOWN.has(name) ? [] : [{ name, path: [point, 'enabled', index, 'name'] }])),
  )
}

/** Extension points where a known plugin is cut in half: switched off there, it no longer does at filter or score what it is modelled to do. */
export function cutPoints(plugins: Plugins): readonly string[] {
  return ['preFilter', 'preScore'].filter(point => plugins[point]?.disabled.some(({ name }) => name === '*' || KNOWN.has(name)) === true)
}

function names({ enabled }: PluginSet, plugin: string): boolean {
  return enabled.some(({ name }) => name === plugin)
}

function isSwitchedOff({ disabled }: PluginSet, plugin: string): boolean {
  return disabled.some(({ name }) => name === plugin || name === '*')
}
