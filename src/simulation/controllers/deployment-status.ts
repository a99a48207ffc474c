import { withCondition } from '../conditions.ts'
import type { Condition, DeploymentObject, ReplicaSetObject } from '../wire-objects.ts'
import type { ControllerContext } from './controller.ts'
import { HASH_LABEL, ownedSets } from './deployment-replica-sets.ts'
import { rolloutBounds } from './rolling-update.ts'

/** Sums up the ReplicaSets (sync.go calculateStatus); the one with this hash is the one of the current template. */
export function writeDeploymentStatus(context: ControllerContext, deployment: DeploymentObject, hash: string): void {
  const sets = ownedSets(context, deployment)
  const current = sets.find(set => set.metadata.labels?.[HASH_LABEL] === hash)
  const total = (field: 'replicas' | 'readyReplicas' | 'availableReplicas'): number =>
    sets.reduce((sum, set) => sum + (set.status?.[field] ?? 0), 0)
  const wanted = deployment.spec?.replicas ?? 1
  const bounds = rolloutBounds(
    wanted,
    deployment.spec?.strategy?.rollingUpdate?.maxSurge,
    deployment.spec?.strategy?.rollingUpdate?.maxUnavailable,
  )
  const available = total('availableReplicas')
  const status = {
    observedGeneration: deployment.metadata.generation ?? 1,
    replicas: total('replicas'),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: total('readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, total('replicas') - available),
  }
  const isAvailable = available >= wanted - bounds.maxUnavailable
  const complete = current !== undefined && isComplete(current, wanted) && status.replicas === wanted
  const conditions: readonly Condition[] = withCondition(
    withCondition(
      deployment.status?.conditions,
      {
        type: 'Available',
        status: isAvailable ? 'True' : 'False',
        reason: isAvailable ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      },
      context.clock.now(),
    ),
    { type: 'Progressing', status: 'True', reason: complete ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated' },
    context.clock.now(),
  )
  context.objects.update('deployments', deployment.metadata, now => ({ ...now, status: { ...status, conditions } }))
}

/** The current ReplicaSet has all of its replicas, available. */
export function isComplete(current: ReplicaSetObject, replicas: number): boolean {
  return current.spec?.replicas === replicas && current.status?.availableReplicas === replicas
}
