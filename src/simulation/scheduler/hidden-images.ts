import type { ClusterRecord } from '../../cluster/records.ts'
import { hash32 } from '../random.ts'

/** Images that only the scheduler knows to be on nodes: a node reports no more than 50, so that nobody else can tell its scores in full. */
export interface HiddenImages {
  /** Learns the images of a pod; true when one of them was new, so that nodes look different from now on. */
  learn(images: readonly string[]): boolean
  /** The record as the scheduler sees it; to look at one again changes nothing. */
  seenAs(record: ClusterRecord): ClusterRecord
}

const SMALLEST = 100 * 2 ** 20
const SIZES = 900 * 2 ** 20

/** Half of the pairs of node and image have it; which ones and how big hangs on the seed and the two names alone. */
export function createHiddenImages(seed: number): HiddenImages {
  const known = new Set<string>()
  return {
    learn: images => {
      const before = known.size
      for (const image of images) known.add(image)
      return known.size > before
    },
    seenAs: record => {
      if (record.kind !== 'Node') return record
      const here = Array.from(known).filter(image => hash32(`${seed}/${record.name}/${image}`) % 2 === 0)
      const images = new Map(record.images)
      for (const image of here) images.set(image, SMALLEST + (hash32(`${seed}/${image}`) % SIZES))
      return { ...record, images }
    },
  }
}
