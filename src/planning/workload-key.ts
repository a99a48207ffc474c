import type { WorkloadName } from './plan-types.ts'

/** Whatever belongs to one workload: an eviction, an expectation, a round. */
export interface OfWorkload {
  readonly namespace: string
  readonly workload: WorkloadName
}

/** The workload as one text, to compare and to index by. */
export function workloadKey({ namespace, workload }: OfWorkload): string {
  return `${namespace}/${workload.kind}/${workload.name}`
}
