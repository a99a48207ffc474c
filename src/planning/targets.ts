import type { Family } from './families.ts'
import type { GroupIndex } from './group-index.ts'
import type { IndexedGroup } from './indexed-group.ts'
import type { SpreadState } from './spread-state.ts'
import { worstFirst } from './urgency.ts'

/**
 * The groups over their maxSkew, worst first, a group at a time: whoever takes a few does not pay for all.
 *
 * @param shifted groups whose counts are not those of the cluster at present: what is under way may have changed who is worst off
 */
export function* inOrder(index: GroupIndex, shifted: Iterable<SpreadState>): Generator<IndexedGroup> {
  const moved = new Map<IndexedGroup, IndexedGroup>()
  for (const state of shifted) {
    const group = index.by(state)
    if (group !== undefined) moved.set(group, { ...group, excess: group.unacted === undefined ? state.excess() : 0 })
  }
  const others = [...moved].filter(([, { excess }]) => excess > 0).sort(([, one], [, other]) => worstFirst(one, other))
  let next = 0
  for (const group of index.urgent()) {
    if (moved.has(group)) continue
    for (let other = others[next]; other !== undefined && worstFirst(other[1], group) < 0; other = others[next]) {
      yield other[0]
      next += 1
    }
    yield group
  }
  for (const [group] of others.slice(next)) yield group
}

/** The families of groups in the order of their worst, each with those of its groups that are to be helped, worst first. */
export function* familiesIn(
  index: GroupIndex,
  groups: Iterable<IndexedGroup>,
  isActing: (group: IndexedGroup) => boolean,
): Generator<readonly SpreadState[]> {
  const met = new Set<Family>()
  for (const group of groups) {
    if (!isActing(group)) continue
    const family = index.familyOf(group.state.group)
    if (met.has(family)) continue
    met.add(family)
    if (family.length === 1) yield [group.state]
    else yield membersOf(index, family, isActing)
  }
}

function membersOf(index: GroupIndex, family: Family, isActing: (group: IndexedGroup) => boolean): readonly SpreadState[] {
  return family
    .flatMap(id => index.get(id) ?? [])
    .map(group => ({ group, state: group.state, urgency: group.urgency, excess: group.state.excess() }))
    .filter(({ group, excess }) => excess > 0 && isActing(group))
    .sort(worstFirst)
    .map(({ state }) => state)
}
