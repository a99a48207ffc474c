import { compareText } from '../cluster/compare-text.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { ClusterViews } from './cluster-views.ts'
import { FILTERS, SCORES } from './default-plugins.ts'
import type { NodeInfo } from './node-info.ts'
import type { NodeFilter, PluginContext, Refused } from './plugin.ts'
import { FILTER_PLUGINS, SCORE_PLUGINS, type FilterPlugin, type FilterStatus, type ScorePlugin } from './plugins.ts'
import type { ConstraintExplanation, NodeExplanation, PlacementExplanation } from './prediction.ts'
import { heldBack } from './scheduling-gates.ts'
import type { SpreadCount } from './scheduler-model.ts'
import { spreadCountOf } from './spread-count.ts'

/** Runs a question while the pods that preemption has promised a node stand on it; undefined where there are none to leave room for. */
export type WithNominated = <Answer>(pod: PodRecord, nodeName: string, question: () => Answer) => Answer | undefined

/** The scheduler's decision laid open: every filter and score of every node, by the plain plugins. Nodes come by name. */
export function explainPlacement(
  { table, spread, questions }: ClusterViews,
  context: PluginContext,
  pod: PodRecord,
  withNominated: WithNominated,
): PlacementExplanation {
  const { hard, soft, constraints, problem } = questions.of(pod)
  const counts = new Map([...hard, ...soft].map(each => [each.constraint, spreadCountOf(table.layout(), spread, pod.namespace, each)]))
  const { unmodelled } = context.profile
  return {
    pod: { namespace: pod.namespace, name: pod.name, nodeName: pod.nodeName, replacement: false },
    constraints: constraints.flatMap(constraint => counts.get(constraint) ?? []).map(explainConstraint),
    nodes: explainNodes(context, pod, withNominated, new Set(constraints.map(({ topologyKey }) => topologyKey))),
    warnings: [...(problem === undefined ? [] : [problem]), ...unmodelled],
  }
}

function explainConstraint({ constraint, domains, globalMinimum }: SpreadCount): ConstraintExplanation {
  const { topologyKey, whenUnsatisfiable, origin, maxSkew, minDomains = 1 } = constraint
  return { topologyKey, whenUnsatisfiable, origin, maxSkew, minDomains, counts: Object.fromEntries(domains()), globalMinimum }
}

function explainNodes(
  context: PluginContext,
  pod: PodRecord,
  withNominated: WithNominated,
  keys: ReadonlySet<string>,
): readonly NodeExplanation[] {
  const filters = filtersFor(context, pod, FILTER_PLUGINS)
  const asked = filters.map(([plugin]) => plugin)
  const judged = [...context.infos]
    .sort((left, right) => compareText(left.node.name, right.node.name))
    .map(info => {
      const alone = refusals(filters, info)
      // Upstream asks with the nominated pods first, and only the plugins that had something to say without them.
      const together = withNominated(pod, info.node.name, () => refusals(filtersFor(context, pod, asked), info))
      return { info, refused: new Map([...alone, ...(together ?? [])]) }
    })
  const held = heldBack(pod)
  const feasible = held === undefined ? judged.filter(({ refused }) => refused.size === 0).map(({ info }) => info) : []
  const scores = scoresOf(context, pod, feasible)
  return judged.map(({ info, refused }) => {
    const explained = explainNode(context, info, refused, scores.get(info))
    const reasons = held === undefined ? explained.reasons : [held, ...explained.reasons]
    return { ...explained, reasons, domains: domainsOf(info, keys) }
  })
}

function domainsOf({ node }: NodeInfo, keys: ReadonlySet<string>): NodeExplanation['domains'] {
  const labels = [...keys].map(key => [key, node.labels.get(key)] as const)
  return Object.fromEntries(labels.filter((label): label is readonly [string, string] => label[1] !== undefined))
}

type Filters = readonly (readonly [plugin: FilterPlugin, refuses: NodeFilter])[]
type Refusals = ReadonlyMap<FilterPlugin, Refused>

function filtersFor(context: PluginContext, pod: PodRecord, among: readonly FilterPlugin[]): Filters {
  return among.flatMap(plugin => {
    const refuses = context.profile.disabledFilters.has(plugin) ? undefined : FILTERS[plugin](context, pod)
    return refuses === undefined ? [] : [[plugin, refuses] as const]
  })
}

function refusals(filters: Filters, info: NodeInfo): Refusals {
  const refused = new Map<FilterPlugin, Refused>()
  for (const [plugin, refuses] of filters) {
    const refusal = refuses(info)
    if (refusal !== undefined) refused.set(plugin, refusal)
  }
  return refused
}

type Scores = Readonly<Record<ScorePlugin, number>>

function scoresOf(context: PluginContext, pod: PodRecord, feasible: readonly NodeInfo[]): ReadonlyMap<NodeInfo, Scores> {
  const byPlugin = SCORE_PLUGINS.map(plugin => {
    const isOff = context.profile.weights[plugin] === 0
    return [plugin, isOff ? [] : SCORES[plugin](context, pod, feasible)] as const
  })
  const scores = (index: number): Scores =>
    Object.fromEntries(byPlugin.map(([plugin, all]) => [plugin, all[index] ?? 0])) as Record<ScorePlugin, number>
  return new Map(feasible.map((info, index) => [info, scores(index)]))
}

function explainNode(
  { profile }: PluginContext,
  { node }: NodeInfo,
  refused: Refusals,
  scores: Scores | undefined,
): Omit<NodeExplanation, 'domains'> {
  const inOrder = FILTER_PLUGINS.filter(plugin => refused.has(plugin))
  return {
    name: node.name,
    feasible: scores !== undefined,
    filters: Object.fromEntries(
      FILTER_PLUGINS.map((plugin): [string, FilterStatus] => [plugin, refused.get(plugin)?.status ?? 'Success']),
    ) as Record<FilterPlugin, FilterStatus>,
    reasons: inOrder.map(plugin => refused.get(plugin)?.message ?? ''),
    scores,
    total: scores && SCORE_PLUGINS.reduce((total, plugin) => total + profile.weights[plugin] * scores[plugin], 0),
  }
}
