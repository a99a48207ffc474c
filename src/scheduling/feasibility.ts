import type { PodRecord } from '../cluster/pod.ts'
import type { ClusterViews } from './cluster-views.ts'
import { affinityFilter, requiredAmounts, type DomainAmounts } from './counted-affinity.ts'
import { spreadFilter, type CountedConstraint, type SlotFilter } from './counted-spread.ts'
import { FILTERS } from './default-plugins.ts'
import { OTHER_FILTERS, type NodeAnswers } from './node-answers.ts'
import type { PluginContext, Refused } from './plugin.ts'
import { FILTER_PLUGINS, type FilterPlugin } from './plugins.ts'
import { PASSES, UNREADABLE } from './verdict-numbers.ts'

/** The first filter that refuses a node, in plugin order, and why. */
interface PluginRefusal extends Refused {
  readonly plugin: FilterPlugin
}

/** All filters of one pod on the state as it is now; to be thrown away with the next change. */
export interface Feasibility {
  /** Whether a node that passes the pod's own filters ({@link NodeAnswers}) passes all others too. */
  passes(slot: number): boolean
  /** The same without PodTopologySpread. */
  readonly passesButForSpread: (slot: number) => boolean
  /** The first filter that refuses the node in a slot; undefined when all pass. */
  refusedBy(slot: number): FilterPlugin | undefined
  /** The same with its reason, and without one filter if told so. */
  refusalOn(slot: number, exceptFor?: FilterPlugin): PluginRefusal | undefined
  /** Those of the other filters that have something to say about the pod. */
  asked(): ReadonlySet<FilterPlugin>
  /** What PodTopologySpread's filter and InterPodAffinity's have read. */
  readonly hard: readonly CountedConstraint[]
  readonly required: readonly DomainAmounts[]
  /** Some other filter looks at each node by itself, so that no two can be taken for alike. */
  readonly readsEachNode: boolean
}

/**
 * @param among the filters that may speak. Which those are is settled before the pods that were promised a node are imagined there: upstream's
 * PreFilter then skips a plugin for good, so that it is not told of them (runtime/framework.go RunPreFilterExtensionAddPod, 1.36).
 */
export function feasibilityOf(
  views: ClusterViews,
  context: PluginContext,
  answers: NodeAnswers,
  pod: PodRecord,
  among: ReadonlySet<FilterPlugin> = ALL_FILTERS,
): Feasibility {
  const { slots } = views.table
  const { disabledFilters } = context.profile
  const hard = disabledFilters.has('PodTopologySpread') ? [] : views.constraintsOf(pod).hard
  const required = disabledFilters.has('InterPodAffinity') ? undefined : requiredAmounts(context, views.table.layout(), pod)
  const filterOf = (plugin: FilterPlugin): SlotFilter | undefined => {
    if (plugin === 'PodTopologySpread') return spreadFilter(hard)
    if (plugin === 'InterPodAffinity') return required && affinityFilter(required)
    const refuses = disabledFilters.has(plugin) ? undefined : FILTERS[plugin](context, pod)
    return (
      refuses &&
      (slot => {
        const info = slots[slot]
        return info && refuses(info)
      })
    )
  }
  const others: { readonly plugin: FilterPlugin; readonly refuses: SlotFilter }[] = []
  for (const plugin of OTHER_FILTERS) {
    const refuses = among.has(plugin) ? filterOf(plugin) : undefined
    if (refuses !== undefined) others.push({ plugin, refuses })
  }
  /** The answers know which filter refuses; why, only the filter itself can say. */
  const reasonOf = (plugin: FilterPlugin, slot: number): PluginRefusal => {
    const info = slots[slot]
    return { plugin, ...((info && FILTERS[plugin](context, pod)?.(info)) ?? UNREADABLE_NODE) }
  }
  const firstOf = (slot: number): FilterPlugin | undefined => pluginNumbered(answers.refusedBy[slot] ?? UNREADABLE)
  return {
    passes(slot) {
      for (const { refuses } of others) if (refuses(slot) !== undefined) return false
      return true
    },
    passesButForSpread(slot) {
      for (const { plugin, refuses } of others) if (plugin !== 'PodTopologySpread' && refuses(slot) !== undefined) return false
      return true
    },
    refusedBy(slot) {
      const first = firstOf(slot)
      if (first !== undefined) return first
      for (const { plugin, refuses } of others) if (refuses(slot) !== undefined) return plugin
      return undefined
    },
    refusalOn(slot, exceptFor) {
      const first = firstOf(slot)
      if (first !== undefined) return reasonOf(first, slot)
      for (const { plugin, refuses } of others) {
        const refused = plugin === exceptFor ? undefined : refuses(slot)
        if (refused !== undefined) return { plugin, ...refused }
      }
      return undefined
    },
    // Only where nodes are promised to somebody is it wanted.
    asked: () => new Set(others.map(({ plugin }) => plugin)),
    hard,
    required: required === undefined ? [] : [...required.joined, ...required.avoided, ...required.repelling],
    readsEachNode: others.some(({ plugin }) => plugin !== 'PodTopologySpread' && plugin !== 'InterPodAffinity'),
  }
}

/** The plugin that a number of {@link NodeAnswers.refusedBy} stands for; for a node that could not be read, the first that could tell. */
export function pluginNumbered(number: number): FilterPlugin | undefined {
  return number === PASSES ? undefined : (FILTER_PLUGINS[number - 1] ?? 'NodeName')
}

const ALL_FILTERS: ReadonlySet<FilterPlugin> = new Set(FILTER_PLUGINS)

const UNREADABLE_NODE: Refused = { status: 'Unschedulable', message: 'node(s) could not be read in full' }
