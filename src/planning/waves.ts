import type { BudgetRecord } from '../cluster/budget.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { evictionAllowance } from '../scheduling/budget-arithmetic.ts'
import { CLUSTER_KEY, CYCLE_KEY, capKeysOf, capsOn } from './caps.ts'
import type { Policy } from './policy.ts'
import type { InFlight, Situation } from './situation.ts'

/** What one eviction takes a place of: limits by key, and that of its budget, which is another now and later. */
interface Claim {
  readonly caps: ReadonlyMap<string, number>
  readonly budget: BudgetLimit | undefined
}

interface BudgetLimit {
  readonly key: string
  readonly now: number
  readonly later: number
}

/** How many more evictions each cap and budget allows; counts down as evictions are admitted. */
interface Allowance {
  /** Admits the eviction if everything allows one more, and books it. */
  admit(claim: Claim): boolean
  /** The cap on the cluster or on the cycle is reached: it admits nothing more. */
  isFull(): boolean
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
  const waves: Allowance[] = [allowance(policy, situation.inFlight, 'now')]
  const latestOf = new Map<string, number>()
  let firstOpen = 1
  return victims.map(({ pod, groups }) => {
    const claim = claimOf(pod, cluster, policy, situation)
    while (waves[firstOpen - 1]?.isFull() === true) firstOpen += 1
    let wave = Math.max(firstOpen, ...groups.map(group => latestOf.get(group) ?? 1))
    for (; ; wave++) {
      if (waves[wave - 1] === undefined) waves.push(allowance(policy, [], 'later'))
      if (waves[wave - 1]?.admit(claim) === true) break
    }
    for (const group of groups) latestOf.set(group, wave)
    return wave
  })
}

function claimOf(pod: PodRecord, cluster: ClusterReader, policy: Policy, { inFlight }: Situation): Claim {
  const caps = new Map(capsOn(pod, cluster, policy.caps).map(({ key, limit }) => [key, limit]))
  const allowed = evictionAllowance(cluster, pod)
  switch (allowed.kind) {
    // Also a pod that is not Ready, where unhealthyPodEvictionPolicy lets it go without spending of the budget.
    case 'bypass':
    case 'severalBudgets': // vetoed; no limit of one budget says anything about it
      return { caps, budget: undefined }
    case 'allowed':
      return { caps, budget: allowed.budget && limitOf(allowed.budget, inFlight) }
    case 'lagging':
    case 'exhausted':
    case 'forbidden':
      return { caps, budget: { ...limitOf(allowed.budget, inFlight), now: 0 } }
  }
}

function limitOf({ namespace, name, status }: BudgetRecord, inFlight: readonly InFlight[]): BudgetLimit {
  const { disruptionsAllowed, expectedPods, desiredHealthy } = status
  const unshown = inFlight.filter(flight => flight.namespace === namespace && !flight.budgetShows && flight.budgets.includes(name)).length
  // Later waves come when the replacements of the earlier ones are Ready, so the budget has recovered what it allows at best.
  return { key: `budget ${namespace}/${name}`, now: disruptionsAllowed - unshown, later: Math.max(1, expectedPods - desiredHealthy) }
}

function allowance(policy: Policy, inFlight: readonly InFlight[], when: 'now' | 'later'): Allowance {
  const used = new Map<string, number>()
  const book = (key: string): void => void used.set(key, (used.get(key) ?? 0) + 1)
  const isReached = (key: string, limit: number): boolean => (used.get(key) ?? 0) >= limit
  for (const flight of inFlight) for (const key of capKeysOf(flight)) book(key)
  return {
    admit({ caps, budget }) {
      if (budget !== undefined && isReached(budget.key, budget[when])) return false
      for (const [key, limit] of caps) if (isReached(key, limit)) return false
      for (const key of caps.keys()) book(key)
      if (budget !== undefined) book(budget.key)
      return true
    },
    isFull: () => isReached(CLUSTER_KEY, Math.max(1, policy.caps.cluster)) || isReached(CYCLE_KEY, Math.max(1, policy.caps.cycle)),
  }
}
