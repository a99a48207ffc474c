import { memo } from '../cluster/memo.ts'

/** For groups of one family those that count some pod that it counts too, itself among them. */
export type Overlaps<Group> = ReadonlyMap<Group, ReadonlySet<Group>>

/** @param together for each pod, or each kind of them, the groups that count it */
export function overlapsAmong<Group>(together: Iterable<readonly Group[]>): Overlaps<Group> {
  const overlaps = new Map<Group, Set<Group>>()
  for (const groups of together) {
    for (const group of groups) {
      const others = memo(overlaps, group, () => new Set<Group>())
      for (const other of groups) others.add(other)
    }
  }
  return overlaps
}

/**
 * The fewest evictions that groups of one family take together. The bounds of groups that count the same pods are not added up: one eviction can
 * serve several of them. So it is a sum over groups of which no two count the same pod: the most demanding first, or, where that gives more, those first
 * that share their pods with the fewest others.
 */
export function familyBound<Group>(groups: readonly Group[], boundOf: (group: Group) => number, overlaps: Overlaps<Group>): number {
  const demands = groups
    .map(group => ({ group, bound: boundOf(group), others: overlaps.get(group)?.size ?? 0 }))
    .filter(({ bound }) => bound > 0)
  const sumInOrder = (): number => {
    const served = new Set<Group>()
    let sum = 0
    for (const { group, bound } of demands) {
      if (served.has(group)) continue
      sum += bound
      for (const other of overlaps.get(group) ?? []) served.add(other)
    }
    return sum
  }
  demands.sort((one, other) => other.bound - one.bound)
  const mostDemandingFirst = sumInOrder()
  if (demands.length < 3) return mostDemandingFirst
  demands.sort((one, other) => one.others - other.others || other.bound - one.bound)
  return Math.max(mostDemandingFirst, sumInOrder())
}
