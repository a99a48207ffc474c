import type { NodeRecord } from '../cluster/node.ts'
import type { PodRecord, PodSpec } from '../cluster/pod.ts'
import { FILTERS } from './default-plugins.ts'
import type { Mark } from './node-partition.ts'
import type { NodeTable } from './node-table.ts'
import type { PluginContext } from './plugin.ts'
import { FILTER_PLUGINS, type FilterPlugin } from './plugins.ts'
import { preferredWeight } from './score-node-affinity.ts'
import { intolerableTaints } from './score-taint-toleration.ts'
import { expelsLater } from './taints.ts'
import { PASSES, UNREADABLE } from './verdict-numbers.ts'

/** What a pod spec gets to hear from each node itself, whatever is on it. Arrays run by slot. */
export interface StaticAnswers {
  /** How many slots it has room for. */
  readonly capacity: number
  /** {@link PASSES}, {@link UNREADABLE}, or the number of the first of these filters to refuse. */
  readonly refusedBy: Uint8Array
  readonly intolerableTaints: Int32Array
  readonly preferredWeight: Int32Array
  /** 1 where the pod would be evicted again after a while. */
  readonly expelsLater: Int32Array
  /** Of the scores against other nodes, and of who stays, those that tell any two apart. */
  marks(): readonly Mark[]
  /** Costs the nodes that have changed themselves since the last time. */
  refresh(): void
  /** The layout is not what it was. */
  turn(): void
}

/** Filters whose answer depends on the pod's spec and the node alone. */
export const OF_THE_NODE: ReadonlySet<FilterPlugin> = new Set(['NodeUnschedulable', 'TaintToleration', 'NodeAffinity'])

/** Everything in a spec that is read here: workloads that ask for other amounts, images or domains share the answers. */
export function whatNodesAloneRead(spec: PodSpec): readonly unknown[] {
  const { schedulerName, nodeSelector, tolerations, requiredNodeAffinity, preferredNodeAffinity } = spec
  return [schedulerName, [...nodeSelector], tolerations, requiredNodeAffinity, preferredNodeAffinity]
}

/** @param capacity the slots to make room for */
export function createStaticAnswers(table: NodeTable, context: PluginContext, pod: PodRecord, capacity: number): StaticAnswers {
  const { profile } = context
  const filters = FILTER_PLUGINS.flatMap((plugin, index) => {
    const isAsked = OF_THE_NODE.has(plugin) && !profile.disabledFilters.has(plugin)
    const refuses = isAsked ? FILTERS[plugin](context, pod) : undefined
    return refuses === undefined ? [] : [{ number: index + 1, refuses }]
  })
  const refusedBy = new Uint8Array(capacity).fill(UNREADABLE)
  const taints = new Int32Array(capacity)
  const preferred = new Int32Array(capacity)
  const expelled = new Int32Array(capacity)
  let marks: readonly Mark[] | undefined
  let asOf = 0

  function firstRefusal(slot: number, node: NodeRecord): number {
    const info = table.slots[slot]
    if (info === undefined || node.problems.length > 0) return UNREADABLE
    return filters.find(({ refuses }) => refuses(info) !== undefined)?.number ?? PASSES
  }

  return {
    capacity,
    refusedBy,
    intolerableTaints: taints,
    preferredWeight: preferred,
    expelsLater: expelled,
    marks() {
      const { byName } = table.layout()
      const [first = 0] = byName
      return (marks ??= [taints, preferred, expelled].filter(mark => byName.some(slot => mark[slot] !== mark[first])))
    },
    turn() {
      marks = undefined
    },
    refresh() {
      const { slots, nodeChanges } = table
      for (let slot = nodeChanges.newest(asOf); slot !== -1; slot = nodeChanges.before(slot, asOf)) {
        const node = slots[slot]?.node
        refusedBy[slot] = node === undefined ? UNREADABLE : firstRefusal(slot, node)
        if (node === undefined) continue
        taints[slot] = intolerableTaints(pod.spec, node)
        preferred[slot] = preferredWeight(profile, pod.spec, node)
        expelled[slot] = Number(expelsLater(node.taints, pod.spec.tolerations))
      }
      asOf = nodeChanges.clock
    },
  }
}
