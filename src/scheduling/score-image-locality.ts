import type { NodeRecord } from '../cluster/node.ts'
import type { PodSpec } from '../cluster/pod.ts'
import { imageState, type ImageState } from './image-nodes.ts'
import type { Score } from './plugin.ts'

const MIB = 1024 * 1024
const LOWEST = 23 * MIB
const HIGHEST_PER_CONTAINER = 1000 * MIB

/** Nodes that have the pod's images already, the more so the larger the images and the wider they are spread (imagelocality, 1.36). */
export const imageLocalityScore: Score = ({ infos }, { spec }, feasible) => {
  const nodes = Array.from(infos, ({ node }) => node)
  const states = spec.images.map(image => imageState(image, nodes))
  return feasible.map(({ node }) => imageLocality(spec, node, states, nodes.length))
}

/** Whether a node that has all of them could score anything for it: images that only a few of many nodes have are worth nothing. */
export function areWorthAnything(states: readonly ImageState[], nodes: number): boolean {
  return states.reduce((sum, state) => sum + worth(state, nodes), 0) > LOWEST
}

const worth = (state: ImageState, nodes: number): number => Math.trunc(state.size * (state.nodes / nodes))

/** 0..100. `states` are those of the spec's images, in step; `nodes` is the number of nodes in the cluster. */
export function imageLocality({ images, containerCount }: PodSpec, node: NodeRecord, states: readonly ImageState[], nodes: number): number {
  let sum = 0
  for (const [index, image] of images.entries()) {
    const state = states[index]
    if (state !== undefined && node.images.has(image)) sum += worth(state, nodes)
  }
  const highest = HIGHEST_PER_CONTAINER * containerCount
  const clamped = Math.min(Math.max(sum, LOWEST), highest)
  return Math.trunc((100 * (clamped - LOWEST)) / (highest - LOWEST))
}
