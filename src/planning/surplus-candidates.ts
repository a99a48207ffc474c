import type { ClusterReader } from '../cluster/cluster-state.ts'
import { memo } from '../cluster/memo.ts'
import { isFinished, type PodRecord } from '../cluster/pod.ts'
import type { WorkloadName } from './plan-types.ts'
import type { Policy } from './policy.ts'
import { optedOut, otherToolsOptOut } from './veto-by-annotation.ts'
import { inExcludedNamespace } from './veto-by-namespace.ts'
import { cannotBeRead, isRollingOut, ownersAreUnknown } from './veto-by-owner.ts'
import { isNotSelected, isSystemCritical, ownerKindIsNotAllowed } from './veto-by-pod.ts'
import { firstVeto, type Predicate } from './vetoes.ts'
import { createOwnersFinder } from './workloads.ts'

/** A pod that an autoscaler may take away, and whose ReplicaSet can be told that it should be this one. */
export interface Candidate {
  readonly pod: PodRecord
  readonly workload: WorkloadName
  /** How many pods the autoscaler may still take away, as far as they are named: one number, shared by all pods of its workload. */
  readonly scaleIn: { left: number }
}

/** Of one workload no more are named at a time: what goes makes place for the next, and a scale-in seldom takes so many at once. */
const MOST_NAMED = 100

/**
 * What forbids to point a scale-in at the pod: whoever is not to be evicted is not to be named here either. What protects a pod for the sake of
 * its replacement or of a budget (age, storage, a landing) does not count: a scale-in takes a pod in any case, and nothing comes in its place.
 */
const CHAIN: readonly Predicate[] = [
  inExcludedNamespace,
  isNotSelected,
  ownerKindIsNotAllowed,
  isSystemCritical,
  optedOut,
  otherToolsOptOut,
  cannotBeRead,
  ownersAreUnknown,
  isRollingOut,
]

/** Pods of one namespace under a HorizontalPodAutoscaler that could still scale in. */
export interface Autoscaled {
  readonly candidates: readonly Candidate[]
  /** Uids of pods whose workload is rolling out. */
  readonly rollingOut: readonly string[]
}

export function autoscaledIn(namespace: string, cluster: ClusterReader, policy: Policy, now: number): Autoscaled {
  const minimums = minimumsIn(namespace, cluster)
  const ownersOf = createOwnersFinder(cluster)
  const unasked = {
    evicted: new Set<string>(),
    unreadBudgetIn: () => undefined,
    unpredictable: () => undefined,
    neverAllows: () => undefined,
  }
  const scaleIns = new Map<string, { left: number }>()
  const candidates: Candidate[] = []
  const rollingOut: string[] = []
  if (minimums.size === 0) return { candidates, rollingOut }
  for (const pod of cluster.podsIn(namespace)) {
    const { controller } = pod
    if (controller === undefined || pod.deletedAt !== undefined || isFinished(pod)) continue
    const owners = ownersOf(pod)
    const target = [keyOf(owners.name), keyOf(controller)].find(key => minimums.has(key))
    if (target === undefined) continue
    const scaleIn = memo(scaleIns, target, () => ({ left: -(minimums.get(target) ?? 0) }))
    scaleIn.left += 1
    // The ReplicaSet controller alone reads deletion costs.
    if (controller.kind !== 'ReplicaSet' || !controller.apiVersion.startsWith('apps/') || pod.nodeName === undefined) continue
    const veto = firstVeto(CHAIN, pod, { cluster, policy, now, owners, ...unasked })
    if (veto === undefined) candidates.push({ pod, workload: owners.name, scaleIn })
    else if (veto.reason === 'RollingOut') rollingOut.push(pod.uid)
  }
  for (const scaleIn of scaleIns.values()) scaleIn.left = Math.min(scaleIn.left, MOST_NAMED)
  return { candidates, rollingOut }
}

/** By workload: how many replicas its autoscaler leaves it at least. */
function minimumsIn(namespace: string, cluster: ClusterReader): ReadonlyMap<string, number> {
  const minimums = new Map<string, number>()
  for (const autoscaler of cluster.all('HorizontalPodAutoscaler')) {
    if (autoscaler.namespace !== namespace) continue
    const key = keyOf(autoscaler.target)
    minimums.set(key, Math.max(autoscaler.minReplicas, minimums.get(key) ?? 0))
  }
  return minimums
}

function keyOf({ kind, name }: WorkloadName): string {
  return `${kind}/${name}`
}
