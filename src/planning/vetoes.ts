import { ANNOTATIONS } from '../cluster/annotations.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { budgetsOf, neverAllows } from '../scheduling/budget-arithmetic.ts'
import type { Policy } from './policy.ts'
import type { Veto } from './reasons.ts'
import { rolloutOf, type Owners } from './workloads.ts'

/** What a predicate may look at. */
export interface VetoContext {
  readonly cluster: ClusterReader
  readonly policy: Policy
  readonly now: number
  readonly owners: Owners
}

/** May this pod be evicted as far as this one rule is concerned? Undefined: yes. */
type Predicate = (pod: PodRecord, context: VetoContext) => Veto | undefined

/**
 * The vetoes on one pod, in the order in which they are asked; the first that answers is the pod's reason. What can be read off the pod comes
 * before what needs its owners, and budgets come last, so that the reason shown is the one that a person would have to change first.
 */
const CHAIN: readonly Predicate[] = [
  inExcludedNamespace,
  isMirror, // a static pod, whoever its owner seems to be
  belongsToItsNode,
  isJob,
  hasNoController,
  ownerKindIsNotAllowed,
  isTerminating,
  isPending,
  isTooYoung,
  isSystemCritical,
  optedOut, // pod before workload before namespace
  otherToolsOptOut,
  hasLocalStorage,
  cannotBeRead,
  ownersAreUnknown, // what is absent is not empty
  hasTooFewReplicas,
  updatesOnDelete,
  isPartitioned,
  isRollingOut,
  budgetsAreUnknown,
  severalBudgetsCoverIt, // the API answers 500 for ever
  budgetNeverAllows,
]

/** The first veto on the pod, or undefined when it may be moved if a landing helps. */
export function vetoOf(pod: PodRecord, context: VetoContext): Veto | undefined {
  for (const predicate of CHAIN) {
    const veto = predicate(pod, context)
    if (veto !== undefined) return veto
  }
  return undefined
}

function inExcludedNamespace(pod: PodRecord, { policy }: VetoContext): Veto | undefined {
  const { include, exclude } = policy.namespaces
  if (exclude.includes(pod.namespace)) return { reason: 'NamespaceExcluded', message: `namespace ${pod.namespace} is excluded` }
  if (include.length > 0 && !include.includes(pod.namespace)) {
    return { reason: 'NamespaceExcluded', message: `namespace ${pod.namespace} is none of the included ones` }
  }
  return undefined
}

function isMirror(pod: PodRecord): Veto | undefined {
  if (!pod.annotations.has(ANNOTATIONS.mirror) && pod.controller?.kind !== 'Node') return undefined
  return { reason: 'MirrorPod', message: 'it is a static pod of its node' }
}

function belongsToItsNode(pod: PodRecord): Veto | undefined {
  if (pod.controller?.kind !== 'DaemonSet') return undefined
  return { reason: 'DaemonSetPod', message: `DaemonSet ${pod.controller.name} wants one pod on each node` }
}

function isJob(pod: PodRecord, { policy }: VetoContext): Veto | undefined {
  if (pod.controller?.kind !== 'Job' || policy.ownerKinds.includes('Job')) return undefined
  return { reason: 'JobPod', message: `evicting it would lose the work of Job ${pod.controller.name}` }
}

function hasNoController(pod: PodRecord): Veto | undefined {
  return pod.controller === undefined ? { reason: 'NoController', message: 'no controller would replace it' } : undefined
}

function ownerKindIsNotAllowed(pod: PodRecord, { policy }: VetoContext): Veto | undefined {
  const kind = pod.controller?.kind ?? ''
  if (policy.ownerKinds.includes(kind)) return undefined
  return { reason: 'OwnerKindNotAllowed', message: `pods of a ${kind} are not moved; allowed are ${policy.ownerKinds.join(', ')}` }
}

function isTerminating(pod: PodRecord): Veto | undefined {
  return pod.deletedAt === undefined ? undefined : { reason: 'Terminating', message: 'it is being deleted already' }
}

// The Eviction API deletes a Pending pod without looking at any budget, so evicting one is never an innocent retry.
function isPending(pod: PodRecord): Veto | undefined {
  if (pod.nodeName !== undefined && pod.phase !== 'Pending') return undefined
  return { reason: 'Pending', message: pod.nodeName === undefined ? 'it is not scheduled yet' : 'it has not started yet' }
}

function isTooYoung(pod: PodRecord, { policy, now }: VetoContext): Veto | undefined {
  const age = now - pod.createdAt
  if (age >= policy.minimumPodAge) return undefined
  return {
    reason: 'TooYoung',
    message: `it is ${Math.max(0, Math.round(age / 1000))} s old, the minimum is ${Math.round(policy.minimumPodAge / 1000)} s`,
  }
}

function isSystemCritical(pod: PodRecord, { policy }: VetoContext): Veto | undefined {
  if (pod.spec.priority < policy.priorityThreshold) return undefined
  return { reason: 'SystemCritical', message: `its priority ${pod.spec.priority} is not below the threshold ${policy.priorityThreshold}` }
}

function optedOut(pod: PodRecord, { cluster, owners }: VetoContext): Veto | undefined {
  const namespace = cluster.get('Namespace', pod.namespace)
  const levels = [
    { where: 'the pod', annotations: pod.annotations },
    { where: `${owners.controller?.kind} ${owners.controller?.name}`, annotations: owners.controller?.annotations },
    { where: `${owners.top?.kind} ${owners.top?.name}`, annotations: owners.top?.annotations },
    { where: `namespace ${pod.namespace}`, annotations: namespace?.annotations },
  ]
  for (const { where, annotations } of levels) {
    const value = annotations?.get(ANNOTATIONS.evict)
    if (value === 'true') return undefined
    if (value !== undefined) return { reason: 'OptedOut', message: `${ANNOTATIONS.evict} is "${value}" on ${where}` }
  }
  return undefined
}

function otherToolsOptOut(pod: PodRecord): Veto | undefined {
  const doNotDisrupt = pod.annotations.get(ANNOTATIONS.doNotDisrupt)
  if (doNotDisrupt !== undefined && doNotDisrupt !== 'false') {
    return { reason: 'DoNotDisrupt', message: `${ANNOTATIONS.doNotDisrupt} is "${doNotDisrupt}"` }
  }
  if (pod.annotations.get(ANNOTATIONS.safeToEvict) === 'false') {
    return { reason: 'NotSafeToEvict', message: `${ANNOTATIONS.safeToEvict} is "false"` }
  }
  if (pod.annotations.has(ANNOTATIONS.preferNoEviction)) {
    return { reason: 'PrefersNoEviction', message: `${ANNOTATIONS.preferNoEviction} is set` }
  }
  return undefined
}

function hasLocalStorage(pod: PodRecord, { policy }: VetoContext): Veto | undefined {
  if (policy.allowLocalStorage || pod.spec.localVolumes.length === 0) return undefined
  const safe = new Set((pod.annotations.get(ANNOTATIONS.safeToEvictLocalVolumes) ?? '').split(',').map(name => name.trim()))
  const unsafe = pod.spec.localVolumes.find(volume => !safe.has(volume.name))
  if (unsafe === undefined) return undefined
  return { reason: 'LocalStorage', message: `volume ${unsafe.name} (${unsafe.kind}) would be lost with the node's copy` }
}

function cannotBeRead(pod: PodRecord, { owners }: VetoContext): Veto | undefined {
  const problem = pod.spec.problems[0] ?? owners.controller?.problems[0] ?? owners.top?.problems[0]
  return problem === undefined ? undefined : { reason: 'CannotPredict', message: problem }
}

function ownersAreUnknown(pod: PodRecord, { cluster, owners }: VetoContext): Veto | undefined {
  const kind = pod.controller?.kind ?? ''
  if (owners.controller === undefined) {
    return { reason: 'OwnersUnknown', message: `${kind} ${pod.controller?.name ?? ''} is not in the data, so a rollout could not be told` }
  }
  if (kind === 'ReplicaSet' && !cluster.knows('Deployment') && owners.controller.controller?.kind === 'Deployment') {
    return { reason: 'OwnersUnknown', message: 'Deployments are not in the data, so a rollout could not be told' }
  }
  return undefined
}

function hasTooFewReplicas(_pod: PodRecord, { policy, owners }: VetoContext): Veto | undefined {
  const workload = owners.top?.kind === 'Deployment' ? owners.top : owners.controller
  if (workload === undefined || workload.replicas >= policy.minimumReplicas) return undefined
  return {
    reason: 'SingleReplica',
    message: `${workload.kind} ${workload.name} wants ${workload.replicas} replicas, the minimum is ${policy.minimumReplicas}`,
  }
}

function updatesOnDelete(_pod: PodRecord, { owners }: VetoContext): Veto | undefined {
  if (owners.controller?.statefulSet?.updateStrategy !== 'OnDelete') return undefined
  return { reason: 'OnDeleteUpdates', message: `StatefulSet ${owners.controller.name} updates pods when they are deleted` }
}

function isPartitioned(_pod: PodRecord, { owners }: VetoContext): Veto | undefined {
  const partition = owners.controller?.statefulSet?.partition ?? 0
  if (partition === 0) return undefined
  return { reason: 'Partitioned', message: `StatefulSet ${owners.controller?.name ?? ''} updates only ordinals from ${partition}` }
}

function isRollingOut(_pod: PodRecord, { owners }: VetoContext): Veto | undefined {
  const rollout = rolloutOf(owners)
  return rollout === undefined ? undefined : { reason: 'RollingOut', message: rollout }
}

function budgetsAreUnknown(_pod: PodRecord, { cluster }: VetoContext): Veto | undefined {
  if (cluster.knows('PodDisruptionBudget')) return undefined
  return { reason: 'BudgetsUnknown', message: 'PodDisruptionBudgets are not in the data' }
}

function severalBudgetsCoverIt(pod: PodRecord, { cluster }: VetoContext): Veto | undefined {
  const budgets = budgetsOf(cluster, pod)
  if (budgets.length < 2) return undefined
  return { reason: 'SeveralBudgets', message: `${budgets.length} budgets cover it: ${budgets.map(budget => budget.name).join(', ')}` }
}

function budgetNeverAllows(pod: PodRecord, { cluster }: VetoContext): Veto | undefined {
  const budget = budgetsOf(cluster, pod)[0]
  const why = budget === undefined ? undefined : neverAllows(cluster, budget)
  return why === undefined ? undefined : { reason: 'BudgetNeverAllows', message: why }
}
