import type { GroupStatus, WorkloadName } from '../planning/plan-types.ts'
import type { Reason } from '../planning/reasons.ts'
import { printable } from './printable.ts'
import { workloadText } from './short-names.ts'

/** What a person watching sees at one moment; times are texts already. */
export interface LiveView {
  readonly title: string
  readonly time: string
  /** `tick=2s`, `holdDown=10s`. */
  readonly settings: readonly string[]
  readonly domains: readonly LiveDomain[]
  /** Worst first, if not all of them fit. */
  readonly workloads: readonly LiveWorkload[]
  readonly inFlight: readonly LiveEviction[]
  readonly held: readonly LiveHold[]
  /** Oldest first. */
  readonly story: readonly StoryLine[]
}

export interface LiveDomain {
  readonly name: string
  readonly nodes: number
  readonly readyNodes: number
  /** `out`, `settling`; empty when all is well. */
  readonly state: string
}

export interface LiveWorkload {
  readonly namespace: string
  readonly workload: WorkloadName
  /** In the order of the domains; undefined for what is none for these pods now. Counts, skew and status are of one plan. */
  readonly counts: readonly (number | undefined)[]
  readonly pending: number
  readonly skew: number
  readonly maxSkew: number
  readonly status: GroupStatus
}

export interface LiveEviction {
  readonly namespace: string
  readonly pod: string
  readonly fromDomain: string | undefined
  readonly toDomain: string
  /** `evicted`, `starting in az-c`. */
  readonly state: string
}

export interface LiveHold {
  readonly namespace: string
  readonly workload: WorkloadName
  readonly reason: Reason
  readonly message: string
}

export interface StoryLine {
  /** Rises with each line told, so that it is known which have been seen. */
  readonly id: number
  readonly time: string
  readonly level: 'info' | 'warning'
  readonly text: string
}

/** Stands for the count of what is no domain. */
export const NO_DOMAIN = '-'

/** `shop/deploy/web`. */
export function nameOf({ namespace, workload }: { readonly namespace: string; readonly workload: WorkloadName }): string {
  return `${printable(namespace)}/${workloadText(workload)}`
}
