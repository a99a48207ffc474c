import type { BudgetRecord } from '../cluster/budget.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import { isDeferredBy, type Deferred } from '../planning/deferred.ts'
import type { PlannedEviction } from '../planning/plan-types.ts'
import type { AnyReason } from './reasons.ts'

/** What the API server's answer asks the loop to wait for, a moment, before it tries again. Not kept over a restart: the server will say it again. */
export interface Deferral {
  readonly reason: AnyReason
  readonly message: string
  readonly scope: Deferred
  readonly lifts:
    /** Milliseconds since the epoch. */
    | { readonly kind: 'at'; readonly time: number }
    /** When any of these budgets is another than it was. */
    | { readonly kind: 'budgetChanges'; readonly seen: readonly BudgetRecord[] }
}

export function deferralOf(deferrals: readonly Deferral[], eviction: PlannedEviction, budgets: readonly string[]): Deferral | undefined {
  return deferrals.find(({ scope }) => isDeferredBy(scope, eviction, budgets))
}

/** Those still in force, for pods that are still there. */
export function inForce(deferrals: readonly Deferral[], cluster: ClusterReader, now: number): readonly Deferral[] {
  return deferrals.filter(({ scope, lifts }) => {
    if (scope.kind === 'pod' && cluster.pod(scope.namespace, scope.name)?.uid !== scope.uid) return false
    switch (lifts.kind) {
      case 'at':
        return lifts.time > now
      case 'budgetChanges':
        return lifts.seen.every(budget => cluster.get('PodDisruptionBudget', `${budget.namespace}/${budget.name}`) === budget)
    }
  })
}
