import type { ClusterReader } from '../../cluster/cluster-state.ts'
import { timestamp } from '../../cluster/timestamp.ts'
import { computeBudgetStatus } from '../../scheduling/budget-arithmetic.ts'
import { withCondition } from '../conditions.ts'
import { runController, type ControllerContext } from './controller.ts'
import { keyOf } from '../sorted-objects.ts'
import type { BudgetObject } from '../wire-objects.ts'

/** How long an evicted pod stays in disruptedPods when it does not go: the status is looked at again then (DeletionTimeout). */
const DISRUPTED_FOR = 2 * 60_000

/**
 * Keeps the status of budgets, trailing the pods by its own delay (pkg/controller/disruption).
 *
 * @param cluster the projected state of the same store, which the arithmetic reads
 */
export function disruptionController(context: ControllerContext, cluster: ClusterReader): () => void {
  const reconcile = (budget: BudgetObject): number | undefined => {
    const record = cluster.get('PodDisruptionBudget', keyOf(budget))
    if (record === undefined) return undefined
    const now = context.clock.now()
    const sync = computeBudgetStatus(cluster, record, now)
    if (sync.kind === 'failed') {
      writeStatus(budget, { disruptionsAllowed: 0 }, { status: 'False', reason: 'SyncFailed', message: sync.problem })
      return undefined
    }
    const { disruptedPods, ...numbers } = sync.status
    const allowed = numbers.disruptionsAllowed > 0
    writeStatus(
      budget,
      { ...numbers, disruptedPods: Object.fromEntries(Array.from(disruptedPods, ([name, at]) => [name, timestamp(at)])) },
      { status: allowed ? 'True' : 'False', reason: allowed ? 'SufficientPods' : 'InsufficientPods' },
    )
    const [first] = [...disruptedPods.values()].sort((a, b) => a - b)
    return first === undefined ? undefined : first + DISRUPTED_FOR - now + 1
  }

  const writeStatus = (
    budget: BudgetObject,
    status: NonNullable<BudgetObject['status']>,
    condition: { readonly status: 'True' | 'False'; readonly reason: string; readonly message?: string },
  ): void => {
    context.objects.update('poddisruptionbudgets', budget.metadata, current => {
      const conditions = withCondition(current.status?.conditions, { type: 'DisruptionAllowed', ...condition }, context.clock.now())
      return { ...current, status: { ...current.status, ...status, conditions } }
    })
  }

  return runController(context, {
    name: 'disruption',
    resources: ['poddisruptionbudgets', 'pods', 'deployments', 'replicasets', 'statefulsets'],
    delay: context.timings.budget,
    keysOf: ({ resource, object }) =>
      resource === 'poddisruptionbudgets'
        ? [keyOf(object)]
        : context.store.list('poddisruptionbudgets', object.metadata.namespace).map(keyOf),
    reconcile: (namespace, name) => {
      const budget = context.objects.get('poddisruptionbudgets', namespace, name)
      return budget === undefined ? undefined : reconcile(budget)
    },
  })
}
