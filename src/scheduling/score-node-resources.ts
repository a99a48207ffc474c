import type { PodSpec } from '../cluster/pod.ts'
import { CPU, MEMORY, SCORED_CPU, SCORED_MEMORY, USED, type NodeAmounts } from './node-amounts.ts'
import type { Score } from './plugin.ts'

/** NodeResourcesFit with its default strategy: the emptier the better (noderesources/least_allocated.go, 1.36). */
export const leastAllocatedScore: Score = (_context, { spec }, feasible) =>
  feasible.map(({ amounts, at }) => leastAllocated(spec, amounts, at))

/** NodeResourcesBalancedAllocation: the closer CPU and memory use come to each other, the better (balanced_allocation.go, 1.36). */
export const balancedAllocationScore: Score = (_context, { spec }, feasible) =>
  feasible.map(({ amounts, at }) => balancedAllocation(spec, amounts, at))

/** 0..100. Counts a container without a request as 100m and 200 MiB, so that many small ones do not pile up. */
export function leastAllocated({ scoredRequests }: PodSpec, { values }: NodeAmounts, at: number): number {
  const cpu = values[at + CPU] ?? 0
  const memory = values[at + MEMORY] ?? 0
  const resources = (cpu === 0 ? 0 : 1) + (memory === 0 ? 0 : 1)
  if (resources === 0) return 0
  const ofCpu = shareLeft(cpu, (values[at + SCORED_CPU] ?? 0) + scoredRequests.cpu)
  const ofMemory = shareLeft(memory, (values[at + SCORED_MEMORY] ?? 0) + scoredRequests.memory)
  return Math.trunc((ofCpu + ofMemory) / resources)
}

function shareLeft(capacity: number, requested: number): number {
  return requested > capacity || capacity === 0 ? 0 : Math.trunc(((capacity - requested) * 100) / capacity)
}

/** 0..100: 75 when the pod leaves the balance as it is. 0 on every node for a pod that requests neither CPU nor memory. */
export function balancedAllocation({ requests }: PodSpec, { values }: NodeAmounts, at: number): number {
  if (requests.cpu === 0 && requests.memory === 0) return 0
  const cpu = values[at + CPU] ?? 0
  const memory = values[at + MEMORY] ?? 0
  const usedCpu = values[at + USED + CPU] ?? 0
  const usedMemory = values[at + USED + MEMORY] ?? 0
  const before = balance(usedCpu, cpu, usedMemory, memory)
  const after = balance(usedCpu + requests.cpu, cpu, usedMemory + requests.memory, memory)
  return 50 + Math.trunc((50 + after - before) / 2)
}

/**
 * 100 less the standard deviation in percent, which for two fractions is half their difference. What the node has none of is left out, and one
 * fraction deviates from nothing.
 */
function balance(usedCpu: number, cpu: number, usedMemory: number, memory: number): number {
  if (cpu === 0 || memory === 0) return 100
  const deviation = Math.abs((Math.min(1, usedCpu / cpu) - Math.min(1, usedMemory / memory)) / 2)
  return Math.trunc((1 - deviation) * 100)
}
