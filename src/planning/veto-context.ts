import type { BudgetRecord } from '../cluster/budget.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { Policy } from './policy.ts'
import type { Owners } from './workloads.ts'

/** What a predicate may look at. */
export interface VetoContext {
  readonly cluster: ClusterReader
  readonly policy: Policy
  readonly now: number
  readonly owners: Owners
  /** Uids of pods that leave because of evictions of ours in flight. */
  readonly evicted: ReadonlySet<string>
  /** A budget of the namespace that cannot be read, if there is one. */
  unreadBudgetIn(namespace: string): BudgetRecord | undefined
  /** Why nobody can tell where the pod's replacement would land, in one sentence. */
  unpredictable(pod: PodRecord): string | undefined
  /** Why a budget can never allow an eviction, remembered: working it out passes over the pods of its namespace. */
  neverAllows(budget: BudgetRecord): string | undefined
}
