import type { PodRecord } from '../cluster/pod.ts'
import type { ClusterViews } from './cluster-views.ts'
import { affinityFilter } from './counted-affinity.ts'
import { spreadFilter, type SlotFilter } from './counted-spread.ts'
import { FILTERS } from './default-plugins.ts'
import { OTHER_FILTERS, PASSES, UNREADABLE, type NodeAnswers } from './node-answers.ts'
import type { PluginContext, Refused } from './plugin.ts'
import { FILTER_PLUGINS, type FilterPlugin } from './plugins.ts'

/** The first filter that refuses a node, in plugin order, and why. */
interface PluginRefusal extends Refused {
  readonly plugin: FilterPlugin
}

/** All filters of one pod on the state as it is now; to be thrown away with the next change. */
export interface Feasibility {
  /** Slots of the nodes that pass all filters, by node name. */
  feasible(): Int32Array
  /** The first filter that refuses the node in a slot; undefined when all pass. */
  refusedBy(slot: number): FilterPlugin | undefined
  /** The same with its reason, and without one filter if told so. */
  refusalOn(slot: number, exceptFor?: FilterPlugin): PluginRefusal | undefined
}

export function feasibilityOf(views: ClusterViews, context: PluginContext, answers: NodeAnswers, pod: PodRecord): Feasibility {
  const { slots } = views.table
  const others = OTHER_FILTERS.flatMap(plugin => {
    const refuses = context.profile.disabledFilters.has(plugin) ? undefined : slotFilter(views, context, plugin, pod)
    return refuses === undefined ? [] : [{ plugin, refuses }]
  })
  /** The answers know which filter refuses; why, only the filter itself can say. */
  const reasonOf = (plugin: FilterPlugin, slot: number): PluginRefusal => {
    const info = slots[slot]
    return { plugin, ...((info && FILTERS[plugin](context, pod)?.(info)) ?? UNREADABLE_NODE) }
  }
  const firstOf = (slot: number): FilterPlugin | undefined => {
    const number = answers.refusedBy[slot] ?? UNREADABLE
    return number === PASSES ? undefined : (FILTER_PLUGINS[number - 1] ?? 'NodeName')
  }
  return {
    feasible() {
      const { byName } = views.table.layout
      const found = new Int32Array(byName.length)
      let size = 0
      for (let i = 0; i < byName.length; i += 1) {
        const slot = byName[i] ?? 0
        if (answers.refusedBy[slot] !== PASSES || !passes(others, slot)) continue
        found[size] = slot
        size += 1
      }
      return found.subarray(0, size)
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
  }
}

function passes(filters: readonly { readonly refuses: SlotFilter }[], slot: number): boolean {
  for (const { refuses } of filters) if (refuses(slot) !== undefined) return false
  return true
}

const UNREADABLE_NODE: Refused = { status: 'Unschedulable', message: 'node(s) could not be read in full' }

function slotFilter(
  { table, spread, questions }: ClusterViews,
  context: PluginContext,
  plugin: FilterPlugin,
  pod: PodRecord,
): SlotFilter | undefined {
  if (plugin === 'PodTopologySpread') return spreadFilter(table.layout, spread, pod.namespace, questions.of(pod).hard)
  if (plugin === 'InterPodAffinity') return affinityFilter(context, table.layout, pod)
  const refuses = FILTERS[plugin](context, pod)
  if (refuses === undefined) return undefined
  return slot => {
    const info = table.slots[slot]
    return info && refuses(info)
  }
}
