import type { NodeRecord } from '../cluster/node.ts'
import type { PodSpec } from '../cluster/pod.ts'
import type { Score } from './plugin.ts'

const MIB = 1024 * 1024
const LOWEST = 23 * MIB
const HIGHEST_PER_CONTAINER = 1000 * MIB

/**
 * Nodes that have the pod's images already, the more so the larger the images and the wider they are spread (imagelocality, 1.36).
 * Upstream takes an image's size from the first node that reported it; here it is what the node itself reports.
 */
export const imageLocalityScore: Score = ({ infos }, { spec }, feasible) => {
  const nodes = Array.from(infos, ({ node }) => node)
  const nodesWith = spec.images.map(image => nodes.filter(node => node.images.has(image)).length)
  return feasible.map(({ node }) => imageLocality(spec, node, nodesWith, nodes.length))
}

/** 0..100. `nodesWith` says for each of the spec's images how many of the cluster's `nodes` have it. */
export function imageLocality({ images, containerCount }: PodSpec, node: NodeRecord, nodesWith: readonly number[], nodes: number): number {
  let sum = 0
  for (const [index, image] of images.entries()) {
    const size = node.images.get(image)
    if (size !== undefined) sum += Math.trunc(size * ((nodesWith[index] ?? 0) / nodes))
  }
  const highest = HIGHEST_PER_CONTAINER * containerCount
  const clamped = Math.min(Math.max(sum, LOWEST), highest)
  return Math.trunc((100 * (clamped - LOWEST)) / (highest - LOWEST))
}
