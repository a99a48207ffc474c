import { budgetsOf } from '../scheduling/budget-arithmetic.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { capKeysOf, capsOn } from './caps.ts'
import type { Policy } from './policy.ts'
import type { InFlight, Situation } from './situation.ts'

/** How many more evictions each cap and budget allows; counts down as evictions are admitted. */
interface Allowance {
  /** Admits the eviction if everything allows one more, and books it. */
  admit(pod: PodRecord): boolean
}

/**
 * Assigns each eviction, in the order of the plan, to the first wave whose caps and budgets have room for it and that no earlier eviction of its
 * group comes after. Wave 1 is what may be in flight together right now; a wave that allows nothing (an exhausted budget) leaves its place to
 * what comes later, so that a plan's first wave can be empty.
 */
export function wavesOf(
  victims: readonly { readonly pod: PodRecord; readonly groups: readonly string[] }[],
  cluster: ClusterReader,
  policy: Policy,
  situation: Situation,
): readonly number[] {
  const waves: Allowance[] = [allowance(cluster, policy, situation.inFlight, 'now')]
  const latestOf = new Map<string, number>()
  return victims.map(({ pod, groups }) => {
    let wave = Math.max(1, ...groups.map(group => latestOf.get(group) ?? 1))
    for (; ; wave++) {
      if (waves[wave - 1] === undefined) waves.push(allowance(cluster, policy, [], 'later'))
      if (waves[wave - 1]?.admit(pod) === true) break
    }
    for (const group of groups) latestOf.set(group, wave)
    return wave
  })
}

function allowance(cluster: ClusterReader, policy: Policy, inFlight: readonly InFlight[], when: 'now' | 'later'): Allowance {
  const used = new Map<string, number>()
  const book = (key: string): void => void used.set(key, (used.get(key) ?? 0) + 1)
  for (const flight of inFlight) for (const key of capKeysOf(flight)) book(key)
  return {
    admit(pod) {
      const limits = new Map(capsOn(pod, cluster, policy.caps).map(({ key, limit }) => [key, limit]))
      const budget = budgetsOf(cluster, pod)[0]
      if (budget !== undefined) {
        // Later waves come when the replacements of the earlier ones are Ready, so the budget has recovered what it allows at best.
        const allowed =
          when === 'now' ? budget.status.disruptionsAllowed : Math.max(1, budget.status.expectedPods - budget.status.desiredHealthy)
        limits.set(`budget ${budget.namespace}/${budget.name}`, allowed)
      }
      if ([...limits].some(([key, limit]) => (used.get(key) ?? 0) >= limit)) return false
      for (const key of limits.keys()) book(key)
      return true
    },
  }
}
