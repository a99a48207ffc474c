import type { Writable } from '../cluster/writable.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import type { DomainIndex, DomainIndexes } from './domain-index.ts'
import type { SpreadRule } from './excess.ts'
import type { Group } from './groups.ts'
import { excessOfTally, highestIn, lowestIn, tallyOf, type Tally } from './tally.ts'

/** The counts of one group while a plan is made: they start as the cluster has them and follow the plan's moves. */
export interface SpreadState {
  readonly group: Group
  readonly rule: SpreadRule
  readonly index: DomainIndex
  /** In step with the members: the domain that each stands in, -1 on a node that does not count. */
  readonly memberDomains: readonly number[]
  /** By domain, for those that have any. */
  readonly occupied: ReadonlyMap<number, number>
  /** The same before the first move. */
  readonly observed: ReadonlyMap<number, number>
  /** Live: the domains by count. */
  readonly tally: Tally
  readonly countIn: (domain: number) => number
  /** Nodes have come or gone that it counts no pods on: the same domains of other nodes. */
  takeOver(index: DomainIndex): void
  /** Changes the count of a domain. */
  add(domain: number, amount: number): void
  /** Takes back every change: the counts are those observed again. */
  restore(): void
  excess(): number
  /** Excess with one pod less in a domain that has `from` and one more in another that has `to`; undefined: no domain loses, or gains, one. */
  excessIf(from: number | undefined, to: number | undefined): number
  /** The lowest count, whatever minDomains makes of it; 0 without domains. */
  readonly lowest: () => number
  highest(): number
}

export function spreadStateOf(model: SchedulerModel, group: Group, indexes: DomainIndexes): SpreadState {
  const { constraint, representative } = group
  const spread = model.spreadOf(representative, constraint)
  const index = indexes(group, spread.over)
  const rule = { maxSkew: constraint.maxSkew, minDomains: constraint.minDomains ?? 1 }
  const domains = index.names.length
  const observed = index.counted(spread.byNumber)
  const tally = tallyOf(observed.values(), domains)
  let changed: Map<number, number> | undefined

  const recount = (before: number, after: number): void => {
    while (tally.length <= after) tally.push(0)
    tally[before] = (tally[before] ?? 0) - 1
    tally[after] = (tally[after] ?? 0) + 1
  }
  const excess = (): number => excessOfTally(tally, domains, rule)
  // Fields that are written to where getters would do: objects with getters are slow in V8, and these are read all the time.
  const state: Writable<SpreadState> = {
    group,
    rule,
    index,
    memberDomains: domainsOf(group, index),
    occupied: observed,
    observed,
    tally,
    takeOver(successor) {
      state.index = successor
    },
    countIn: domain => state.occupied.get(domain) ?? 0,
    add(domain, amount) {
      state.occupied = changed ??= new Map(observed)
      const before = changed.get(domain) ?? 0
      const after = before + amount
      if (after === 0) changed.delete(domain)
      else changed.set(domain, after)
      recount(before, after)
    },
    restore() {
      if (changed === undefined) return
      changed = undefined
      state.occupied = observed
      tally.fill(0)
      tally[0] = domains
      for (const count of observed.values()) recount(0, count)
    },
    excess,
    excessIf(from, to) {
      if (from !== undefined) recount(from, from - 1)
      if (to !== undefined) recount(to, to + 1)
      const after = excess()
      if (to !== undefined) recount(to + 1, to)
      if (from !== undefined) recount(from - 1, from)
      return after
    },
    lowest: () => lowestIn(tally),
    highest: () => highestIn(tally),
  }
  return state
}

/** A function of its own: among the others it would make them keep alive the index that a later one takes over from. */
function domainsOf({ members }: Group, index: DomainIndex): readonly number[] {
  return members.map(pod => index.of(pod.nodeName ?? '') ?? -1)
}

/** Counts of all domains, in the order of their names. */
export function countsOf({ index, countIn }: SpreadState): readonly number[] {
  return index.names.map((_name, domain) => countIn(domain))
}
