import { memo } from '../cluster/memo.ts'
import type { PodRecord, PodSpec } from '../cluster/pod.ts'
import { FILTERS } from './default-plugins.ts'
import type { ImageNodes, ImageState } from './image-nodes.ts'
import { hasRoomFor, lacksAny, scalarsAsked } from './filter-node-resources-fit.ts'
import { placeOf } from './node-amounts.ts'
import { createNodeCells, type NodeCells } from './node-cells.ts'
import type { NodeInfo } from './node-info.ts'
import type { NodeLayout } from './node-layout.ts'
import type { Mark } from './node-partition.ts'
import type { NodeTable } from './node-table.ts'
import type { PluginContext } from './plugin.ts'
import { FILTER_PLUGINS, type FilterPlugin } from './plugins.ts'
import { copiesThatFit } from './room.ts'
import { areWorthAnything, imageLocality } from './score-image-locality.ts'
import { balancedAllocation, leastAllocated } from './score-node-resources.ts'
import { createStaticAnswers, OF_THE_NODE, whatNodesAloneRead, type StaticAnswers } from './static-answers.ts'
import { PASSES, UNREADABLE } from './verdict-numbers.ts'

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

/** Filters that read the node and what is on it. They come after those that read the node alone. */
const OF_ITS_PODS: ReadonlySet<FilterPlugin> = new Set(['NodePorts', 'NodeResourcesFit'])

/** The other filters, asked anew for each pod. */
export const OTHER_FILTERS = FILTER_PLUGINS.filter(plugin => !OF_THE_NODE.has(plugin) && !OF_ITS_PODS.has(plugin))

/** Specs whose answers are kept, the latest asked for. 5,000 nodes make some 100 kB each. */
const MOST_SPECS = 256

/** Ways to tell nodes apart that are kept for a spec: workloads that ask the same of a node may differ in their constraints. */
const MOST_CELLS = 16

export interface NodeAnswersBySpec {
  /** The answers for the pod's spec, brought up to date: costs the nodes that changed since the last time. */
  of(context: PluginContext, pod: PodRecord): NodeAnswers
}

export function createNodeAnswers(table: NodeTable, images: ImageNodes): NodeAnswersBySpec {
  const statics = createKept<StaticAnswers>(table)
  const answers = createKept<Kept>(table)
  const keys = new WeakMap<PodSpec, SpecKeys>()
  let latest: { readonly key: string; readonly kept: Kept } | undefined
  return {
    of(context, pod) {
      const { spec } = pod
      const keysOf = memo(keys, spec, () => keysFor(spec))
      const nodes = table.layout.byName.length
      const states = spec.images.map(image => images.stateOf(image))
      // Most images are on few nodes, where they are worth nothing: workloads that differ in nothing else share their answers.
      const hasImages = areWorthAnything(states, nodes)
      const key = hasImages ? keysOf.withImages : keysOf.own
      if (latest?.key !== key || latest.kept.refusedBy.length < table.slots.length) {
        const ofNodes = statics.of(keysOf.ofNodes, capacity => createStaticAnswers(table, context, pod, capacity))
        const kept = answers.of(key, capacity => keep(table, ofNodes, context, pod, hasImages, capacity))
        latest = { key, kept }
      }
      latest.kept.refresh(states, nodes)
      return latest.kept
    },
  }
}

/** By what answers are shared. */
interface SpecKeys {
  readonly ofNodes: string
  readonly own: string
  readonly withImages: string
}

function keysFor(spec: PodSpec): SpecKeys {
  const { requests, scoredRequests, hostPorts, images, containerCount } = spec
  const ofNodes = whatNodesAloneRead(spec)
  const own = [ofNodes, { ...requests, scalars: [...requests.scalars] }, scoredRequests, hostPorts]
  return { ofNodes: JSON.stringify(ofNodes), own: JSON.stringify(own), withImages: JSON.stringify([own, images, containerCount]) }
}

/** The latest asked for of what is kept for specs; each serves as many slots as there were when it was made, and some more. */
function createKept<T extends { readonly refusedBy: Uint8Array }>(table: NodeTable): { of(key: string, make: (capacity: number) => T): T } {
  const known = new Map<string, T>()
  return {
    of(key, make) {
      let kept = known.get(key)
      // Room to grow, or each new node would mean to start over.
      if (kept === undefined || kept.refusedBy.length < table.slots.length) kept = make(Math.ceil(table.slots.length * 1.25))
      known.delete(key)
      known.set(key, kept)
      const [oldest] = known.keys()
      if (known.size > MOST_SPECS && oldest !== undefined) known.delete(oldest)
      return kept
    },
  }
}

interface Kept extends NodeAnswers {
  refresh(images: readonly ImageState[], nodes: number): void
}

function keep(
  table: NodeTable,
  ofNodes: StaticAnswers,
  context: PluginContext,
  pod: PodRecord,
  hasImages: boolean,
  capacity: number,
): Kept {
  const { spec } = pod
  const { weights } = context.profile
  const filters = filtersOn(table, context, pod)
  const refusedBy = new Uint8Array(capacity).fill(UNREADABLE)
  const ownScore = new Int32Array(capacity)

  const highestScore = 100 * (weights.NodeResourcesFit + weights.NodeResourcesBalancedAllocation + weights.ImageLocality)
  const cellsByPartition = new Map<object, { readonly cells: NodeCells; asOf: number }>()
  let cellsOver: NodeLayout | undefined
  /** Kept up to date once somebody has asked for it. */
  let copies: Int32Array | undefined
  let room: Int32Array | undefined
  let roomAsOf = 0
  let asOf = 0
  let imageStates: readonly ImageState[] = []
  let nodes = 0

  function ask(slot: number): void {
    refusedBy[slot] = ofNodes.refusedBy[slot] ?? UNREADABLE
    if (refusedBy[slot] === PASSES) refusedBy[slot] = filters.find(({ refuses }) => refuses(slot))?.number ?? PASSES
    if (refusedBy[slot] !== PASSES) return
    const { amounts, slots } = table
    const at = placeOf(slot)
    const node = hasImages ? slots[slot]?.node : undefined
    ownScore[slot] =
      weights.NodeResourcesFit * leastAllocated(spec, amounts, at) +
      weights.NodeResourcesBalancedAllocation * balancedAllocation(spec, amounts, at) +
      (node === undefined ? 0 : weights.ImageLocality * imageLocality(spec, node, imageStates, nodes))
  }

  function countCopies(slot: number): void {
    const info = table.slots[slot]
    if (copies !== undefined) copies[slot] = info !== undefined && refusedBy[slot] === PASSES ? copiesThatFit(spec, info) : 0
  }

  function askAgain(slot: number): void {
    ask(slot)
    countCopies(slot)
  }

  const scoreOn = (slot: number): number => (refusedBy[slot] === PASSES ? (ownScore[slot] ?? 0) : -1)

  return {
    refusedBy,
    intolerableTaints: ofNodes.intolerableTaints,
    preferredWeight: ofNodes.preferredWeight,
    ownScore,
    cells(marks) {
      const { layout, changes } = table
      if (cellsOver !== layout) cellsByPartition.clear()
      cellsOver = layout
      const partition = layout.partition([...marks, ...ofNodes.marks(layout)])
      let known = cellsByPartition.get(partition)
      if (known === undefined) {
        cellsByPartition.set(partition, (known = { cells: createNodeCells(partition, scoreOn, highestScore), asOf }))
        const [oldest] = cellsByPartition.keys()
        if (cellsByPartition.size > MOST_CELLS && oldest !== undefined) cellsByPartition.delete(oldest)
      }
      // Many ways to tell nodes apart are kept; each is brought up to date when it is asked for.
      const { cells } = known
      changes.forEachSince(known.asOf, slot => cells.set(slot, scoreOn(slot)))
      known.asOf = asOf
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
    refresh(statesNow, nodesNow) {
      const { slots, changes, layout } = table
      ofNodes.refresh()
      // Whatever tells nodes apart has changed: the cells are those of nodes that were.
      if (cellsOver !== layout) cellsByPartition.clear()
      // A node that pulls an image changes what the image is worth on all others.
      const isImageMoved = hasImages && (nodes !== nodesNow || statesNow.some((state, index) => state !== imageStates[index]))
      imageStates = statesNow
      nodes = nodesNow
      if (isImageMoved) {
        cellsByPartition.clear()
        for (let slot = 0; slot < slots.length; slot += 1) askAgain(slot)
      } else changes.forEachSince(asOf, askAgain)
      asOf = changes.clock
    },
  }
}

interface SlotFilter {
  readonly number: number
  readonly refuses: (slot: number) => boolean
}

/** Those that read what is on the node, in plugin order. */
function filtersOn({ slots, amounts }: NodeTable, context: PluginContext, pod: PodRecord): readonly SlotFilter[] {
  const { profile } = context
  const { requests } = pod.spec
  const scalars = scalarsAsked(profile, pod.spec)
  const lacksScalars = (info: NodeInfo | undefined): boolean => info !== undefined && lacksAny(scalars, info)
  const takesPorts = FILTERS.NodePorts(context, pod)
  const refusesOn = (plugin: FilterPlugin): SlotFilter['refuses'] | undefined => {
    if (plugin === 'NodeResourcesFit') {
      return slot => !hasRoomFor(requests, amounts, placeOf(slot)) || (scalars.length > 0 && lacksScalars(slots[slot]))
    }
    if (plugin !== 'NodePorts' || takesPorts === undefined) return undefined
    return slot => {
      const info = slots[slot]
      return info !== undefined && takesPorts(info) !== undefined
    }
  }
  return FILTER_PLUGINS.flatMap((plugin, index) => {
    const refuses = profile.disabledFilters.has(plugin) ? undefined : refusesOn(plugin)
    return refuses === undefined ? [] : [{ number: index + 1, refuses }]
  })
}
