import type { Labels } from '../cluster/labels.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import type { DomainIndexes } from './domain-index.ts'
import { excessOfTally, tallyOf, type SpreadRule } from './excess.ts'
import { counts, type Group } from './groups.ts'

/** The counts of one group while a plan is made: they start as the cluster has them and follow the plan's moves. */
export interface SpreadState {
  readonly group: Group
  readonly rule: SpreadRule
  /** Domain names, sorted; `counts` runs in step. */
  readonly domains: readonly string[]
  readonly counts: readonly number[]
  /** Counts before the first move. */
  readonly initial: readonly number[]
  /** Names of the nodes that count, by domain. */
  readonly nodes: readonly (readonly string[])[]
  /** The domain of a node by index; undefined for a node that does not count. */
  domainOf(nodeName: string): number | undefined
  /** The same by slot of the node layout; -1 for a node that does not count. */
  readonly domainBySlot: Int32Array
  /** Changes the count of a domain. */
  add(domain: number, amount: number): void
  excess(): number
  /** The lowest count, whatever minDomains makes of it; 0 without domains. */
  lowest(): number
  /** What no count exceeds. */
  highest(): number
}

export function spreadStateOf(model: SchedulerModel, group: Group, indexes: DomainIndexes): SpreadState {
  const { constraint, representative } = group
  const spread = model.spreadOf(representative, constraint)
  const index = indexes(group, spread.over)
  const initial = index.inOrder(spread.byNumber)
  const rule = { maxSkew: constraint.maxSkew, minDomains: constraint.minDomains ?? 1 }
  // Thousands of domains for the hostname key, and a handful of different counts.
  const tally = tallyOf(initial)
  let current = initial
  return {
    group,
    rule,
    domains: index.names,
    get counts() {
      return current
    },
    initial,
    nodes: index.nodes,
    domainOf: name => index.of(name),
    domainBySlot: index.bySlot,
    add(domain, amount) {
      if (current === initial) current = [...initial]
      const before = current[domain] ?? 0
      const after = before + amount
      current[domain] = after
      tally[before] = (tally[before] ?? 0) - 1
      tally[after] = (tally[after] ?? 0) + 1
    },
    excess: () => excessOfTally(tally, current.length, rule),
    highest: () => tally.length - 1,
    lowest: () =>
      Math.max(
        0,
        tally.findIndex(domains => domains > 0),
      ),
  }
}

export const excessNow = (state: SpreadState): number => state.excess()

/** The groups of a plan, found by the pods that they count. */
export interface SpreadStates {
  readonly all: readonly SpreadState[]
  /** Those whose selector reaches the pod, whether or not it carries their constraint, in the order of `all`. */
  counting(pod: PodRecord): readonly SpreadState[]
}

export function createSpreadStates(all: readonly SpreadState[]): SpreadStates {
  const byNamespace = Map.groupBy(all, state => state.group.namespace)
  const known = new Map<string, Map<Labels, readonly SpreadState[]>>()
  return {
    all,
    counting(pod) {
      const byLabels = known.get(pod.namespace) ?? new Map<Labels, readonly SpreadState[]>()
      known.set(pod.namespace, byLabels)
      const found = byLabels.get(pod.labels) ?? (byNamespace.get(pod.namespace) ?? []).filter(state => counts(state.group, pod))
      byLabels.set(pod.labels, found)
      return found
    },
  }
}

/** Counts the pod on the node (1), or no longer (-1), in every group that it counts for. */
export function count(states: SpreadStates, pod: PodRecord, nodeName: string, change: 1 | -1): void {
  for (const state of states.counting(pod)) {
    const domain = state.domainOf(nodeName)
    if (domain !== undefined) state.add(domain, change)
  }
}

/** One pod leaves one node and another arrives on one: what a move is to the groups. */
export interface Shift {
  readonly leaving: PodRecord
  readonly from: string
  readonly arriving: PodRecord
  readonly to: string
}

/** Changes the counts by a move; the same call with `direction` -1 takes it back. */
export function shift(states: SpreadStates, move: Shift, direction: 1 | -1 = 1): void {
  count(states, move.leaving, move.from, direction === 1 ? -1 : 1)
  count(states, move.arriving, move.to, direction)
}

/** Excess after one pod less in one domain and one more in another (undefined: in none), which is taken back at once. */
export function excessAfter(state: SpreadState, from: number | undefined, to: number | undefined): number {
  if (from !== undefined) state.add(from, -1)
  if (to !== undefined) state.add(to, 1)
  const excess = state.excess()
  if (to !== undefined) state.add(to, -1)
  if (from !== undefined) state.add(from, 1)
  return excess
}
