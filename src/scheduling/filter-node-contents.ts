import type { PodRecord } from '../cluster/pod.ts'
import { FILTERS } from './default-plugins.ts'
import { hasRoomFor, lacksAny, scalarsAsked } from './filter-node-resources-fit.ts'
import { placeOf } from './node-amounts.ts'
import type { NodeTable } from './node-table.ts'
import type { PluginContext } from './plugin.ts'
import { FILTER_PLUGINS, type FilterPlugin } from './plugins.ts'
import { PASSES } from './verdict-numbers.ts'

/** Filters that read the node and what is on it. They come after those that read the node alone. */
export const OF_ITS_PODS: ReadonlySet<FilterPlugin> = new Set(['NodePorts', 'NodeResourcesFit'])

/** Those filters, asked by slot. */
export interface ContentFilters {
  /** What is on the node keeps the pod away, be there room or not: a host port that both want. */
  readonly isTaken: (slot: number) => boolean
  /** {@link PASSES}, or the number of the first filter to refuse. */
  readonly firstOf: (slot: number) => number
}

/** In plugin order. */
export function contentFilters({ slots, amounts }: NodeTable, context: PluginContext, pod: PodRecord): ContentFilters {
  const { profile } = context
  const { requests } = pod.spec
  const scalars = scalarsAsked(profile, pod.spec)
  const isAsked = (plugin: FilterPlugin): boolean => !profile.disabledFilters.has(plugin)
  const wantsRoom = isAsked('NodeResourcesFit')
  const takesPorts = isAsked('NodePorts') ? FILTERS.NodePorts(context, pod) : undefined
  const isTaken = (slot: number): boolean => {
    const info = takesPorts && slots[slot]
    return info !== undefined && takesPorts?.(info) !== undefined
  }
  const lacksScalars = (slot: number): boolean => {
    const info = slots[slot]
    return info !== undefined && lacksAny(scalars, info)
  }
  return {
    isTaken,
    firstOf(slot) {
      if (takesPorts !== undefined && isTaken(slot)) return NODE_PORTS
      if (!wantsRoom) return PASSES
      const isShort = !hasRoomFor(requests, amounts, placeOf(slot)) || (scalars.length > 0 && lacksScalars(slot))
      return isShort ? NODE_RESOURCES_FIT : PASSES
    },
  }
}

const NODE_PORTS = 1 + FILTER_PLUGINS.indexOf('NodePorts')
const NODE_RESOURCES_FIT = 1 + FILTER_PLUGINS.indexOf('NodeResourcesFit')
