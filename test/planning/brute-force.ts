import type { SmallCluster, SmallConstraint } from './small-clusters.ts'

// The fewest evictions by trying them all. It knows nothing of the planner and shares no code with it: pods of a workload are interchangeable, so
// a state is how many of each workload stand on each node, and every state that one helpful eviction reaches is looked at, breadth first.

/** Pods that may be moved, by workload and node. */
type State = readonly (readonly number[])[]

export interface Optimum {
  /** The least excess that helpful evictions can reach. */
  readonly excess: number
  /** The fewest of them that reach it. */
  readonly evictions: number
}

/**
 * An eviction helps if the excess of some constraint falls and that of none rises. The replacement lands where it serves best, on any node that
 * has room and whose domains pass the hard constraints of its workload.
 */
export function fewestEvictions(cluster: SmallCluster): Optimum {
  const groups = distinct(cluster.workloads.flatMap(({ constraints, pods }) => (pods.length > 0 ? constraints : [])))
  const start: State = cluster.workloads.map(({ pods }) =>
    cluster.nodes.map((_, node) => pods.filter(pod => pod.node === node && !pod.isPinned).length),
  )
  let best: Optimum = { excess: total(excesses(cluster, groups, start)), evictions: 0 }
  const seen = new Set([JSON.stringify(start)])
  let level: readonly State[] = [start]
  for (let evictions = 1; level.length > 0 && best.excess > 0; evictions += 1) {
    const next: State[] = []
    for (const state of level) {
      for (const after of helpful(cluster, groups, state)) {
        const key = JSON.stringify(after)
        if (seen.has(key)) continue
        seen.add(key)
        next.push(after)
        const excess = total(excesses(cluster, groups, after))
        if (excess < best.excess) best = { excess, evictions }
      }
    }
    level = next
  }
  return best
}

function helpful(cluster: SmallCluster, groups: readonly SmallConstraint[], state: State): readonly State[] {
  const before = excesses(cluster, groups, state)
  const found: State[] = []
  for (const [w, workload] of cluster.workloads.entries()) {
    for (const from of cluster.nodes.keys()) {
      if ((state[w]?.[from] ?? 0) === 0) continue
      const without = changed(state, w, from, -1)
      for (const to of cluster.nodes.keys()) {
        if (to === from || !hasRoom(cluster, state, to) || !workload.constraints.every(each => passes(cluster, without, each, to))) continue
        const state2 = changed(without, w, to, 1)
        const after = excesses(cluster, groups, state2)
        const isHelpful = after.some((excess, i) => excess < (before[i] ?? 0)) && after.every((excess, i) => excess <= (before[i] ?? 0))
        if (isHelpful) found.push(state2)
      }
    }
  }
  return found
}

function changed(state: State, workload: number, node: number, by: number): State {
  return state.map((row, w) => (w === workload ? row.map((count, n) => (n === node ? count + by : count)) : row))
}

function hasRoom({ nodes, workloads }: SmallCluster, state: State, node: number): boolean {
  const pinned = workloads.flatMap(({ pods }) => pods).filter(pod => pod.isPinned && pod.node === node).length
  return pinned + total(state.map(row => row[node] ?? 0)) < (nodes[node]?.slots ?? 0)
}

/** kube-scheduler's filter: the count of the node's domain with the pod in it, less the lowest count. */
function passes(cluster: SmallCluster, state: State, constraint: SmallConstraint, node: number): boolean {
  if (!constraint.isHard) return true
  const counts = countsOf(cluster, state, constraint)
  const count = counts.get(cluster.nodes[node]?.domains[constraint.key] ?? '') ?? 0
  return count + 1 - Math.min(...counts.values()) <= constraint.maxSkew
}

function countsOf(
  { nodes, workloads }: SmallCluster,
  state: State,
  { key, counts: counted }: SmallConstraint,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const [n, { domains }] of nodes.entries()) {
    let pods = 0
    for (const [w, workload] of workloads.entries()) {
      if (!counted.includes(workload.name)) continue
      pods += (state[w]?.[n] ?? 0) + workload.pods.filter(pod => pod.isPinned && pod.node === n).length
    }
    const domain = domains[key] ?? ''
    counts.set(domain, (counts.get(domain) ?? 0) + pods)
  }
  return counts
}

function excesses(cluster: SmallCluster, groups: readonly SmallConstraint[], state: State): readonly number[] {
  return groups.map(group => {
    const counts = [...countsOf(cluster, state, group).values()]
    const allowed = Math.min(...counts) + group.maxSkew
    return total(counts.map(count => Math.max(0, count - allowed)))
  })
}

/** Workloads that share a constraint word for word share its excess. */
function distinct(constraints: readonly SmallConstraint[]): readonly SmallConstraint[] {
  return [...new Map(constraints.map(constraint => [JSON.stringify(constraint), constraint])).values()]
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}
