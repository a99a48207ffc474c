import type { PodRecord } from '../cluster/pod.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { wouldHave } from './eligibility.ts'
import { excessOf, type SpreadRule } from './excess.ts'
import { compareText, counts, type Group } from './groups.ts'

/** The counts of one group while a plan is made: they start as the cluster has them and follow the plan's moves. */
export interface SpreadState {
  readonly group: Group
  readonly rule: SpreadRule
  /** Domain names, sorted; `counts` runs in step. */
  readonly domains: readonly string[]
  readonly counts: number[]
  /** Counts before the first move. */
  readonly initial: readonly number[]
  /** Names of the nodes that count, by domain. */
  readonly nodes: readonly (readonly string[])[]
  /** The domain of a node by index; undefined for a node that does not count. */
  domainOf(nodeName: string): number | undefined
}

/**
 * Hard: the domains that the scheduler's filter counts over. Soft: those of them where at least one node would have the pod as far as node and
 * pod are concerned (not cordoned, taints tolerated): the scheduler scores only over nodes that pass its filters. A domain that is merely full
 * stays in: that it is short of room is worth saying, and room comes and goes.
 */
export function spreadStateOf(model: SchedulerModel, group: Group): SpreadState {
  const { constraint, representative } = group
  const spread = model.spreadOf(representative, constraint)
  const isSoft = constraint.whenUnsatisfiable === 'ScheduleAnyway'
  const domains = [...spread.domains.values()]
    .filter(domain => !isSoft || domain.nodes.some(name => hasPlaceFor(model, representative, name)))
    .sort((a, b) => compareText(a.name, b.name))
  const indexOf = new Map(domains.flatMap((domain, index) => domain.nodes.map(name => [name, index] as const)))
  const initial = domains.map(domain => domain.count)
  return {
    group,
    rule: { maxSkew: constraint.maxSkew, minDomains: constraint.minDomains ?? 1 },
    domains: domains.map(domain => domain.name),
    counts: [...initial],
    initial,
    nodes: domains.map(domain => domain.nodes),
    domainOf: name => indexOf.get(name),
  }
}

function hasPlaceFor(model: SchedulerModel, pod: PodRecord, nodeName: string): boolean {
  const node = model.cluster.node(nodeName)
  return node !== undefined && wouldHave(node, pod.spec)
}

export const excessNow = (state: SpreadState): number => excessOf(state.counts, state.rule)

/** One pod leaves one node and another arrives on one: what a move is to a group. */
export interface Shift {
  readonly leaving: PodRecord
  readonly from: string
  readonly arriving: PodRecord
  readonly to: string
}

/** Changes the counts by a move; the same call with `direction` -1 takes it back. */
export function shift(state: SpreadState, move: Shift, direction: 1 | -1 = 1): void {
  add(state, move.leaving, move.from, -direction)
  add(state, move.arriving, move.to, direction)
}

/** Excess after a move, which is taken back at once. */
export function excessAfter(state: SpreadState, move: Shift): number {
  shift(state, move)
  const excess = excessNow(state)
  shift(state, move, -1)
  return excess
}

export function add(state: SpreadState, pod: PodRecord, nodeName: string, amount: number): void {
  const index = state.domainOf(nodeName)
  if (index !== undefined && counts(state.group, pod)) state.counts[index] = (state.counts[index] ?? 0) + amount
}
