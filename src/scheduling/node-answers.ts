import { memo } from '../cluster/memo.ts'
import type { PodRecord, PodSpec } from '../cluster/pod.ts'
import { contentFilters, OF_ITS_PODS } from './filter-node-contents.ts'
import type { ImageNodes, ImageState } from './image-nodes.ts'
import type { ToldApart } from './distinction.ts'
import { createKeptForSpecs } from './kept-for-specs.ts'
import { createNodeCells, type NodeCells } from './node-cells.ts'
import type { Mark } from './node-partition.ts'
import { createNodeRooms } from './node-rooms.ts'
import type { NodeTable } from './node-table.ts'
import type { PluginContext } from './plugin.ts'
import { FILTER_PLUGINS } from './plugins.ts'
import { areWorthAnything, imageLocality } from './score-image-locality.ts'
import { resourcesScorer } from './score-node-resources.ts'
import { keysFor, type SpecKeys } from './spec-keys.ts'
import { createStaticAnswers, OF_THE_NODE, type StaticAnswers } from './static-answers.ts'
import { PASSES, UNREADABLE } from './verdict-numbers.ts'

/**
 * What one pod spec gets to hear from each node as long as nothing changes on that node: the filters and raw scores that read the node and
 * what is on it, and nothing else. Arrays run by slot.
 */
export interface NodeAnswers {
  /** How many slots there is room for. */
  readonly capacity: number
  /** {@link PASSES}, {@link UNREADABLE}, or 1 + the place in FILTER_PLUGINS of the first of these filters to refuse. */
  refusedBy(slot: number): number
  readonly intolerableTaints: Int32Array
  readonly preferredWeight: Int32Array
  /** 1 where the pod would be evicted again after a while. */
  readonly expelsLater: Int32Array
  /**
   * Weighted sum of the scores that need no look at other nodes: NodeResourcesFit, BalancedAllocation, ImageLocality. -1 where refused, and
   * {@link UNSCORED} for nodes that nobody has asked about, be it as part of a cell: most specs are asked of the nodes of a zone or two.
   */
  readonly ownScore: Int32Array
  /** The nodes by what the marks say of them and by what is scored against other nodes, so that each cell's nodes differ in `ownScore` alone. */
  cells(told: ToldApart): NodeCells
}

/** Nobody has asked about the node. */
const UNSCORED = -2

/** The other filters, asked anew for each pod. */
export const OTHER_FILTERS = FILTER_PLUGINS.filter(plugin => !OF_THE_NODE.has(plugin) && !OF_ITS_PODS.has(plugin))

/** Ways to tell nodes apart that are kept for a spec: workloads that ask the same of a node may differ in their constraints. */
const MOST_CELLS = 16

/** What nodes answer to the pods of all specs, brought up to date when asked: costs the nodes that have changed since the last time. */
export interface NodeAnswersBySpec {
  of(context: PluginContext, pod: PodRecord): NodeAnswers
  /** By slot: copies of the pod that the node has room for; none where it is about to go. A value: it stays what it was. */
  roomFor(context: PluginContext, pod: PodRecord): Int32Array
}

export function createNodeAnswers(table: NodeTable, images: ImageNodes): NodeAnswersBySpec {
  const statics = createKeptForSpecs<StaticAnswers>(table)
  const answers = createKeptForSpecs<Kept>(table)
  const keys = new WeakMap<PodSpec, SpecKeys>()
  let latest: { readonly spec: PodSpec; readonly nodesAsOf: number; readonly kept: Kept } | undefined
  table.onTurn(() => {
    for (const kept of statics.all()) kept.turn()
    for (const kept of answers.all()) kept.turn()
  })

  function keptFor(context: PluginContext, pod: PodRecord): Kept {
    const { spec } = pod
    const nodesAsOf = table.nodeChanges.clock
    if (latest?.spec === spec && latest.nodesAsOf === nodesAsOf) return latest.kept
    const keysOf = memo(keys, spec, () => keysFor(spec))
    const nodes = table.layout().byName.length
    const states = spec.images.map(image => images.stateOf(image))
    // Most images are on few nodes, where they are worth nothing: workloads that differ in nothing else share their answers.
    const hasImages = areWorthAnything(states, nodes)
    const ofNodes = statics.of(keysOf.ofNodes, capacity => createStaticAnswers(table, context, pod, capacity))
    const key = hasImages ? keysOf.withImages() : keysOf.own
    // As long as what the nodes themselves answer: they are renewed together.
    const kept = answers.of(key, () => keep(table, ofNodes, context, pod, hasImages))
    kept.lookAtNodes(states, nodes)
    latest = { spec, nodesAsOf, kept }
    return kept
  }

  return {
    of(context, pod) {
      const kept = keptFor(context, pod)
      kept.refresh()
      return kept
    },
    roomFor: (context, pod) => keptFor(context, pod).room(),
  }
}

interface Kept extends NodeAnswers {
  /** Catches up with changes of the nodes themselves, and of the images that they have. */
  lookAtNodes(images: readonly ImageState[], nodes: number): void
  /** Catches up with what is on the nodes. */
  refresh(): void
  room(): Int32Array
  /** The layout is not what it was: the cells are those of nodes that were. */
  turn(): void
}

interface KnownCells {
  readonly cells: NodeCells
  asOf: number
}

function keep(table: NodeTable, ofNodes: StaticAnswers, context: PluginContext, pod: PodRecord, hasImages: boolean): Kept {
  const { spec } = pod
  const { weights } = context.profile
  const { amounts, slots } = table
  const { isTaken, firstOf } = contentFilters(table, context, pod)
  const { capacity } = ofNodes
  const refusedBy = new Uint8Array(capacity)
  const ownScore = new Int32Array(capacity).fill(UNSCORED)
  const resourcesScore = resourcesScorer(amounts, context.profile, spec)
  const rooms = createNodeRooms(table, ofNodes.refusedBy, context.profile, spec, isTaken)

  const highestScore = 100 * (weights.NodeResourcesFit + weights.NodeResourcesBalancedAllocation + weights.ImageLocality)
  const cellsByPartition = new Map<object, KnownCells>()
  /** Whoever plans asks by the same marks again and again. */
  let latest: (ToldApart & { readonly known: KnownCells }) | undefined
  let asOf = table.changes.clock
  let imageStates: readonly ImageState[] = []
  let nodes = 0

  function filter(slot: number): void {
    const first = ofNodes.refusedBy[slot] ?? UNREADABLE
    refusedBy[slot] = first === PASSES ? firstOf(slot) : first
  }

  function score(slot: number): void {
    ownScore[slot] = refusedBy[slot] === PASSES ? resourcesScore(slot) + (hasImages ? imagesScore(slot) : 0) : -1
  }

  const isScored = (slot: number): boolean => ownScore[slot] !== UNSCORED

  // Loops of their own, each short enough for V8 to inline all that it calls: together they take twice as long.
  function scoreNew(among: Int32Array): void {
    for (const slot of among) if (!isScored(slot)) filter(slot)
    for (const slot of among) if (!isScored(slot)) score(slot)
  }

  function scoreAnew(slot: number): void {
    filter(slot)
    score(slot)
  }

  function imagesScore(slot: number): number {
    const node = slots[slot]?.node
    return node === undefined ? 0 : weights.ImageLocality * imageLocality(spec, node, imageStates, nodes)
  }

  function cellsFor(marks: readonly Mark[]): KnownCells {
    const partition = table.layout().partition([...marks, ...ofNodes.marks()])
    const known = memo(cellsByPartition, partition, () => ({ cells: createNodeCells(partition, ownScore, scoreNew, highestScore), asOf }))
    const [oldest] = cellsByPartition.keys()
    if (cellsByPartition.size > MOST_CELLS && oldest !== undefined) cellsByPartition.delete(oldest)
    return known
  }

  function forgetCells(): void {
    cellsByPartition.clear()
    latest = undefined
  }

  return {
    capacity,
    refusedBy(slot) {
      if (!isScored(slot)) scoreAnew(slot)
      return refusedBy[slot] ?? UNREADABLE
    },
    intolerableTaints: ofNodes.intolerableTaints,
    preferredWeight: ofNodes.preferredWeight,
    expelsLater: ofNodes.expelsLater,
    ownScore,
    cells({ own, further }) {
      const { changes } = table
      if (latest?.own !== own || latest.further !== further) latest = { own, further, known: cellsFor([...own, ...further]) }
      const { known } = latest
      // Many ways to tell nodes apart are kept; each is brought up to date when it is asked for.
      const { cells } = known
      for (let slot = changes.newest(known.asOf); slot !== -1; slot = changes.before(slot, known.asOf))
        cells.set(slot, ownScore[slot] ?? -1)
      known.asOf = asOf
      return cells
    },
    room: () => rooms.now(),
    turn: forgetCells,
    lookAtNodes(statesNow, nodesNow) {
      ofNodes.refresh()
      // A node that pulls an image changes what the image is worth on all others.
      const isImageMoved = hasImages && (nodes !== nodesNow || statesNow.some((state, index) => state !== imageStates[index]))
      imageStates = statesNow
      nodes = nodesNow
      if (!isImageMoved) return
      forgetCells()
      for (let slot = 0; slot < slots.length; slot += 1) if (isScored(slot)) score(slot)
    },
    refresh() {
      const { changes } = table
      for (let slot = changes.newest(asOf); slot !== -1; slot = changes.before(slot, asOf)) if (isScored(slot)) scoreAnew(slot)
      asOf = changes.clock
    },
  }
}
