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

/** Feasible nodes by total and zone group. */
export interface TotalsByGroup {
  readonly lowest: number
  readonly highest: number
  /** By group: how many there are. */
  readonly feasible: readonly number[]
  /** Adds to `hits`, by group, those with that total; returns how many these are. Totals are asked for from the highest down. */
  addHits(total: number, hits: number[]): number
}

/**
 * The highest total that every sample of `toFind` feasible nodes is sure to contain, or to exceed: what the scheduler's choice has at least,
 * whichever nodes it happens to look at. `sizes` are the nodes of each zone group, feasible or not.
 */
export function sureTotal(totals: TotalsByGroup, sizes: readonly number[], toFind: number): number {
  const { lowest, highest, feasible } = totals
  const hits = sizes.map(() => 0)
  const list = { sizes, rows: Math.max(...sizes), chunk: chunkSize(sum(sizes)) }
  for (let total = highest; total > lowest; total -= 1) {
    if (totals.addHits(total, hits) > 0 && mostWithoutHit(hits, feasible, list) < toFind) return total
  }
  return lowest
}

/** The list of nodes that the scheduler goes through. */
interface NodeList {
  /** Nodes by zone group. */
  readonly sizes: readonly number[]
  /** The largest of these. */
  readonly rows: number
  /** Nodes that a worker takes at a time. */
  readonly chunk: number
}

/**
 * The most feasible nodes that the scheduler can look at without meeting a hit, over every order of the nodes within their zone group, every
 * start and every timing of its workers.
 *
 * The list of nodes goes round the zone groups: row r holds the r-th node of each group that has so many. A group with h hits leaves at most
 * R - h of the R rows blank. Workers take runs of that list; a run without a hit spans nodes of blank rows and, of the rows around them, at
 * most one node of each other group. Runs are whole chunks, or the beginning of the chunk that a worker was at when the search ended.
 */
function mostWithoutHit(hits: readonly number[], feasible: readonly number[], { sizes, rows, chunk }: NodeList): number {
  const others = sizes.length - 1
  let most = sum(feasible) - sum(hits)
  if (chunk <= others) return most
  // Plain loops: a prediction on a large cluster comes through here dozens of times.
  for (let group = 0; group < sizes.length; group += 1) {
    const hitsOfGroup = hits[group] ?? 0
    if (hitsOfGroup === 0) continue
    const blank = rows - hitsOfGroup
    let blankNodes = 0
    let feasibleBlank = 0
    for (let other = 0; other < sizes.length; other += 1) {
      blankNodes += Math.min(sizes[other] ?? 0, blank)
      feasibleBlank += Math.min((feasible[other] ?? 0) - (hits[other] ?? 0), blank)
    }
    const wholeChunks = Math.trunc(blankNodes / (chunk - others)) + 1
    most = Math.min(most, feasibleBlank + others * (WORKERS + wholeChunks))
  }
  return most
}

/** Nodes that a worker takes at a time (framework/parallelize, 1.36). */
function chunkSize(nodes: number): number {
  return Math.max(1, Math.min(Math.trunc(Math.sqrt(nodes)), Math.trunc(nodes / WORKERS) + 1))
}

function sum(numbers: readonly number[]): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}
