import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { Policy } from './policy.ts'
import type { Owners } from './workloads.ts'

/** What a predicate may look at. */
export interface VetoContext {
  readonly cluster: ClusterReader
  readonly policy: Policy
  readonly now: number
  readonly owners: Owners
}
