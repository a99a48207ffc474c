import type { PodRecord, PodSpec } from '../cluster/pod.ts'
import { FILTERS } from './default-plugins.ts'
import type { ImageNodes, ImageState } from './image-nodes.ts'
import type { NodeTable } from './node-table.ts'
import type { NodeInfo } from './node-info.ts'
import type { NodeFilter, PluginContext } from './plugin.ts'
import { FILTER_PLUGINS, type FilterPlugin } from './plugins.ts'
import { imageLocality } from './score-image-locality.ts'
import { preferredWeight } from './score-node-affinity.ts'
import { balancedAllocation, leastAllocated } from './score-node-resources.ts'
import { intolerableTaints } from './score-taint-toleration.ts'

/**
 * What one pod spec gets to hear from each node as long as nothing changes on that node: the filters and raw scores that read the node and
 * what is on it, and nothing else. Arrays run by slot.
 */
export interface NodeAnswers {
  /** {@link PASSES}, {@link UNREADABLE}, or 1 + the place in FILTER_PLUGINS of the first of these filters to refuse. */
  readonly refusedBy: Uint8Array
  readonly intolerableTaints: Int32Array
  readonly preferredWeight: Int32Array
  /** Weighted sum of the scores that need no look at other nodes: NodeResourcesFit, BalancedAllocation, ImageLocality. */
  readonly ownScore: Int32Array
}

export const PASSES = 0
/** The slot holds no node, or one that could not be read in full and therefore takes no landing. */
export const UNREADABLE = 255

/** Filters whose answer depends on the pod's spec, the node and what is on it alone. */
const NODE_LOCAL: ReadonlySet<FilterPlugin> = new Set([
  'NodeUnschedulable',
  'TaintToleration',
  'NodeAffinity',
  'NodePorts',
  'NodeResourcesFit',
])

/** The other filters, asked anew for each pod. */
export const OTHER_FILTERS = FILTER_PLUGINS.filter(plugin => !NODE_LOCAL.has(plugin))

/** Specs whose answers are kept, the latest asked for. 5,000 nodes make 65 kB each. */
const MOST_SPECS = 256

export interface NodeAnswersBySpec {
  /** The answers for the pod's spec, brought up to date: costs the nodes that changed since the last time. */
  of(context: PluginContext, pod: PodRecord): NodeAnswers
}

export function createNodeAnswers(table: NodeTable, images: ImageNodes): NodeAnswersBySpec {
  const known = new Map<string, Kept>()
  const keys = new WeakMap<PodSpec, string>()
  return {
    of(context, pod) {
      const key = keys.get(pod.spec) ?? whatNodesRead(pod.spec)
      keys.set(pod.spec, key)
      let kept = known.get(key)
      if (kept === undefined || kept.refusedBy.length < table.slots.length) kept = keep(table, images, context, pod)
      known.delete(key)
      known.set(key, kept)
      const [oldest] = known.keys()
      if (known.size > MOST_SPECS && oldest !== undefined) known.delete(oldest)
      kept.refresh()
      return kept
    },
  }
}

/** Workloads that ask the same of a node share its answers, wherever else they differ. */
function whatNodesRead(spec: PodSpec): string {
  const local = { ...spec, topologySpreadConstraints: undefined, podAffinity: undefined, podAntiAffinity: undefined }
  return JSON.stringify(local, (_field, value: unknown) => (value instanceof Map ? [...value] : value))
}

interface Kept extends NodeAnswers {
  refresh(): void
}

function keep(table: NodeTable, images: ImageNodes, context: PluginContext, pod: PodRecord): Kept {
  const { spec } = pod
  const { profile } = context
  const { weights } = profile
  const filters = FILTER_PLUGINS.flatMap((plugin, index) => {
    const isAsked = NODE_LOCAL.has(plugin) && !profile.disabledFilters.has(plugin)
    const refuses = isAsked ? FILTERS[plugin](context, pod) : undefined
    return refuses === undefined ? [] : [{ number: index + 1, refuses }]
  })
  // Room to grow, or each new node would mean to start over.
  const capacity = Math.ceil(table.slots.length * 1.25)
  const answers: NodeAnswers = {
    refusedBy: new Uint8Array(capacity).fill(UNREADABLE),
    intolerableTaints: new Int32Array(capacity),
    preferredWeight: new Int32Array(capacity),
    ownScore: new Int32Array(capacity),
  }
  let asOf = 0
  let imageStates: readonly ImageState[] = []
  let nodes = 0

  function ask(slot: number, info: NodeInfo): void {
    answers.refusedBy[slot] = info.node.problems.length > 0 ? UNREADABLE : firstRefusal(filters, info)
    if (answers.refusedBy[slot] !== PASSES) return
    answers.intolerableTaints[slot] = intolerableTaints(spec, info.node)
    answers.preferredWeight[slot] = preferredWeight(profile, spec, info.node)
    answers.ownScore[slot] =
      weights.NodeResourcesFit * leastAllocated(spec, info) +
      weights.NodeResourcesBalancedAllocation * balancedAllocation(spec, info) +
      weights.ImageLocality * imageLocality(spec, info.node, imageStates, nodes)
  }

  return {
    ...answers,
    refresh() {
      const { slots, changedAt, clock, layout } = table
      const statesNow = spec.images.map(image => images.stateOf(image))
      // A node that pulls an image changes what the image is worth on all others.
      const isImageMoved =
        statesNow.some((state, index) => state !== imageStates[index]) ||
        (nodes !== layout.byName.length && statesNow.some(state => state.nodes > 0))
      imageStates = statesNow
      nodes = layout.byName.length
      for (let slot = 0; slot < slots.length; slot += 1) {
        if (!isImageMoved && (changedAt[slot] ?? 0) <= asOf) continue
        const info = slots[slot]
        if (info === undefined) answers.refusedBy[slot] = UNREADABLE
        else ask(slot, info)
      }
      asOf = clock
    },
  }
}

function firstRefusal(filters: readonly { readonly number: number; readonly refuses: NodeFilter }[], info: NodeInfo): number {
  for (const { number, refuses } of filters) if (refuses(info) !== undefined) return number
  return PASSES
}
