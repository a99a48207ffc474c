import type { PodRecord } from '../cluster/pod.ts'
import { isWorkloadRef } from '../scheduling/controller-record.ts'
import { counted } from './counted.ts'
import type { Veto } from './reasons.ts'
import type { VetoContext } from './veto-context.ts'
import { replicasWanted, rolloutOf } from './workloads.ts'

export function cannotBeRead(pod: PodRecord, { owners }: VetoContext): Veto | undefined {
  const problem = pod.spec.problems[0] ?? owners.controller?.problems[0] ?? owners.top?.problems[0]
  return problem === undefined ? undefined : { reason: 'CannotPredict', message: problem }
}

export function ownersAreUnknown(pod: PodRecord, { cluster, owners }: VetoContext): Veto | undefined {
  // A custom resource is never in the data: whoever opted its kind in answers for its rollouts.
  if (pod.controller === undefined || !isWorkloadRef(pod.controller)) return undefined
  const { kind, name } = pod.controller
  if (owners.controller === undefined) {
    return { reason: 'OwnersUnknown', message: `${kind} ${name} is not in the data, so a rollout could not be told` }
  }
  if (kind === 'ReplicaSet' && !cluster.knows('Deployment') && owners.controller.controller?.kind === 'Deployment') {
    return { reason: 'OwnersUnknown', message: 'Deployments are not in the data, so a rollout could not be told' }
  }
  return undefined
}

export function hasTooFewReplicas(pod: PodRecord, { cluster, policy, owners }: VetoContext): Veto | undefined {
  const replicas = replicasWanted(cluster, pod, owners)
  if (replicas >= policy.minimumReplicas) return undefined
  const { kind, name } = owners.name
  return {
    reason: 'SingleReplica',
    message: `${kind} ${name} wants ${counted(replicas, 'replica')}, the minimum is ${policy.minimumReplicas}`,
  }
}

export function updatesOnDelete(_pod: PodRecord, { owners }: VetoContext): Veto | undefined {
  if (owners.controller?.statefulSet?.updateStrategy !== 'OnDelete') return undefined
  return { reason: 'OnDeleteUpdates', message: `StatefulSet ${owners.controller.name} updates pods when they are deleted` }
}

export function isPartitioned(_pod: PodRecord, { owners }: VetoContext): Veto | undefined {
  const partition = owners.controller?.statefulSet?.partition ?? 0
  if (partition === 0) return undefined
  return { reason: 'Partitioned', message: `StatefulSet ${owners.controller?.name ?? ''} updates only ordinals from ${partition}` }
}

export function isRollingOut(_pod: PodRecord, { owners }: VetoContext): Veto | undefined {
  const rollout = rolloutOf(owners)
  return rollout === undefined ? undefined : { reason: 'RollingOut', message: rollout }
}

/**
 * The owner has more pods than it wants: a scale-in under way, which decides by itself what goes. Fewer than it wants is what every eviction
 * looks like until the replacement is there, and no reason to wait.
 */
export function isScalingIn(_pod: PodRecord, { owners }: VetoContext): Veto | undefined {
  const { controller } = owners
  if (controller === undefined || controller.status.replicas <= controller.replicas) return undefined
  const message = `${controller.kind} ${controller.name} wants ${counted(controller.replicas, 'pod')} and has ${controller.status.replicas}`
  return { reason: 'ScaledRecently', message }
}
