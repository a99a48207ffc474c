import type { BudgetRecord, IntOrPercent } from '../cluster/budget.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import { isFinished, type PodRecord } from '../cluster/pod.ts'
import { coveredPods, desiredHealthy, expectedPodsOf, expectedScale } from './budget-expectation.ts'

/** How long an evicted pod counts as disrupted when it does not disappear (DeletionTimeout in disruption.go, 1.36). */
const DELETION_TIMEOUT_MS = 2 * 60 * 1000

/** Beyond this many entries the Eviction API takes a budget's controller for stuck (MaxDisruptedPodSize in eviction.go, 1.36). */
const MAX_DISRUPTED_PODS = 2000

/** The budgets that cover the pod, by name. More than one, and the Eviction API refuses for good. */
export function budgetsOf(cluster: ClusterReader, pod: PodRecord): readonly BudgetRecord[] {
  return cluster.budgetsCovering(pod.namespace, cluster.tellingLabels(pod))
}

/** What the Eviction API would answer about a pod as far as budgets go. */
export type EvictionAllowance =
  /** Deleted without a look at any budget, or (NotReady) without spending of it. */
  | { readonly kind: 'bypass'; readonly because: 'Pending' | 'Finished' | 'Terminating' | 'NotReady' }
  /** Deleted; the budget, if there is one, loses a disruption. */
  | { readonly kind: 'allowed'; readonly budget: BudgetRecord | undefined }
  /** 500, for as long as several budgets cover the pod. */
  | { readonly kind: 'severalBudgets'; readonly budgets: readonly BudgetRecord[] }
  /** 429 with Retry-After: its controller has not seen the newest spec. */
  | { readonly kind: 'lagging'; readonly budget: BudgetRecord }
  /** 429: no disruption left. */
  | { readonly kind: 'exhausted'; readonly budget: BudgetRecord }
  /** 403: its status makes no sense. */
  | { readonly kind: 'forbidden'; readonly budget: BudgetRecord; readonly message: string }

/** The budget part of an eviction as the API server decides it, without doing it (registry/core/pod/storage/eviction.go, 1.36). */
export function evictionAllowance(cluster: ClusterReader, pod: PodRecord): EvictionAllowance {
  if (pod.deletedAt !== undefined) return { kind: 'bypass', because: 'Terminating' }
  if (isFinished(pod)) return { kind: 'bypass', because: 'Finished' }
  if (pod.phase === 'Pending') return { kind: 'bypass', because: 'Pending' }

  const budgets = budgetsOf(cluster, pod)
  const [budget] = budgets
  if (budgets.length > 1) return { kind: 'severalBudgets', budgets }
  if (budget === undefined) return { kind: 'allowed', budget: undefined }
  if (!pod.ready && sparesUnready(budget)) return { kind: 'bypass', because: 'NotReady' }

  const { observedGeneration, disruptionsAllowed, disruptedPods } = budget.status
  if (observedGeneration < budget.generation) return { kind: 'lagging', budget }
  if (disruptionsAllowed < 0) return { kind: 'forbidden', budget, message: `disruptionsAllowed of budget ${budget.name} is negative` }
  if (disruptedPods.size > MAX_DISRUPTED_PODS) {
    return { kind: 'forbidden', budget, message: `budget ${budget.name} lists more than ${MAX_DISRUPTED_PODS} disrupted pods` }
  }
  return { kind: disruptionsAllowed === 0 ? 'exhausted' : 'allowed', budget }
}

/** Whether a pod that is not Ready may go without spending of the budget: a pod that does not serve disrupts nobody. */
function sparesUnready({ unhealthyPodEvictionPolicy, status }: BudgetRecord): boolean {
  switch (unhealthyPodEvictionPolicy) {
    case 'AlwaysAllow':
      return true
    case 'IfHealthyBudget':
      return status.desiredHealthy > 0 && status.currentHealthy >= status.desiredHealthy
  }
}

/**
 * Why a budget would not allow the eviction of a Ready pod even if every pod that its controllers want were healthy; undefined when it might.
 * Costs a pass over the pods of the namespace unless the budget allows one right now.
 */
export function neverAllows(cluster: ClusterReader, budget: BudgetRecord): string | undefined {
  const { minAvailable, maxUnavailable, status } = budget
  if (status.disruptionsAllowed > 0 && status.observedGeneration >= budget.generation) return undefined
  const called = `budget ${budget.name}`
  if (maxUnavailable?.value === 0) return `maxUnavailable of ${called} is ${written(maxUnavailable)}`
  const limit = minAvailable ?? maxUnavailable
  if (limit === undefined) return `${called} sets neither minAvailable nor maxUnavailable`

  const pods = coveredPods(cluster, budget)
  if (pods.length === 0) return undefined
  const scale = expectedScale(cluster, pods)
  switch (scale.kind) {
    case 'unknown':
      return undefined
    case 'unscalable':
      // An integer minAvailable is compared with the pods as they are; everything else fails on such a controller.
      if (minAvailable?.kind === 'int') return undefined
      return `${called} covers pods of ${scale.controller}, which has no scale to take a share of`
    case 'replicas':
      return tooStrict(called, budget, pods, scale.replicas)
  }
}

function tooStrict(called: string, budget: BudgetRecord, pods: readonly PodRecord[], replicas: number): string | undefined {
  const { minAvailable, maxUnavailable } = budget
  // In a rollout there may be more pods than wanted; as long as they are there, they count as healthy too.
  const alive = pods.filter(pod => pod.deletedAt === undefined && !isFinished(pod)).length
  const healthy = Math.max(alive, replicas + pods.filter(pod => pod.controller === undefined).length)
  const isShare = minAvailable?.kind !== 'int'
  if (isShare && replicas <= 0) return `no controller says how many of the pods there should be that ${called} covers`
  const needed = desiredHealthy(budget, replicas)
  if (healthy > needed) return undefined
  const what = minAvailable === undefined ? `maxUnavailable ${written(maxUnavailable)}` : `minAvailable ${written(minAvailable)}`
  return `${called} asks for ${needed} healthy pods (${what}) where there are ${healthy} when all is well`
}

function written(value: IntOrPercent | undefined): string {
  return value === undefined ? '' : `${value.value}${value.kind === 'percent' ? '%' : ''}`
}

/** What the disruption controller makes of a budget, or why it cannot (it then sets disruptionsAllowed to 0 and leaves the rest). */
export type BudgetSync =
  { readonly kind: 'synced'; readonly status: BudgetRecord['status'] } | { readonly kind: 'failed'; readonly problem: string }

/** The status of a budget at `now` (milliseconds since the epoch) as the disruption controller writes it (trySync in disruption.go, 1.36). */
export function computeBudgetStatus(cluster: ClusterReader, budget: BudgetRecord, now: number): BudgetSync {
  const pods = coveredPods(cluster, budget)
  const expected = expectedPodsOf(cluster, budget, pods)
  if (expected.kind !== 'replicas') return { kind: 'failed', problem: `found no scale of ${expected.controller}` }

  const disruptedPods = new Map<string, number>()
  let currentHealthy = 0
  for (const pod of pods) {
    if (pod.deletedAt !== undefined) continue
    const disruptedAt = budget.status.disruptedPods.get(pod.name)
    const since = disruptedAt === undefined ? Infinity : now - disruptedAt
    if (disruptedAt !== undefined && since <= DELETION_TIMEOUT_MS) disruptedPods.set(pod.name, disruptedAt)
    if (pod.ready && since >= DELETION_TIMEOUT_MS) currentHealthy += 1
  }
  const expectedPods = expected.replicas
  const needed = desiredHealthy(budget, expectedPods)
  return {
    kind: 'synced',
    status: {
      observedGeneration: budget.generation,
      disruptionsAllowed: expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - needed),
      currentHealthy,
      desiredHealthy: needed,
      expectedPods,
      disruptedPods,
    },
  }
}
