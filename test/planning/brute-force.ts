import type { ClusterState } from '../../src/cluster/cluster-state.ts'
import type { PodRecord } from '../../src/cluster/pod.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import type { Prediction } from '../../src/scheduling/prediction.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import type { SchedulerModel } from '../../src/scheduling/scheduler-model.ts'
import type { SmallCluster, SmallConstraint } from './small-clusters.ts'

// The fewest evictions by trying them all. It knows nothing of the planner and shares no code with it: pods of a workload are interchangeable, so
// a state is how many of each workload stand on each node, and every state that one helpful eviction reaches is looked at, breadth first.

/** Pods of each workload on each node, pinned ones left out. */
type State = readonly (readonly number[])[]

export interface Optimum {
  /** The least excess that helpful evictions can reach. */
  readonly excess: number
  /** The fewest of them that reach it. */
  readonly evictions: number
}

/** Where the replacement of a pod of that workload goes from that node: the nodes to try, none where it must not be evicted. */
type Landings = (state: State, workload: number, from: number) => readonly number[]

/**
 * An eviction helps if the excess of some constraint that the pod carries falls and that of none rises. The replacement lands where it serves best, on any node that
 * has room and whose domains pass the hard constraints of its workload.
 */
export function fewestEvictions(cluster: SmallCluster): Optimum {
  return fewest(cluster, (state, workload, from) => {
    const without = changed(state, workload, from, -1)
    const constraints = cluster.workloads[workload]?.constraints ?? []
    return [...cluster.nodes.keys()].filter(
      to => to !== from && hasRoom(cluster, state, to) && constraints.every(each => passes(cluster, without, each, to)),
    )
  })
}

/**
 * The same where only those evictions count of which every landing that the scheduler's scores leave open helps, and where the worst of these
 * happens: what a plan can promise. Asks the scheduler model alone.
 */
export function fewestSureEvictions(cluster: SmallCluster, objects: ClusterState): Optimum {
  const groups = groupsIn(cluster)
  const nodeAt = new Map(cluster.nodes.map(({ name }, place) => [name, place]))
  const model = createSchedulerModel(objects, DEFAULT_PROFILES)
  const standing = new Map<PodRecord, PodRecord>()
  return fewest(cluster, (state, workload, from) => {
    const leading = leadingAfter(model, standing, cluster, state, workload, from).map(name => nodeAt.get(name) ?? 0)
    const before = excesses(cluster, groups, state)
    const after = leading.map(to => excesses(cluster, groups, changed(changed(state, workload, from, -1), workload, to, 1)))
    if (!after.every(each => isHelpful(before, each, groups, workload))) return []
    const worst = after.reduce((most, each, i) => (total(each) > total(after[most] ?? []) ? i : most), 0)
    return leading.slice(worst, worst + 1)
  })
}

/** The nodes among which the scheduler's choice is, its favourite first, once a pod of the workload is evicted from the node. */
function leadingAfter(
  model: SchedulerModel,
  standing: Map<PodRecord, PodRecord>,
  cluster: SmallCluster,
  state: State,
  workload: number,
  from: number,
): readonly string[] {
  const victim = standAs(model, standing, cluster, state).get(`${workload}/${from}`)
  if (victim === undefined) return []
  const { name } = cluster.workloads[workload] ?? { name: '' }
  const original = [...model.cluster.pods()].find(pod => pod.labels.get('app') === name)
  const answer = original && model.replacementOf(original)
  if (answer?.kind !== 'replacement') return []
  const terminating = { ...victim, deletedAt: 1 }
  model.imagine(victim, terminating)
  const prediction: Prediction = model.predict({ ...answer.pod, name: 'next', uid: 'next' })
  model.imagine(terminating, victim)
  return prediction.kind === 'placed' ? prediction.leading.map(node => node.name) : []
}

/**
 * Puts all pods of the model that may be moved where the state has them; returns one pod that may be moved for each workload and node.
 *
 * @param standing how the model has those that it has otherwise than the objects do
 */
function standAs(
  model: SchedulerModel,
  standing: Map<PodRecord, PodRecord>,
  { workloads, nodes }: SmallCluster,
  state: State,
): ReadonlyMap<string, PodRecord> {
  const movable = new Map<string, PodRecord>()
  for (const [w, { name, pods }] of workloads.entries()) {
    const records = [...model.cluster.pods()].filter(pod => pod.labels.get('app') === name)
    const free = records.filter((_, i) => pods[i]?.isPinned === false)
    const places = (state[w] ?? []).flatMap((count, node) => Array.from({ length: count }, () => node))
    for (const [i, node] of places.entries()) {
      const record = free[i]
      if (record === undefined) continue
      const moved = { ...record, nodeName: nodes[node]?.name }
      model.imagine(standing.get(record) ?? record, moved)
      standing.set(record, moved)
      movable.set(`${w}/${node}`, moved)
    }
  }
  return movable
}

function fewest(cluster: SmallCluster, landings: Landings): Optimum {
  const groups = groupsIn(cluster)
  const start: State = cluster.workloads.map(({ pods }) =>
    cluster.nodes.map((_, node) => pods.filter(pod => pod.node === node && !pod.isPinned).length),
  )
  let best: Optimum = { excess: total(excesses(cluster, groups, start)), evictions: 0 }
  const seen = new Set([JSON.stringify(start)])
  let level: readonly State[] = [start]
  for (let evictions = 1; level.length > 0 && best.excess > 0; evictions += 1) {
    const next: State[] = []
    for (const state of level) {
      for (const after of helpful(cluster, groups, state, landings)) {
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

function helpful(cluster: SmallCluster, groups: readonly SharedConstraint[], state: State, landings: Landings): readonly State[] {
  const before = excesses(cluster, groups, state)
  const found: State[] = []
  for (const workload of cluster.workloads.keys()) {
    for (const from of cluster.nodes.keys()) {
      if ((state[workload]?.[from] ?? 0) === 0) continue
      const without = changed(state, workload, from, -1)
      for (const to of landings(state, workload, from)) {
        const after = changed(without, workload, to, 1)
        if (isHelpful(before, excesses(cluster, groups, after), groups, workload)) found.push(after)
      }
    }
  }
  return found
}

function isHelpful(before: readonly number[], after: readonly number[], groups: readonly SharedConstraint[], workload: number): boolean {
  return (
    after.some((excess, i) => excess < (before[i] ?? 0) && groups[i]?.carriers.has(workload) === true) &&
    after.every((excess, i) => excess <= (before[i] ?? 0))
  )
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

interface SharedConstraint extends SmallConstraint {
  /** Places of the workloads whose pods carry it. */
  readonly carriers: ReadonlySet<number>
}

/**
 * Workloads that share a constraint word for word share its excess, if it counts the same nodes for them: for a hard one those that have the keys of all
 * hard ones, for a soft one those that have all keys.
 */
function groupsIn({ workloads }: SmallCluster): readonly SharedConstraint[] {
  const groups = new Map<string, SmallConstraint & { readonly carriers: Set<number> }>()
  for (const [place, { constraints, pods }] of workloads.entries()) {
    if (pods.length === 0) continue
    for (const constraint of constraints) {
      const read = constraints.filter(({ isHard }) => isHard || !constraint.isHard).map(({ key, isHard }) => `${isHard} ${key}`)
      const id = JSON.stringify([constraint, read.sort()])
      const group = groups.get(id) ?? { ...constraint, carriers: new Set<number>() }
      group.carriers.add(place)
      groups.set(id, group)
    }
  }
  return [...groups.values()]
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}
