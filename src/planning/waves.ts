import { budgetsOf } from '../scheduling/budget-arithmetic.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { Policy } from './policy.ts'
import type { InFlight, Situation } from './situation.ts'
import { ownersOf } from './workloads.ts'

/** What one eviction counts against. */
interface Counted {
  readonly namespace: string
  readonly node: string
  readonly workload: string
}

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
  for (const flight of inFlight) {
    const { namespace, node, workload } = flight
    for (const key of keysOf({ namespace, node, workload: `${namespace}/${workload.kind}/${workload.name}` })) book(key)
  }
  return {
    admit(pod) {
      const owners = ownersOf(cluster, pod)
      const budget = budgetsOf(cluster, pod)[0]
      const counted: Counted = {
        namespace: pod.namespace,
        node: pod.nodeName ?? '',
        workload: `${pod.namespace}/${owners.name.kind}/${owners.name.name}`,
      }
      const limits = new Map<string, number>()
      const [clusterKey, namespaceKey, nodeKey, workloadKey] = keysOf(counted)
      limits
        .set(clusterKey, atLeastOne(policy.caps.cluster))
        .set(namespaceKey, atLeastOne(policy.caps.namespace))
        .set(nodeKey, atLeastOne(policy.caps.node))
      if (budget === undefined) {
        const replicas = (owners.top?.kind === 'Deployment' ? owners.top : owners.controller)?.replicas ?? 1
        limits.set(workloadKey, Math.max(1, Math.floor((replicas * policy.caps.workloadPercent) / 100)))
      } else {
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

// A cap of 0 is refused when the configuration is read; here it must not keep a wave from ever taking an eviction.
const atLeastOne = (cap: number): number => Math.max(1, cap)

function keysOf({ namespace, node, workload }: Counted): readonly [string, string, string, string] {
  return ['cluster', `namespace ${namespace}`, `node ${node}`, `workload ${workload}`]
}
