import type { NodeRecord } from '../cluster/node.ts'
import type { PodRecord, PodSpec } from '../cluster/pod.ts'
import { FILTERS } from './default-plugins.ts'
import type { ImageNodes, ImageState } from './image-nodes.ts'
import { createNodeCells, type NodeCells } from './node-cells.ts'
import type { NodeInfo } from './node-info.ts'
import type { NodeLayout } from './node-layout.ts'
import type { Mark } from './node-partition.ts'
import type { NodeTable } from './node-table.ts'
import type { NodeFilter, PluginContext } from './plugin.ts'
import { FILTER_PLUGINS, type FilterPlugin } from './plugins.ts'
import { copiesThatFit } from './room.ts'
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
  /** The nodes by what the marks say of them and by what is scored against other nodes, so that each cell's nodes differ in `ownScore` alone. */
  cells(marks: readonly Mark[]): NodeCells
  /** Copies of the pod that each node has room for; the same array until something changes on some node. */
  room(): Int32Array
}

export const PASSES = 0
/** The slot holds no node, or one that could not be read in full and therefore takes no landing. */
export const UNREADABLE = 255

/** Filters whose answer depends on the pod's spec and the node alone. */
const OF_THE_NODE: ReadonlySet<FilterPlugin> = new Set(['NodeUnschedulable', 'TaintToleration', 'NodeAffinity'])
/** Those that read what is on the node as well. They come after the others. */
const OF_ITS_PODS: ReadonlySet<FilterPlugin> = new Set(['NodePorts', 'NodeResourcesFit'])

/** The other filters, asked anew for each pod. */
export const OTHER_FILTERS = FILTER_PLUGINS.filter(plugin => !OF_THE_NODE.has(plugin) && !OF_ITS_PODS.has(plugin))

/** Specs whose answers are kept, the latest asked for. 5,000 nodes make some 130 kB each. */
const MOST_SPECS = 256

/** Ways to tell nodes apart that are kept for a spec: workloads that ask the same of a node may differ in their constraints. */
const MOST_CELLS = 16

export interface NodeAnswersBySpec {
  /** The answers for the pod's spec, brought up to date: costs the nodes that changed since the last time. */
  of(context: PluginContext, pod: PodRecord): NodeAnswers
}

export function createNodeAnswers(table: NodeTable, images: ImageNodes): NodeAnswersBySpec {
  const known = new Map<string, Kept>()
  const keys = new WeakMap<PodSpec, string>()
  let latest: { readonly key: string; readonly kept: Kept } | undefined
  return {
    of(context, pod) {
      const key = keys.get(pod.spec) ?? whatNodesRead(pod.spec)
      keys.set(pod.spec, key)
      if (latest?.key === key && latest.kept.refusedBy.length >= table.slots.length) {
        latest.kept.refresh()
        return latest.kept
      }
      let kept = known.get(key)
      if (kept === undefined || kept.refusedBy.length < table.slots.length) kept = keep(table, images, context, pod)
      known.delete(key)
      known.set(key, kept)
      const [oldest] = known.keys()
      if (known.size > MOST_SPECS && oldest !== undefined) known.delete(oldest)
      kept.refresh()
      latest = { key, kept }
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
  const filtersOf = (plugins: ReadonlySet<FilterPlugin>): readonly NumberedFilter[] =>
    FILTER_PLUGINS.flatMap((plugin, index) => {
      const isAsked = plugins.has(plugin) && !profile.disabledFilters.has(plugin)
      const refuses = isAsked ? FILTERS[plugin](context, pod) : undefined
      return refuses === undefined ? [] : [{ number: index + 1, refuses }]
    })
  const ofTheNode = filtersOf(OF_THE_NODE)
  const ofItsPods = filtersOf(OF_ITS_PODS)
  // Room to grow, or each new node would mean to start over.
  const capacity = Math.ceil(table.slots.length * 1.25)
  const refusedBy = new Uint8Array(capacity).fill(UNREADABLE)
  const taints = new Int32Array(capacity)
  const preferred = new Int32Array(capacity)
  const ownScore = new Int32Array(capacity)
  /** What the node by itself says, its pods aside, and the record that said so. */
  const refusedByNode = new Uint8Array(capacity).fill(UNREADABLE)
  const imageScore = new Int32Array(capacity)
  const asked: (NodeRecord | undefined)[] = []

  const highestScore = 100 * (weights.NodeResourcesFit + weights.NodeResourcesBalancedAllocation + weights.ImageLocality)
  const cellsByPartition = new Map<object, NodeCells>()
  let cellsOver: NodeLayout | undefined
  /** Of the scores against other nodes those that tell any two apart. */
  let scored: readonly Mark[] = []
  /** Kept up to date once somebody has asked for it. */
  let copies: Int32Array | undefined
  let room: Int32Array | undefined
  let roomAsOf = 0
  let asOf = 0
  let imageStates: readonly ImageState[] = []
  let nodes = 0

  function askNode(slot: number, node: NodeRecord): void {
    asked[slot] = node
    refusedByNode[slot] = node.problems.length > 0 ? UNREADABLE : firstRefusal(ofTheNode, table.slots[slot])
    taints[slot] = intolerableTaints(spec, node)
    preferred[slot] = preferredWeight(profile, spec, node)
    imageScore[slot] = weights.ImageLocality * imageLocality(spec, node, imageStates, nodes)
  }

  function ask(slot: number, info: NodeInfo | undefined, isImageMoved: boolean): void {
    if (info === undefined) {
      refusedBy[slot] = UNREADABLE
      asked[slot] = undefined
      return
    }
    if (isImageMoved || asked[slot] !== info.node) askNode(slot, info.node)
    const byNode = refusedByNode[slot] ?? UNREADABLE
    refusedBy[slot] = byNode === PASSES ? firstRefusal(ofItsPods, info) : byNode
    if (refusedBy[slot] !== PASSES) return
    ownScore[slot] =
      weights.NodeResourcesFit * leastAllocated(spec, info) +
      weights.NodeResourcesBalancedAllocation * balancedAllocation(spec, info) +
      (imageScore[slot] ?? 0)
  }

  function countCopies(slot: number): void {
    const info = table.slots[slot]
    if (copies !== undefined) copies[slot] = info !== undefined && refusedBy[slot] === PASSES ? copiesThatFit(spec, info) : 0
  }

  const passes = (slot: number): boolean => refusedBy[slot] === PASSES
  function askAgain(slot: number, isImageMoved: boolean): void {
    const passed = passes(slot)
    const before = ownScore[slot] ?? 0
    ask(slot, table.slots[slot], isImageMoved)
    countCopies(slot)
    const after = ownScore[slot] ?? 0
    if (passed === passes(slot) && before === after) return
    for (const cells of cellsByPartition.values()) {
      if (passed) cells.count(slot, before, -1)
      if (passes(slot)) cells.count(slot, after, 1)
    }
  }

  return {
    refusedBy,
    intolerableTaints: taints,
    preferredWeight: preferred,
    ownScore,
    cells(marks) {
      const { layout } = table
      const isTold = (mark: Mark): boolean => layout.byName.some(slot => mark[slot] !== mark[layout.byName[0] ?? 0])
      if (cellsOver !== layout) {
        cellsByPartition.clear()
        cellsOver = layout
        scored = [taints, preferred].filter(isTold)
      }
      const partition = layout.partition([...marks, ...scored])
      let cells = cellsByPartition.get(partition)
      if (cells === undefined) {
        cells = createNodeCells(partition, highestScore)
        for (const slot of layout.byName) if (passes(slot)) cells.count(slot, ownScore[slot] ?? 0, 1)
        cellsByPartition.set(partition, cells)
        const [oldest] = cellsByPartition.keys()
        if (cellsByPartition.size > MOST_CELLS && oldest !== undefined) cellsByPartition.delete(oldest)
      }
      return cells
    },
    room() {
      const { slots, changes, layout } = table
      if (copies === undefined) {
        copies = new Int32Array(capacity)
        for (let slot = 0; slot < slots.length; slot += 1) countCopies(slot)
      }
      if (room === undefined || roomAsOf !== changes.clock) {
        room = copies.slice(0, slots.length)
        for (let slot = 0; slot < slots.length; slot += 1) if (layout.leaving[slot] === 1) room[slot] = 0
        roomAsOf = changes.clock
      }
      return room
    },
    refresh() {
      const { slots, changes, layout } = table
      // Whatever tells nodes apart has changed: the cells are those of nodes that were.
      if (cellsOver !== layout) cellsByPartition.clear()
      const statesNow = spec.images.map(image => images.stateOf(image))
      // A node that pulls an image changes what the image is worth on all others.
      const isImageMoved =
        statesNow.some((state, index) => state !== imageStates[index]) ||
        (nodes !== layout.byName.length && statesNow.some(state => state.nodes > 0))
      imageStates = statesNow
      nodes = layout.byName.length
      if (isImageMoved) for (let slot = 0; slot < slots.length; slot += 1) askAgain(slot, true)
      else changes.forEachSince(asOf, slot => askAgain(slot, false))
      asOf = changes.clock
    },
  }
}

interface NumberedFilter {
  readonly number: number
  readonly refuses: NodeFilter
}

function firstRefusal(filters: readonly NumberedFilter[], info: NodeInfo | undefined): number {
  if (info === undefined) return UNREADABLE
  for (const { number, refuses } of filters) if (refuses(info) !== undefined) return number
  return PASSES
}
