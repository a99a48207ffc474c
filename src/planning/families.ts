import { compareText } from './groups.ts'
import type { SpreadState, SpreadStates } from './spread-state.ts'

/** Groups that one eviction can change together: linked by pods that they both count. In the order in which the groups come. */
export function familiesOf(groups: readonly SpreadState[], states: SpreadStates): readonly (readonly SpreadState[])[] {
  const parent = new Map(groups.map(state => [state, state]))
  const root = (state: SpreadState): SpreadState => {
    let at = state
    for (let above = parent.get(at); above !== undefined && above !== at; above = parent.get(at)) at = above
    return at
  }
  const asked = new Set<readonly SpreadState[]>()
  for (const state of groups) {
    for (const pod of state.group.members) {
      const linked = states.counting(pod)
      if (asked.has(linked)) continue
      asked.add(linked)
      const [first, ...others] = linked.filter(each => parent.has(each))
      for (const other of first === undefined ? [] : others) {
        const [low, high] = inOrder(root(first ?? other), root(other))
        if (low !== high) parent.set(high, low)
      }
    }
  }
  return [...Map.groupBy(groups, root).values()]
}

function inOrder(a: SpreadState, b: SpreadState): readonly [SpreadState, SpreadState] {
  return compareText(a.group.id, b.group.id) <= 0 ? [a, b] : [b, a]
}
