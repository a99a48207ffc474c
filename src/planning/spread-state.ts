import type { Labels } from '../cluster/labels.ts'
import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { createSelectorIndex, type SelectorIndex } from '../cluster/selector-index.ts'
import type { Writable } from '../cluster/writable.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import type { DomainIndex, DomainIndexes } from './domain-index.ts'
import type { SpreadRule } from './excess.ts'
import { compareText, type Group } from './groups.ts'
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
    memberDomains: group.members.map(pod => index.of(pod.nodeName ?? '') ?? -1),
    occupied: observed,
    observed,
    tally,
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

export const excessNow = (state: SpreadState): number => state.excess()

/** Counts of all domains, in the order of their names. */
export function countsOf({ index, countIn }: SpreadState): readonly number[] {
  return index.names.map((_name, domain) => countIn(domain))
}

/** Groups found by the pods that they count. */
export interface SpreadStates {
  /** Those whose selector reaches the pod, whether or not it carries their constraint, by id. */
  counting(pod: PodRecord): readonly SpreadState[]
}

/** Groups that come, go and are counted anew. */
export interface MutableSpreadStates extends SpreadStates {
  set(state: SpreadState): void
  delete(group: Group): void
}

export function createSpreadStates(): MutableSpreadStates {
  const namespaces = new Map<string, Counters>()
  /** Whoever plans asks about the pods of one workload again and again. */
  let latest: { readonly namespace: string; readonly labels: Labels; readonly states: readonly SpreadState[] } | undefined

  function counting(pod: PodRecord): readonly SpreadState[] {
    const { namespace, labels } = pod
    const found = namespaces.get(namespace)
    if (found === undefined) return NONE
    const { byId, selecting, version, known } = found
    const before = known.get(labels)
    if (before?.version === version) return before.states
    const ids = before?.states.map(({ group }) => group.id) ?? selecting.matching(labels).toSorted(compareText)
    const states = ids.flatMap(each => byId.get(each) ?? [])
    known.set(labels, { states, version })
    return states
  }

  return {
    set(state) {
      latest = undefined
      const { id, namespace } = state.group
      const found = memo(namespaces, namespace, noGroups)
      // A group that is counted anew counts the same pods.
      if (!found.byId.has(id)) {
        found.known = new WeakMap()
        const { selector } = state.group.constraint
        // kube-scheduler counts nothing for a selector that matches everything (podtopologyspread/common.go, 1.36).
        if (selector.kind === 'requirements') found.selecting.add(selector, id)
      }
      found.byId.set(id, state)
      found.version += 1
    },
    delete({ namespace, id }) {
      latest = undefined
      const found = namespaces.get(namespace)
      if (found?.byId.delete(id) !== true) return
      found.selecting.delete(id)
      found.known = new WeakMap()
      if (found.byId.size === 0) namespaces.delete(namespace)
    },
    counting(pod) {
      const { namespace, labels } = pod
      if (latest?.labels !== labels || latest.namespace !== namespace) latest = { namespace, labels, states: counting(pod) }
      return latest.states
    },
  }
}

/** The groups of one namespace, and which of them count pods with some labels. */
interface Counters {
  readonly byId: Map<string, SpreadState>
  /** Their ids by what they select. */
  readonly selecting: SelectorIndex<string>
  /** Goes up whenever a group is counted anew. */
  version: number
  known: WeakMap<Labels, Counting>
}

interface Counting {
  readonly states: readonly SpreadState[]
  readonly version: number
}

const NONE: readonly SpreadState[] = []

const noGroups = (): Counters => ({ byId: new Map(), selecting: createSelectorIndex(), version: 0, known: new WeakMap() })

/** Counts the pod on the node (1), or no longer (-1), in every group that it counts for. */
export function count(states: SpreadStates, pod: PodRecord, nodeName: string, change: 1 | -1): void {
  for (const state of states.counting(pod)) {
    const domain = state.index.of(nodeName)
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
