import type { ZoneGroups } from './zone-groups.ts'

const MINIMUM_NODES = 100
const MINIMUM_PERCENTAGE = 5
/** KubeSchedulerConfiguration `parallelism`. */
const WORKERS = 16

/** How many feasible nodes end the search for more (schedule_one.go numFeasibleNodesToFind, 1.36). */
export function feasibleNodesToFind(nodes: number, percentageOfNodesToScore: number): number {
  if (nodes < MINIMUM_NODES) return nodes
  const adaptive = Math.max(MINIMUM_PERCENTAGE, 50 - Math.trunc(nodes / 125))
  const percentage = percentageOfNodesToScore === 0 ? adaptive : percentageOfNodesToScore
  return Math.max(MINIMUM_NODES, Math.trunc((nodes * percentage) / 100))
}

/**
 * The highest total that every sample of `toFind` feasible nodes is sure to contain, or to exceed: what the scheduler's choice has at least,
 * whichever nodes it happens to look at. `feasible` (slots) and `totals` run in step.
 */
export function sureTotal(feasible: Int32Array, totals: Int32Array, zones: ZoneGroups, toFind: number): number {
  const groups = zones.sizes.length
  let [lowest, highest] = [Infinity, -Infinity]
  for (const total of totals) {
    if (total < lowest) lowest = total
    if (total > highest) highest = total
  }
  /** Number of feasible nodes by total and group. */
  const counts = new Int32Array((highest - lowest + 1) * groups)
  const feasibleByGroup = zones.sizes.map(() => 0)
  for (let i = 0; i < feasible.length; i += 1) {
    const group = zones.groupOf[feasible[i] ?? 0] ?? 0
    const at = ((totals[i] ?? 0) - lowest) * groups + group
    counts[at] = (counts[at] ?? 0) + 1
    feasibleByGroup[group] = (feasibleByGroup[group] ?? 0) + 1
  }
  const hits = zones.sizes.map(() => 0)
  for (let total = highest; total > lowest; total -= 1) {
    let changed = 0
    for (let group = 0; group < groups; group += 1) {
      const nodes = counts[(total - lowest) * groups + group] ?? 0
      hits[group] = (hits[group] ?? 0) + nodes
      changed += nodes
    }
    if (changed > 0 && mostWithoutHit(hits, feasibleByGroup, zones.sizes) < toFind) return total
  }
  return lowest
}

/**
 * The most feasible nodes that the scheduler can look at without meeting a hit, over every order of the nodes within their zone group, every
 * start and every timing of its workers.
 *
 * The list of nodes goes round the zone groups: row r holds the r-th node of each group that has so many. A group with h hits leaves at most
 * R - h of the R rows blank. Workers take runs of that list; a run without a hit spans nodes of blank rows and, of the rows around them, at
 * most one node of each other group. Runs are whole chunks, or the beginning of the chunk that a worker was at when the search ended.
 */
function mostWithoutHit(hits: readonly number[], feasible: readonly number[], sizes: readonly number[]): number {
  const misses = feasible.map((nodes, group) => nodes - (hits[group] ?? 0))
  const rows = Math.max(...sizes)
  const others = sizes.length - 1
  const chunk = chunkSize(sum(sizes))
  let most = sum(misses)
  for (const hitsOfGroup of hits) {
    if (hitsOfGroup === 0 || chunk <= others) continue
    const blank = rows - hitsOfGroup
    const wholeChunks = Math.trunc(sum(sizes.map(size => Math.min(size, blank))) / (chunk - others)) + 1
    most = Math.min(most, sum(misses.map(nodes => Math.min(nodes, blank))) + others * (WORKERS + wholeChunks))
  }
  return most
}

/** Nodes that a worker takes at a time (framework/parallelize, 1.36). */
function chunkSize(nodes: number): number {
  return Math.max(1, Math.min(Math.trunc(Math.sqrt(nodes)), Math.trunc(nodes / WORKERS) + 1))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
