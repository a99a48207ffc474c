import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { Group } from './groups.ts'
import type { GroupPlan, Risk, WorkloadName } from './plan-types.ts'
import { ownersOf } from './workloads.ts'

/**
 * What the loss of its fullest domain would take of a workload's ready pods, now and once the plan is carried out. Domains are those of the
 * node labels as they are: a domain that is down or cordoned can be lost too. Replacements count as ready where they are planned to land.
 *
 * @param destinations the node that the replacement of each moved pod is planned for, by uid of the pod
 */
export function riskOf(
  { constraint: { topologyKey }, members }: Group,
  workloads: readonly WorkloadName[],
  cluster: ClusterReader,
  destinations: ReadonlyMap<string, string>,
): Risk {
  const now = new Map<string, number>()
  const after = new Map<string, number>()
  const add = (tally: Map<string, number>, nodeName: string): void => {
    const domain = cluster.node(nodeName)?.labels.get(topologyKey)
    if (domain !== undefined) tally.set(domain, (tally.get(domain) ?? 0) + 1)
  }
  for (const pod of ofMainWorkload(members, workloads, cluster)) {
    const destination = destinations.get(pod.uid)
    if (pod.ready) add(now, pod.nodeName ?? '')
    if (pod.ready || destination !== undefined) add(after, destination ?? pod.nodeName ?? '')
  }
  return { readyPods: sum(now), now: fullestShare(now), after: fullestShare(after) }
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
  return members.filter(pod => {
    const key = pod.controller?.uid ?? pod.uid
    let answer = isMain.get(key)
    if (answer === undefined) {
      const { name } = ownersOf(cluster, pod)
      isMain.set(key, (answer = name.kind === main.kind && name.name === main.name))
    }
    return answer
  })
}

const sum = (tally: ReadonlyMap<string, number>): number => [...tally.values()].reduce((total, pods) => total + pods, 0)

/** From 0 to 1, to three digits; 0 where there is nothing to lose. */
function fullestShare(tally: ReadonlyMap<string, number>): number {
  const total = sum(tally)
  return total === 0 ? 0 : Math.round((Math.max(...tally.values()) / total) * 1000) / 1000
}
