import type { BudgetRecord, IntOrPercent } from '../cluster/budget.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import { matchesLabels } from '../cluster/label-selector.ts'
import type { OwnerRef, PodRecord } from '../cluster/pod.ts'
import type { WorkloadRecord } from '../cluster/workload.ts'
import { controllerRecord, isWorkloadRef } from './controller-record.ts'

/** The pods that a budget covers: any phase, terminating ones too. A null or invalid selector covers none. */
export function coveredPods(cluster: ClusterReader, budget: BudgetRecord): readonly PodRecord[] {
  return Array.from(cluster.podsIn(budget.namespace)).filter(pod => matchesLabels(budget.selector, pod.labels))
}

/** How many pods the controllers of some pods want together, or why that cannot be told. */
export type Scale =
  | { readonly kind: 'replicas'; readonly replicas: number }
  /** No controller of this kind ever has a scale: the disruption controller fails for as long as the pod is covered. */
  | { readonly kind: 'unscalable'; readonly controller: string }
  /** The controller is not in the state, or of a kind whose `/scale` only the API server knows. */
  | { readonly kind: 'unknown'; readonly controller: string }

/**
 * Sum of spec.replicas over the distinct controllers of the pods, a Deployment standing for its ReplicaSets (getExpectedScale in
 * disruption.go, 1.36). Pods without a controller add nothing.
 */
export function expectedScale(cluster: ClusterReader, pods: Iterable<PodRecord>): Scale {
  const replicasByUid = new Map<string, number>()
  for (const { controller: ref, namespace } of pods) {
    if (ref === undefined) continue
    const controller = `${ref.kind} ${ref.name}`
    // A custom resource of that name may well have one.
    if (isWorkloadRef(ref) && (ref.kind === 'DaemonSet' || ref.kind === 'Job')) return { kind: 'unscalable', controller }
    const scaled = scaledBy(cluster, namespace, ref)
    if (scaled === undefined) return { kind: 'unknown', controller }
    replicasByUid.set(scaled.uid, scaled.replicas)
  }
  let replicas = 0
  for (const wanted of replicasByUid.values()) replicas += wanted
  return { kind: 'replicas', replicas }
}

/** The number of pods that the budget's own terms are taken of: an integer minAvailable counts pods, everything else asks their controllers. */
export function expectedPodsOf(
  cluster: ClusterReader,
  { minAvailable, maxUnavailable }: BudgetRecord,
  covered: readonly PodRecord[],
): Scale {
  if (minAvailable?.kind === 'int') return { kind: 'replicas', replicas: covered.length }
  if (minAvailable === undefined && maxUnavailable === undefined) return { kind: 'replicas', replicas: 0 }
  return expectedScale(cluster, covered)
}

/** How many healthy pods the budget asks for where `expected` are expected. */
export function desiredHealthy({ minAvailable, maxUnavailable }: BudgetRecord, expected: number): number {
  if (maxUnavailable !== undefined) return Math.max(0, expected - scaledValue(maxUnavailable, expected))
  return minAvailable === undefined ? 0 : scaledValue(minAvailable, expected)
}

/** An integer as it is, a percentage of the total rounded up. */
function scaledValue(value: IntOrPercent, total: number): number {
  return value.kind === 'int' ? value.value : Math.ceil((value.value * total) / 100)
}

/** The workload whose spec.replicas counts: a Deployment for its ReplicaSets, where it is known. */
function scaledBy(cluster: ClusterReader, namespace: string, ref: OwnerRef): WorkloadRecord | undefined {
  const workload = controllerRecord(cluster, namespace, ref)
  const owner = workload?.kind === 'ReplicaSet' ? workload.controller : undefined
  const deployment = owner?.kind === 'Deployment' ? controllerRecord(cluster, namespace, owner) : undefined
  return deployment ?? workload
}
