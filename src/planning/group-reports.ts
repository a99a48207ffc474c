import type { ClusterReader } from '../cluster/cluster-state.ts'
import { compareText } from '../cluster/compare-text.ts'
import { addTo } from '../scheduling/tallies.ts'
import type { GroupIndex } from './group-index.ts'
import type { LeftAlone } from './blockers.ts'
import { groupPlan } from './group-plan.ts'
import { leftAloneIn } from './left-alone.ts'
import type { GroupBrief } from './group-brief.ts'
import type { HoldFinder } from './holds.ts'
import type { IndexedGroup } from './indexed-group.ts'
import type { Move } from './move.ts'
import type { ObstacleFinder } from './obstacles.ts'
import type { GroupPlan } from './plan-types.ts'
import type { Reason, Veto } from './reasons.ts'
import { riskOf } from './risk.ts'
import type { DomainRooms, RoomFinder } from './room.ts'
import type { SearchResult } from './search.ts'
import { createSortedList } from './sorted-list.ts'
import type { SpreadState } from './spread-state.ts'
import type { GroupVetoes } from './veto-finder.ts'

/** What is to be said of groups once a search is over. */
interface Outcome extends Omit<SearchResult, 'isWhole'> {
  /** Groups whose counts, or members, are not those of the cluster. */
  readonly shifted: ReadonlySet<SpreadState>
  /** What keeps domains that need pods from taking one of a group that still exceeds its maxSkew. */
  readonly obstacles: ReadonlyMap<SpreadState, ObstacleFinder>
  readonly roomFor: RoomFinder
  readonly holdOn: HoldFinder
  readonly vetoesIn: GroupVetoes
}

/** What plans say of each group, from one plan to the next: what nothing has touched is not written again. */
export interface GroupReports {
  /** Learns from the index which groups are others by now. */
  readNews(): void
  /** Groups of which something else may be to be said than was last time. */
  stale(): readonly IndexedGroup[]
  write(group: IndexedGroup, outcome: Outcome): void
  /** Writes about those that are stale, that the search came to, that are counted otherwise, or that wait. Returns everything there is to say. */
  writeAll(outcome: Outcome, waiting: Iterable<IndexedGroup>): Written
}

interface Written {
  /** By id. */
  readonly groups: readonly GroupPlan[]
  /** Why pods of violated groups are not moved, by uid. */
  readonly leftAlone: () => ReadonlyMap<string, Veto>
}

export function createGroupReports(cluster: ClusterReader, index: GroupIndex): GroupReports {
  const reports = createSortedList<GroupPlan, Pick<GroupPlan, 'id'>>((one, other) => compareText(one.id, other.id))
  /** By group id, where some of its pods do. */
  const stays = new Map<string, LeftAlone>()
  const stale = new Set<string>()
  /** Groups of which somebody has asked for the risk as it stands in their report. */
  const assessed = new Set<string>()
  /**
   * What reports that were written in many plans ask when they are looked at: kept once, for a report that held on to that of its own plan would keep
   * that plan's view of all nodes alive.
   */
  let latest: Latest = { roomFor: () => () => 0, destinations: NOBODY_MOVES }

  function reportOn(group: IndexedGroup, outcome: Outcome, planned: number, moved: ReadonlyMap<string, string>): GroupPlan {
    const { state, excess, unacted } = group
    const { id } = state.group
    const { refused, searched, obstacles, shifted, holdOn, vetoesIn } = outcome
    const hold = holdOn(group)
    const needsNone = unacted !== undefined || (state.excess() === 0 && excess === 0)
    let rooms: DomainRooms | undefined
    const room: DomainRooms = domain => (rooms ??= latest.roomFor(state.group, state.index))(domain)
    const isSearched = needsNone || searched.has(state)
    const vetoes = excess > 0 && (isSearched || hold !== undefined) ? vetoesIn(state) : NOT_ASKED_FOR
    const brief: GroupBrief = { ...group, hold, isSearched, vetoes, room }
    const leftAlone = leftAloneIn(brief, moved, refused, obstacles.get(state))
    if (leftAlone.length > 0) stays.set(id, leftAlone)
    else stays.delete(id)
    // Whatever else it depends on, a change of it touches the group.
    const isAtRest = hold === group.pause && !shifted.has(state) && !searched.has(state) && !leftAlone.some(passesWithTime)
    if (isAtRest) stale.delete(id)
    else stale.add(id)
    assessed.delete(id)
    return groupPlan(brief, planned, leftAlone, () => {
      assessed.add(id)
      return riskOf(state, group.workloads, cluster, latest.destinations)
    })
  }

  const staleNow = (): readonly IndexedGroup[] => [...stale].flatMap(id => index.get(id) ?? [])

  return {
    readNews() {
      const { changed, renewed, gone } = index.news()
      for (const { state } of renewed) {
        const { id } = state.group
        if (stays.has(id) || assessed.has(id)) stale.add(id)
      }
      for (const { state } of changed) stale.add(state.group.id)
      for (const id of gone) {
        reports.delete({ id })
        for (const ids of [stale, assessed, stays]) ids.delete(id)
      }
    },
    stale: staleNow,
    write(group, outcome) {
      latest = { ...latest, roomFor: outcome.roomFor }
      reports.put([reportOn(group, outcome, 0, NOBODY_MOVES)])
    },
    writeAll(outcome, waiting) {
      // In the order of the search, in which groups that request the same come one after the other: the room for them is asked for once.
      const due = new Set<IndexedGroup>()
      for (const states of [outcome.searched, outcome.shifted]) {
        for (const state of states) {
          const group = index.by(state)
          if (group !== undefined) due.add(group)
        }
      }
      for (const group of staleNow()) due.add(group)
      for (const group of waiting) if (outcome.holdOn(group) !== group.pause) due.add(group)
      const destinations = new Map<string, string>()
      for (const { victim, to } of outcome.moves) destinations.set(victim.uid, to)
      latest = { roomFor: outcome.roomFor, destinations }
      const helping = helpingMoves(outcome.moves)
      reports.put(Array.from(due, group => reportOn(group, outcome, helping.get(group.state) ?? 0, destinations)))
      return { groups: reports.items.slice(), leftAlone: leftAloneLater([...stays]) }
    },
  }
}

/** A function of its own, since a closure keeps alive what those beside it refer to: all moves of the plan, here. */
function leftAloneLater(entries: (readonly [id: string, LeftAlone])[]): () => ReadonlyMap<string, Veto> {
  let known: ReadonlyMap<string, Veto> | undefined
  return () => (known ??= new Map(entries.sort(([one], [other]) => compareText(one, other)).flatMap(([, leftAlone]) => leftAlone)))
}

/** Nothing that happens tells when such a veto is over. */
const passesWithTime = ([, { reason }]: LeftAlone[number]): boolean => PASSES_WITH_TIME.has(reason)

const PASSES_WITH_TIME: ReadonlySet<Reason> = new Set<Reason>([
  'TooYoung',
  'ScaledRecently',
  'RefusedByWebhook',
  'EvictionInvalid',
  'SeveralBudgets', // where the server alone knows of them
])

const NOT_ASKED_FOR: readonly undefined[] = []

const NOBODY_MOVES: ReadonlyMap<string, string> = new Map()

interface Latest {
  readonly roomFor: RoomFinder
  /** The node that the replacement of each moved pod is planned for, by uid of the pod. */
  readonly destinations: ReadonlyMap<string, string>
}

/** How many moves are to lower the excess of a group. */
function helpingMoves(moves: readonly Move[]): ReadonlyMap<SpreadState, number> {
  const helping = new Map<SpreadState, number>()
  // A function of its own: within a loop over all moves V8 gives up its compiled code each time that the inner loop ends.
  const countAll = (lowered: readonly SpreadState[]): void => {
    for (const state of lowered) addTo(helping, state, 1)
  }
  for (const { lowered } of moves) countAll(lowered)
  return helping
}
