import { memo } from '../cluster/memo.ts'
import type { Writable } from '../cluster/writable.ts'
import { addTo } from '../scheduling/tallies.ts'
import { reachableBound, type DomainRoom } from './bounds.ts'
import type { GroupBrief } from './group-brief.ts'
import type { GroupStatus, Reach } from './plan-types.ts'
import { podsIn } from './tally.ts'

function isWorkedOut({ excess, isSearched, unacted, hold }: GroupBrief): boolean {
  return excess === 0 || (unacted === undefined && hold === undefined && isSearched)
}

/**
 * A plan that moves, for groups of their own, pods that this one merely counts, can restore it though its members alone could not. What its pods wait
 * for may be all that keeps a held group from it.
 */
export function reachOf(brief: GroupBrief, bound: number | undefined, status: GroupStatus): Reach {
  if (!isWorkedOut(brief)) return 'unknown'
  if (bound !== undefined || brief.state.excess() === 0) return 'within'
  return status === 'Held' ? 'unknown' : 'beyond'
}

/**
 * The fewest moves that restore the group as things are; undefined where none do, and where it is not worked out.
 *
 * @param fewest on counts alone
 * @param planned moves of the plan that help the group
 */
export function reachableOf(brief: GroupBrief, fewest: number, planned: number): number | undefined {
  const { state, observed, excess, vetoes, room } = brief
  if (excess === 0) return 0
  if (!isWorkedOut(brief)) return undefined
  // What the plan does can be done, and there is no way with fewer.
  if (planned === fewest && state.excess() === 0) return fewest
  const { index, rule, memberDomains } = state
  const movableIn = new Map<number, number>()
  for (const [member, domain] of memberDomains.entries()) if (vetoes[member] === undefined) addTo(movableIn, domain, 1)
  // More room than the fullest window could use makes no difference, and less difference makes fewer kinds of domains.
  const pods = podsIn(observed)
  const outsiders = movableIn.get(-1) ?? 0
  const mostRoom = Math.min(pods + outsiders, Math.floor((pods + outsiders) / index.names.length) + rule.maxSkew)
  const kinds = new Map<number, Writable<DomainRoom>>()
  for (const domain of index.names.keys()) {
    const count = state.observed.get(domain) ?? 0
    const movable = movableIn.get(domain) ?? 0
    const free = Math.min(room(domain), mostRoom)
    memo(kinds, (count * MOST_PODS + movable) * MOST_PODS + free, () => ({ domains: 0, count, movable, room: free })).domains += 1
  }
  return reachableBound([...kinds.values()], rule, outsiders)
}

/** No group has as many pods. */
const MOST_PODS = 2 ** 17
