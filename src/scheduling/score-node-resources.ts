import type { PodSpec } from '../cluster/pod.ts'
import type { NodeInfo } from './node-info.ts'
import type { Score } from './plugin.ts'

/** NodeResourcesFit with its default strategy: the emptier the better (noderesources/least_allocated.go, 1.36). */
export const leastAllocatedScore: Score = (_context, { spec }, feasible) => feasible.map(info => leastAllocated(spec, info))

/** NodeResourcesBalancedAllocation: the closer CPU and memory use come to each other, the better (balanced_allocation.go, 1.36). */
export const balancedAllocationScore: Score = (_context, { spec }, feasible) => feasible.map(info => balancedAllocation(spec, info))

/** 0..100. Counts a container without a request as 100m and 200 MiB, so that many small ones do not pile up. */
export function leastAllocated({ scoredRequests }: PodSpec, { node: { allocatable }, usedScored }: NodeInfo): number {
  let score = 0
  let resources = 0
  for (const resource of ['cpu', 'memory'] as const) {
    const capacity = allocatable[resource]
    if (capacity === 0) continue
    resources += 1
    const requested = usedScored[resource] + scoredRequests[resource]
    if (requested <= capacity) score += Math.trunc(((capacity - requested) * 100) / capacity)
  }
  return resources === 0 ? 0 : Math.trunc(score / resources)
}

/** 0..100: 75 when the pod leaves the balance as it is. 0 on every node for a pod that requests neither CPU nor memory. */
export function balancedAllocation({ requests }: PodSpec, { node: { allocatable }, used }: NodeInfo): number {
  if (requests.cpu === 0 && requests.memory === 0) return 0
  const before = balance(fraction(used.cpu, allocatable.cpu), fraction(used.memory, allocatable.memory))
  const after = balance(fraction(used.cpu + requests.cpu, allocatable.cpu), fraction(used.memory + requests.memory, allocatable.memory))
  return 50 + Math.trunc((50 + after - before) / 2)
}

/** Undefined: the node has none of it, and it is left out. */
function fraction(requested: number, capacity: number): number | undefined {
  return capacity === 0 ? undefined : Math.min(1, requested / capacity)
}

/** 100 less the standard deviation in percent, which for two fractions is half their difference. */
function balance(cpu: number | undefined, memory: number | undefined): number {
  const deviation = cpu === undefined || memory === undefined ? 0 : Math.abs((cpu - memory) / 2)
  return Math.trunc((1 - deviation) * 100)
}
