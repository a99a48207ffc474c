import { memo } from '../cluster/memo.ts'
import type { NodeRecord } from '../cluster/node.ts'

/** What ImageLocality knows of an image in the whole cluster. */
export interface ImageState {
  /**
   * Number of nodes that have it. What the scheduler scores a node by is the number as it was when that node last changed (backend/cache
   * UpdateSnapshot, 1.36): after nodes have come or gone, others score a few points more or less for a while, and no object tells.
   */
  readonly nodes: number
  /** Bytes: the most that one of those nodes reports. */
  readonly size: number
}

/** Images by name, advanced node by node. */
export interface ImageNodes {
  stateOf(image: string): ImageState
  change(before: NodeRecord | undefined, after: NodeRecord | undefined): void
}

const NOWHERE: ImageState = { nodes: 0, size: 0 }

export function createImageNodes(): ImageNodes {
  const holders = new Map<string, Set<NodeRecord>>()
  const states = new Map<string, ImageState>()

  function add(image: string, node: NodeRecord): void {
    memo(holders, image, () => new Set()).add(node)
    states.delete(image)
  }

  function remove(image: string, node: NodeRecord): void {
    const nodes = holders.get(image)
    nodes?.delete(node)
    if (nodes?.size === 0) holders.delete(image)
    states.delete(image)
  }

  return {
    stateOf(image) {
      const nodes = holders.get(image)
      if (nodes === undefined) return NOWHERE
      return memo(states, image, () => imageState(image, nodes))
    },
    change(before, after) {
      if (before !== undefined) for (const image of before.images.keys()) remove(image, before)
      if (after !== undefined) for (const image of after.images.keys()) add(image, after)
    },
  }
}

/**
 * Where nodes report different sizes for one name, upstream keeps the first that it heard (backend/cache addNodeImageStates, 1.36), and which
 * that was no object tells. The largest is as good a guess as any and the same every time.
 */
export function imageState(image: string, nodes: Iterable<NodeRecord>): ImageState {
  let count = 0
  let size = 0
  for (const node of nodes) {
    const reported = node.images.get(image)
    if (reported === undefined) continue
    count += 1
    size = Math.max(size, reported)
  }
  return { nodes: count, size }
}
