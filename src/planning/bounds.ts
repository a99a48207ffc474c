import type { SpreadRule } from './excess.ts'
import type { Tally } from './tally.ts'

/** Domains as the bound sees them: so many that are alike. */
export interface DomainRoom {
  readonly domains: number
  readonly count: number
  /** Pods of each that may be moved. */
  readonly movable: number
  /** Further pods that each can take. */
  readonly room: number
}

/**
 * The fewest moves after which every count lies in a window [L, L + maxSkew], over all L; undefined when no window can be reached.
 * A window fixes for each domain the least and the most it may end with (`lo`: the window's bottom or its pinned pods; `hi`: the window's top
 * or its room); as many pods must leave the domains above `hi` as must arrive in those below `lo`, so the larger of the two sums is needed, and
 * enough, as long as the total fits between the sums of `lo` and `hi`.
 *
 * With fewer domains than minDomains the scheduler takes the global minimum for 0, which leaves L = 0 as the only window.
 *
 * @param outsiders pods that may be moved off nodes that do not count: they add to the total where they arrive
 */
export function reachableBound(rooms: readonly DomainRoom[], rule: SpreadRule, outsiders = 0): number | undefined {
  const domains = rooms.reduce((sum, alike) => sum + alike.domains, 0)
  if (domains === 0) return 0
  const total = rooms.reduce((sum, alike) => sum + alike.domains * alike.count, 0)
  const highestBottom = domains < rule.minDomains ? 0 : Math.floor((total + outsiders) / domains)
  let best: number | undefined
  for (let bottom = 0; bottom <= highestBottom; bottom++) {
    const moves = movesIntoWindow(rooms, bottom, bottom + rule.maxSkew, { total, outsiders })
    if (moves !== undefined && (best === undefined || moves < best)) best = moves
  }
  return best
}

/**
 * The same on counts alone: everything movable, room without end, minDomains met. Every domain can then end anywhere in the window, and the total
 * fits where it lies between all of them at its bottom and all at its top.
 */
export function lowerBound(tally: Tally, maxSkew: number): number {
  let domains = 0
  let total = 0
  for (let count = 0; count < tally.length; count += 1) {
    domains += tally[count] ?? 0
    total += count * (tally[count] ?? 0)
  }
  let best = Infinity
  for (let bottom = Math.max(0, Math.ceil(total / domains) - maxSkew); bottom * domains <= total; bottom += 1) {
    let leaving = 0
    let arriving = 0
    for (let count = 0; count < tally.length; count += 1) {
      leaving += (tally[count] ?? 0) * Math.max(0, count - bottom - maxSkew)
      arriving += (tally[count] ?? 0) * Math.max(0, bottom - count)
    }
    best = Math.min(best, Math.max(leaving, arriving))
  }
  return best === Infinity ? 0 : best
}

interface Pods {
  readonly total: number
  readonly outsiders: number
}

function movesIntoWindow(rooms: readonly DomainRoom[], bottom: number, top: number, { total, outsiders }: Pods): number | undefined {
  let leaving = 0
  let arriving = 0
  let least = 0
  let most = 0
  for (const { domains, count, movable, room } of rooms) {
    const lo = Math.max(bottom, count - movable)
    const hi = Math.min(top, count + room)
    if (lo > hi) return undefined
    leaving += domains * Math.max(0, count - hi)
    arriving += domains * Math.max(0, lo - count)
    least += domains * lo
    most += domains * hi
  }
  return least <= total + outsiders && total <= most ? Math.max(leaving, arriving) : undefined
}
