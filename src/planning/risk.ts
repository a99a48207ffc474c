import type { ClusterReader } from '../cluster/cluster-state.ts'
import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { GroupPlan, Risk, WorkloadName } from './plan-types.ts'
import type { SpreadState } from './spread-state.ts'
import { ownersOf } from './workloads.ts'

/**
 * What the loss of its fullest domain would take of a workload's ready pods, now and once the plan is carried out. Domains are those of the
 * node labels as they are: a domain that is down or cordoned can be lost too. Replacements count as ready where they are planned to land.
 *
 * @param destinations the node that the replacement of each moved pod is planned for, by uid of the pod
 */
export function riskOf(
  state: SpreadState,
  workloads: readonly WorkloadName[],
  cluster: ClusterReader,
  destinations: ReadonlyMap<string, string>,
): Risk {
  const { constraint, members } = state.group
  // A node that does not count for the constraint has no index; its label still names the domain that it would be lost with.
  const domain = (nodeName: string): string | undefined =>
    state.index.names[state.index.of(nodeName) ?? -1] ?? cluster.node(nodeName)?.labels.get(constraint.topologyKey)
  const now = createTally()
  const after = createTally()
  for (const pod of ofMainWorkload(members, workloads, cluster)) {
    const destination = destinations.get(pod.uid)
    const here = domain(pod.nodeName ?? '')
    if (pod.ready) now.add(here)
    if (destination !== undefined) after.add(domain(destination))
    else if (pod.ready) after.add(here)
  }
  return { readyPods: now.total(), now: now.fullestShare(), after: after.fullestShare() }
}

interface Tally {
  add(domain: string | undefined): void
  total(): number
  /** From 0 to 1, to three digits; 0 where there is nothing to lose. */
  fullestShare(): number
}

function createTally(): Tally {
  const pods = new Map<string, number>()
  let total = 0
  let fullest = 0
  return {
    add(domain) {
      if (domain === undefined) return
      const count = (pods.get(domain) ?? 0) + 1
      pods.set(domain, count)
      total += 1
      if (count > fullest) fullest = count
    },
    total: () => total,
    fullestShare: () => (total === 0 ? 0 : Math.round((fullest / total) * 1000) / 1000),
  }
}

/** Workloads that lose half of their ready pods or more with one domain of a key that they are spread over; namesakes apart. */
export function workloadsAtRisk(groups: readonly GroupPlan[]): { readonly now: number; readonly after: number } {
  const losingHalf = (when: 'now' | 'after'): number => {
    const atRisk = groups.filter(({ risk }) => risk[when] >= 0.5)
    return new Set(atRisk.map(({ namespace, workload }) => JSON.stringify([namespace, workload.kind, workload.name]))).size
  }
  return { now: losingHalf('now'), after: losingHalf('after') }
}

/** Where a group spans workloads (a canary beside the stable one), the one with most members: a canary of one pod is always lost whole. */
function ofMainWorkload(
  members: readonly PodRecord[],
  [main, other]: readonly WorkloadName[],
  cluster: ClusterReader,
): readonly PodRecord[] {
  if (main === undefined || other === undefined) return members
  const isMain = new Map<string, boolean>()
  return members.filter(pod =>
    memo(isMain, pod.controller?.uid ?? pod.uid, () => {
      const { name } = ownersOf(cluster, pod)
      return name.kind === main.kind && name.name === main.name
    }),
  )
}
