import type { PodRecord } from '../cluster/pod.ts'
import type { Veto } from './reasons.ts'
import type { VetoContext } from './veto-context.ts'
import { rolloutOf } from './workloads.ts'

export function cannotBeRead(pod: PodRecord, { owners }: VetoContext): Veto | undefined {
  const problem = pod.spec.problems[0] ?? owners.controller?.problems[0] ?? owners.top?.problems[0]
  return problem === undefined ? undefined : { reason: 'CannotPredict', message: problem }
}

export function ownersAreUnknown(pod: PodRecord, { cluster, owners }: VetoContext): Veto | undefined {
  const kind = pod.controller?.kind ?? ''
  if (owners.controller === undefined) {
    return { reason: 'OwnersUnknown', message: `${kind} ${pod.controller?.name ?? ''} is not in the data, so a rollout could not be told` }
  }
  if (kind === 'ReplicaSet' && !cluster.knows('Deployment') && owners.controller.controller?.kind === 'Deployment') {
    return { reason: 'OwnersUnknown', message: 'Deployments are not in the data, so a rollout could not be told' }
  }
  return undefined
}

export function hasTooFewReplicas(_pod: PodRecord, { policy, owners }: VetoContext): Veto | undefined {
  const workload = owners.top?.kind === 'Deployment' ? owners.top : owners.controller
  if (workload === undefined || workload.replicas >= policy.minimumReplicas) return undefined
  return {
    reason: 'SingleReplica',
    message: `${workload.kind} ${workload.name} wants ${workload.replicas} replicas, the minimum is ${policy.minimumReplicas}`,
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
  const message = `${controller.kind} ${controller.name} wants ${controller.replicas} pods and has ${controller.status.replicas}`
  return { reason: 'ScaledRecently', message }
}
