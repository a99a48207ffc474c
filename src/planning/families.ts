import type { SpreadState, SpreadStates } from './spread-state.ts'

/**
 * Groups that one eviction can change together: linked by pods that they both count, be it through a third group. In the order in which the
 * groups come, each family where its first group stands.
 */
export function familiesOf(groups: readonly SpreadState[], states: SpreadStates): readonly (readonly SpreadState[])[] {
  const parent = new Map<SpreadState, SpreadState>()
  const root = (state: SpreadState): SpreadState => {
    let at = state
    for (let above = parent.get(at); above !== undefined; above = parent.get(at)) at = above
    if (at !== state) parent.set(state, at)
    return at
  }
  const asked = new Set<readonly SpreadState[]>()
  for (const state of groups) {
    for (const pod of state.group.members) {
      const linked = states.counting(pod)
      if (asked.has(linked)) continue
      asked.add(linked)
      const [first, ...others] = linked
      for (const other of others) {
        const one = root(first ?? other)
        const another = root(other)
        if (one !== another) parent.set(another, one)
      }
    }
  }
  return [...Map.groupBy(groups, root).values()]
}
