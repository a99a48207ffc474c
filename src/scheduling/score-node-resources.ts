import type { PodSpec } from '../cluster/pod.ts'
import { CPU, MEMORY, placeOf, SCORED_CPU, SCORED_MEMORY, USED, type NodeAmounts } from './node-amounts.ts'
import type { Score } from './plugin.ts'
import type { SchedulerProfile } from './profile.ts'

/** NodeResourcesFit with its default strategy: the emptier the better (noderesources/least_allocated.go, 1.36). */
export const leastAllocatedScore: Score = (_context, { spec: { scoredRequests } }, feasible) =>
  feasible.map(({ amounts: { values }, at }) => leastAllocated(values, at, scoredRequests.cpu, scoredRequests.memory))

/** NodeResourcesBalancedAllocation: the closer CPU and memory use come to each other, the better (balanced_allocation.go, 1.36). */
export const balancedAllocationScore: Score = (_context, { spec: { requests } }, feasible) =>
  feasible.map(({ amounts: { values }, at }) => balancedAllocation(values, at, requests.cpu, requests.memory))

/**
 * By slot: the weighted sum of both. Asked of every node for every kind of pod, which is millions of times in a large cluster: what the pod requests is
 * read once, and what divides by two shifts.
 */
export function resourcesScorer(amounts: NodeAmounts, { weights }: SchedulerProfile, spec: PodSpec): (slot: number) => number {
  const { NodeResourcesFit: ofLeast, NodeResourcesBalancedAllocation: ofBalanced } = weights
  const { cpu, memory } = spec.requests
  const { cpu: scoredCpu, memory: scoredMemory } = spec.scoredRequests
  return slot => {
    const { values } = amounts
    const at = placeOf(slot)
    return ofLeast * leastAllocated(values, at, scoredCpu, scoredMemory) + ofBalanced * balancedAllocation(values, at, cpu, memory)
  }
}

/** 0..100. Counts a container without a request as 100m and 200 MiB, so that many small ones do not pile up. */
function leastAllocated(values: Float64Array, at: number, podCpu: number, podMemory: number): number {
  const cpu = values[at + CPU] ?? 0
  const memory = values[at + MEMORY] ?? 0
  const sum = shareLeft(cpu, (values[at + SCORED_CPU] ?? 0) + podCpu) + shareLeft(memory, (values[at + SCORED_MEMORY] ?? 0) + podMemory)
  // The average over what the node has any of.
  return cpu === 0 || memory === 0 ? sum : sum >> 1
}

function shareLeft(capacity: number, requested: number): number {
  return requested > capacity || capacity === 0 ? 0 : Math.trunc(((capacity - requested) * 100) / capacity)
}

/** 0..100: 75 when the pod leaves the balance as it is. 0 on every node for a pod that requests neither CPU nor memory. */
function balancedAllocation(values: Float64Array, at: number, podCpu: number, podMemory: number): number {
  if (podCpu === 0 && podMemory === 0) return 0
  const cpu = values[at + CPU] ?? 0
  const memory = values[at + MEMORY] ?? 0
  const usedCpu = values[at + USED + CPU] ?? 0
  const usedMemory = values[at + USED + MEMORY] ?? 0
  const before = balance(usedCpu, cpu, usedMemory, memory)
  const after = balance(usedCpu + podCpu, cpu, usedMemory + podMemory, memory)
  // Both are 50 at least: what is halved is not negative.
  return 50 + ((50 + after - before) >> 1)
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
