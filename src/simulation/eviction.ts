import { createClusterState, type ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { createProjector } from '../cluster/projection.ts'
import { timestamp } from '../cluster/timestamp.ts'
import { evictionAllowance } from '../scheduling/budget-arithmetic.ts'
import { withCondition } from './conditions.ts'
import type { DeleteOptions, ObjectStore, RawObject, StoreRefusal, StoreResult } from './object-store.ts'
import { typedObjects } from './objects.ts'
import { unmetPrecondition } from './preconditions.ts'
import { notFound } from './store-refusals.ts'
import type { BudgetObject } from './wire-objects.ts'

export interface EvictionCall {
  readonly namespace: string
  readonly name: string
  readonly options: DeleteOptions
  readonly dryRun: boolean
}

/** How an eviction ended. `refused` is about the pod: it is not there, or is not the one that was meant. */
export type EvictionResult =
  | { readonly kind: 'evicted' }
  | { readonly kind: 'severalBudgets' }
  | { readonly kind: 'lagging' | 'exhausted'; readonly budget: BudgetObject }
  | { readonly kind: 'forbidden'; readonly budget: BudgetObject; readonly message: string }
  | { readonly kind: 'refused'; readonly refusal: StoreRefusal }

/**
 * What POST .../pods/NAME/eviction does (EvictionREST.Create in registry/core/pod/storage/eviction.go, 1.36): asks the budget, spends it,
 * marks the pod as a disruption target and deletes it. As upstream, the budget is spent before anyone looks at the preconditions.
 * @param now milliseconds since the epoch
 */
export function evictPod(store: ObjectStore, call: EvictionCall, now: number): EvictionResult {
  const { namespace, name, dryRun } = call
  const pod = store.get('pods', namespace, name)
  if (pod === undefined) return unknownPod(store, name)
  const allowance = evictionAllowance(...asRecords(store, pod))
  switch (allowance.kind) {
    case 'bypass':
      // For a pod that is not Ready the server goes by its own version of the pod, whatever version the client named.
      return deletePod(store, allowance.because === 'NotReady' ? withoutVersion(call) : call, now)
    case 'allowed':
      if (allowance.budget !== undefined && !dryRun) spend(store, namespace, allowance.budget.name, name, now)
      return deletePod(store, call, now)
    case 'severalBudgets':
      return { kind: 'severalBudgets' }
    case 'lagging':
    case 'exhausted':
      return { kind: allowance.kind, budget: storedBudget(store, namespace, allowance.budget.name) }
    case 'forbidden':
      return { kind: 'forbidden', budget: storedBudget(store, namespace, allowance.budget.name), message: allowance.message }
  }
}

/** The pod and the budgets of its namespace as the arithmetic reads them. */
function asRecords(store: ObjectStore, pod: RawObject): readonly [ClusterReader, PodRecord] {
  const projector = createProjector()
  const cluster = createClusterState()
  for (const budget of store.list('poddisruptionbudgets', pod.metadata.namespace)) {
    const { record } = projector.projectAs('PodDisruptionBudget', budget)
    if (record !== undefined) cluster.apply({ type: 'upsert', record })
  }
  const { record } = projector.projectAs('Pod', pod)
  if (record?.kind !== 'Pod') throw new Error(`pod ${pod.metadata.namespace}/${pod.metadata.name} cannot be read`)
  return [cluster, record]
}

/** The server's own subtraction, which holds until the disruption controller has counted again. */
function spend(store: ObjectStore, namespace: string, budget: string, pod: string, now: number): void {
  typedObjects(store).update('poddisruptionbudgets', { namespace, name: budget }, current => {
    const disruptionsAllowed = (current.status?.disruptionsAllowed ?? 0) - 1
    const conditions = current.status?.conditions
    return {
      ...current,
      status: {
        ...current.status,
        disruptionsAllowed,
        disruptedPods: { ...current.status?.disruptedPods, [pod]: timestamp(now) },
        ...(disruptionsAllowed === 0 && {
          conditions: withCondition(conditions, { type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' }, now),
        }),
      },
    }
  })
}

function deletePod(store: ObjectStore, call: EvictionCall, now: number): EvictionResult {
  const { namespace, name, options, dryRun } = call
  const pod = store.get('pods', namespace, name)
  const type = store.type('pods')
  if (pod === undefined || type === undefined) return unknownPod(store, name)
  const unmet = unmetPrecondition(type, pod, options.preconditions)
  if (unmet !== undefined) return { kind: 'refused', refusal: unmet.refusal }
  if (dryRun) return { kind: 'evicted' }
  typedObjects(store).update('pods', { namespace, name }, current => ({
    ...current,
    status: { ...current.status, conditions: withCondition(current.status?.conditions, DISRUPTION_TARGET, now) },
  }))
  // The pod has just been written: the version that the client named has been checked and is no longer the newest.
  return resultOf(store.delete('pods', namespace, name, withoutVersion(call).options))
}

const DISRUPTION_TARGET = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'EvictionByEvictionAPI',
  message: 'Eviction API: evicting',
  lastProbeTime: null,
} as const

function withoutVersion(call: EvictionCall): EvictionCall {
  const { uid } = call.options.preconditions ?? {}
  return { ...call, options: { ...call.options, preconditions: uid === undefined ? {} : { uid } } }
}

function storedBudget(store: ObjectStore, namespace: string, name: string): BudgetObject {
  const budget = typedObjects(store).get('poddisruptionbudgets', namespace, name)
  if (budget === undefined) throw new Error(`budget ${namespace}/${name} is not in the store`)
  return budget
}

function unknownPod(store: ObjectStore, name: string): EvictionResult {
  const type = store.type('pods')
  if (type === undefined) throw new Error('the object store has no pods')
  return resultOf(notFound(type, name))
}

function resultOf(result: StoreResult): EvictionResult {
  return result.ok ? { kind: 'evicted' } : { kind: 'refused', refusal: result.refusal }
}
