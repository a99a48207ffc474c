import type { PodRecord } from '../cluster/pod.ts'
import { isReplicaOwner } from '../scheduling/controller-record.ts'
import { counted } from './counted.ts'
import type { Veto } from './reasons.ts'
import type { VetoContext } from './veto-context.ts'
import { rolloutOf, scaleOf } from './workloads.ts'

export function cannotBeRead(pod: PodRecord, { owners }: VetoContext): Veto | undefined {
  const problem = pod.spec.problems[0] ?? owners.controller?.problems[0] ?? owners.top?.problems[0]
  return problem === undefined ? undefined : { reason: 'CannotPredict', message: problem }
}

export function ownersAreUnknown(pod: PodRecord, { cluster, owners }: VetoContext): Veto | undefined {
  // A custom resource is never in the data: whoever opted its kind in answers for its rollouts, as far as its pods do not show them.
  if (pod.controller === undefined || !isReplicaOwner(pod.controller)) return undefined
  const { kind, name } = pod.controller
  if (owners.controller === undefined) {
    return { reason: 'OwnersUnknown', message: `${kind} ${name} is not in the data, so a rollout could not be told` }
  }
  if (kind === 'ReplicaSet' && !cluster.knows('Deployment') && owners.controller.controller?.kind === 'Deployment') {
    return { reason: 'OwnersUnknown', message: 'Deployments are not in the data, so a rollout could not be told' }
  }
  return undefined
}

export function hasTooFewReplicas(_pod: PodRecord, { policy, owners }: VetoContext): Veto | undefined {
  const { replicas, isWanted } = scaleOf(owners)
  if (replicas >= policy.minimumReplicas) return undefined
  const has = isWanted
    ? `wants ${counted(replicas, 'replica')}`
    : `has ${counted(replicas, 'Ready pod')} (how many it wants is not in the data)`
  return { reason: 'SingleReplica', message: `${owners.name.kind} ${owners.name.name} ${has}, the minimum is ${policy.minimumReplicas}` }
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

/** Such a StatefulSet makes a pod again only once all of lower ordinals are Ready (stateful_set_control.go, 1.36): this one might not come back. */
export function isBehindUnready({ namespace, name }: PodRecord, { cluster, owners: { controller } }: VetoContext): Veto | undefined {
  if (controller?.statefulSet?.isOrdered !== true) return undefined
  const ordinal = Number(name.slice(controller.name.length + 1))
  for (let lower = controller.statefulSet.firstOrdinal; lower < ordinal; lower += 1) {
    const before = cluster.pod(namespace, `${controller.name}-${lower}`)
    if (before?.ready === true && before.deletedAt === undefined) continue
    const message = `StatefulSet ${controller.name} makes its pods in order, and ${controller.name}-${lower} is not Ready`
    return { reason: 'OrdinalNotReady', message }
  }
  return undefined
}

/** Asked only where no rollout is under way, at whose end the next pod may be one that can be predicted. */
export function cannotBePredicted(pod: PodRecord, context: VetoContext): Veto | undefined {
  const problem = context.unpredictable(pod)
  return problem === undefined ? undefined : { reason: 'CannotPredict', message: problem }
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

/**
 * A Deployment without pods of an older revision has made fewer than it wants: a scale-out under way (`kubectl rollout status` calls it a rollout
 * too), or what it cannot make. Where the others land shows what is left to do. What lacks by our own evictions is on its way.
 */
export function isScalingOut(_pod: PodRecord, { owners, evicted }: VetoContext): Veto | undefined {
  const { top } = owners
  if (top?.kind !== 'Deployment') return undefined
  const { updatedReplicas } = top.status
  const lacking = top.replicas - updatedReplicas
  if (lacking <= 0 || lacking <= owners.crew().leaving.filter(({ uid }) => evicted.has(uid)).length) return undefined
  return {
    reason: 'ScaledRecently',
    message: `Deployment ${top.name} wants ${counted(top.replicas, 'pod')} and has made ${updatedReplicas}`,
  }
}

/**
 * Nobody can tell why an owner without a record loses a pod: it may be scaling in, and what looks like skew be half of that. A pod that is past its
 * grace period is stuck on a dead node, and tells nothing of its owner.
 */
export function mayBeScalingIn(_pod: PodRecord, { owners, now, evicted }: VetoContext): Veto | undefined {
  if (owners.controller !== undefined) return undefined
  const { kind, name } = owners.name
  const leaving = owners.crew().leaving.find(({ uid, deletedAt = 0 }) => deletedAt > now && !evicted.has(uid))
  if (leaving === undefined) return undefined
  return {
    reason: 'ScaledRecently',
    message: `its sibling ${leaving.name} is being deleted, and whether ${kind} ${name} is scaling in is not in the data`,
  }
}
