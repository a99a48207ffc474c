import type { PodRecord } from '../cluster/pod.ts'
import type { ClusterViews } from './cluster-views.ts'
import { affinityFilter, requiredAmounts, type DomainAmounts } from './counted-affinity.ts'
import { spreadFilter, type CountedConstraint, type SlotFilter } from './counted-spread.ts'
import { FILTERS } from './default-plugins.ts'
import { OTHER_FILTERS, type NodeAnswers } from './node-answers.ts'
import type { NodeTable } from './node-table.ts'
import type { NodeFilter, PluginContext, Refused } from './plugin.ts'
import { FILTER_PLUGINS, type FilterPlugin } from './plugins.ts'
import { PASSES } from './verdict-numbers.ts'

/** The first filter that refuses a node, in plugin order, and why. */
interface PluginRefusal extends Refused {
  readonly plugin: FilterPlugin
}

/**
 * All filters of one pod on the state as it is now; to be thrown away with the next change. A record and functions of it: an object with its own
 * functions would be the dearest thing that a prediction makes.
 */
export interface Feasibility {
  readonly pod: PodRecord
  readonly context: PluginContext
  readonly slots: NodeTable['slots']
  /** Of the pod's own filters. */
  readonly answers: NodeAnswers
  /** Those of the other filters that have something to say about the pod, in plugin order. */
  readonly others: readonly AskedFilter[]
  /** What PodTopologySpread's filter and InterPodAffinity's have read. */
  readonly hard: readonly CountedConstraint[]
  readonly required: readonly DomainAmounts[]
  /** Some other filter looks at each node by itself, so that no two can be taken for alike. */
  readonly readsEachNode: boolean
}

interface AskedFilter {
  readonly plugin: FilterPlugin
  readonly refuses: SlotFilter
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
  let others: readonly AskedFilter[] = NOBODY_ELSE
  for (const plugin of OTHER_FILTERS) {
    if (!among.has(plugin) || disabledFilters.has(plugin)) continue
    let refuses: SlotFilter | undefined
    if (plugin === 'PodTopologySpread') refuses = spreadFilter(hard)
    else if (plugin === 'InterPodAffinity') refuses = required && affinityFilter(required)
    else refuses = bySlot(slots, FILTERS[plugin](context, pod))
    // Mostly it is one at most: a list that is pushed to would have room for seventeen.
    if (refuses !== undefined) others = [...others, { plugin, refuses }]
  }
  return {
    pod,
    context,
    slots,
    answers,
    others,
    hard,
    required: required === undefined ? NO_AMOUNTS : [...required.joined, ...required.avoided, ...required.repelling],
    readsEachNode: others.some(looksAtNodes),
  }
}

const NOBODY_ELSE: readonly AskedFilter[] = []
const NO_AMOUNTS: readonly DomainAmounts[] = []

const looksAtNodes = ({ plugin }: AskedFilter): boolean => plugin !== 'PodTopologySpread' && plugin !== 'InterPodAffinity'

function bySlot(slots: NodeTable['slots'], refuses: NodeFilter | undefined): SlotFilter | undefined {
  return (
    refuses &&
    (slot => {
      const info = slots[slot]
      return info && refuses(info)
    })
  )
}

/** Whether a node that passes the pod's own filters ({@link NodeAnswers}) passes all others too. */
export function passes({ others }: Feasibility, slot: number): boolean {
  for (const { refuses } of others) if (refuses(slot) !== undefined) return false
  return true
}

/** The same without PodTopologySpread. */
export function passesButForSpread({ others }: Feasibility, slot: number): boolean {
  for (const { plugin, refuses } of others) if (plugin !== 'PodTopologySpread' && refuses(slot) !== undefined) return false
  return true
}

/** The first filter that refuses the node in a slot; undefined when all pass. */
export function refusedBy({ answers, others }: Feasibility, slot: number): FilterPlugin | undefined {
  const first = firstOf(answers, slot)
  if (first !== undefined) return first
  for (const { plugin, refuses } of others) if (refuses(slot) !== undefined) return plugin
  return undefined
}

/** The same with its reason, and without one filter if told so. */
export function refusalOn(feasibility: Feasibility, slot: number, exceptFor?: FilterPlugin): PluginRefusal | undefined {
  const { pod, context, slots, answers, others } = feasibility
  const first = firstOf(answers, slot)
  if (first !== undefined) {
    // The answers know which filter refuses; why, only the filter itself can say.
    const info = slots[slot]
    return { plugin: first, ...((info && FILTERS[first](context, pod)?.(info)) ?? UNREADABLE_NODE) }
  }
  for (const { plugin, refuses } of others) {
    const refused = plugin === exceptFor ? undefined : refuses(slot)
    if (refused !== undefined) return { plugin, ...refused }
  }
  return undefined
}

/** Those of the other filters that have something to say about the pod. */
export function asked({ others }: Feasibility): ReadonlySet<FilterPlugin> {
  return new Set(others.map(({ plugin }) => plugin))
}

function firstOf(answers: NodeAnswers, slot: number): FilterPlugin | undefined {
  return pluginNumbered(answers.refusedBy(slot))
}

/** The plugin that a number of {@link NodeAnswers.refusedBy} stands for; for a node that could not be read, the first that could tell. */
export function pluginNumbered(number: number): FilterPlugin | undefined {
  return number === PASSES ? undefined : (FILTER_PLUGINS[number - 1] ?? 'NodeName')
}

const ALL_FILTERS: ReadonlySet<FilterPlugin> = new Set(FILTER_PLUGINS)

const UNREADABLE_NODE: Refused = { status: 'Unschedulable', message: 'node(s) could not be read in full' }
