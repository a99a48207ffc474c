import { nameOfKey } from '../../cluster/records.ts'
import { isControlledBy, isTerminal, isTerminating } from '../pod-facts.ts'
import { keyOf } from '../sorted-objects.ts'
import type { DeploymentObject, ReplicaSetObject } from '../wire-objects.ts'
import { ownerKey, runController, type Controller, type ControllerContext, type WatchedEvent } from './controller.ts'
import { createSet, dropOldSets, HASH_LABEL, nextRevision, ownedSets, resize, sizeOf, stampRevision } from './deployment-replica-sets.ts'
import { isComplete, writeDeploymentStatus } from './deployment-status.ts'
import { templateHash } from './pod-template.ts'
import { newSetSize, nextRolloutStep, rolloutBounds, type RolloutBounds } from './rolling-update.ts'

/** One ReplicaSet a template, and the way from one to the next: RollingUpdate within its bounds, or Recreate (pkg/controller/deployment). */
export const deploymentController: Controller = context =>
  runController(context, {
    name: 'deployment',
    resources: ['deployments', 'replicasets', 'pods'],
    keysOf: event => {
      const key = keyOfDeployment(context, event)
      return key === undefined ? [] : [key]
    },
    reconcile: (namespace, name) => {
      const deployment = context.objects.get('deployments', namespace, name)
      if (deployment !== undefined && !isTerminating(deployment)) reconcile(context, deployment)
      return undefined
    },
  })

/** Of pods only the end matters: Recreate waits for it, and no status of a ReplicaSet shows it. */
function keyOfDeployment(context: ControllerContext, { type, resource, object }: WatchedEvent): string | undefined {
  if (resource === 'deployments') return keyOf(object)
  if (resource === 'replicasets') return ownerKey(object, 'Deployment')
  const setKey = type === 'DELETED' ? ownerKey(object, 'ReplicaSet') : undefined
  if (setKey === undefined) return undefined
  const { namespace, name } = nameOfKey(setKey)
  const set = context.objects.get('replicasets', namespace, name)
  return set === undefined ? undefined : ownerKey(set, 'Deployment')
}

function reconcile(context: ControllerContext, deployment: DeploymentObject): void {
  const sets = ownedSets(context, deployment)
  const hash = templateHash(deployment.spec?.template)
  const current = sets.find(set => set.metadata.labels?.[HASH_LABEL] === hash)
  if (deployment.spec?.paused === true) scalePaused(context, deployment, current, sets)
  else rollOut(context, deployment, hash, current, sets)
  // Read anew: the roll-out may just have created or resized one.
  writeDeploymentStatus(context, deployment, hash)
}

function rollOut(
  context: ControllerContext,
  deployment: DeploymentObject,
  hash: string,
  current: ReplicaSetObject | undefined,
  sets: readonly ReplicaSetObject[],
): void {
  const old = sets.filter(set => set !== current)
  const strategy = deployment.spec?.strategy
  const recreate = strategy?.type === 'Recreate'
  const replicas = deployment.spec?.replicas ?? 1
  const bounds = rolloutBounds(replicas, strategy?.rollingUpdate?.maxSurge, strategy?.rollingUpdate?.maxUnavailable)

  if (recreate && old.some(set => (set.spec?.replicas ?? 0) > 0)) {
    for (const set of old) resize(context, set, 0)
    return
  }
  if (recreate && old.some(set => hasLivingPods(context, set))) return
  if (current === undefined) {
    createSet(context, deployment, hash, recreate ? replicas : newSetSize(bounds, { wanted: 0 }, old.map(sizeOf)), nextRevision(sets))
    return
  }
  stampRevision(context, deployment, current, sets)
  if (recreate) resize(context, current, replicas)
  else takeStep(context, bounds, current, old)
  if (isComplete(current, replicas)) dropOldSets(context, deployment, old)
}

function takeStep(context: ControllerContext, bounds: RolloutBounds, current: ReplicaSetObject, old: readonly ReplicaSetObject[]): void {
  const intents = nextRolloutStep(bounds, sizeOf(current), old.map(sizeOf))
  for (const set of [current, ...old]) {
    const wanted = intents.get(set.metadata.name)
    if (wanted !== undefined) resize(context, set, wanted)
  }
}

/** A paused Deployment is scaled but not rolled out; with several ReplicaSets under way its size stays as it is. */
function scalePaused(
  context: ControllerContext,
  deployment: DeploymentObject,
  current: ReplicaSetObject | undefined,
  sets: readonly ReplicaSetObject[],
): void {
  const active = sets.filter(set => (set.spec?.replicas ?? 0) > 0)
  const only = active.length === 1 ? active[0] : active.length === 0 ? current : undefined
  if (only !== undefined) resize(context, only, deployment.spec?.replicas ?? 1)
}

/** Recreate waits for every old pod to stop, terminating ones included; terminal ones do not run. */
function hasLivingPods(context: ControllerContext, set: ReplicaSetObject): boolean {
  return context.objects.list('pods', set.metadata.namespace).some(pod => isControlledBy(pod, set.metadata.uid) && !isTerminal(pod))
}
