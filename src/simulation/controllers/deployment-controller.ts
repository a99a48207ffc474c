import { withCondition } from '../conditions.ts'
import { ownerKey, runController, splitKey, type Controller, type ControllerContext, type WatchedEvent } from './controller.ts'
import { isControlledBy, isTerminal, isTerminating } from '../pod-facts.ts'
import { controllerRef, templateHash } from './pod-template.ts'
import { newSetSize, nextRolloutStep, rolloutBounds, type RolloutBounds, type SetSize } from './rolling-update.ts'
import { keyOf } from '../sorted-objects.ts'
import { parseTimestamp } from '../timestamps.ts'
import type { Condition, DeploymentObject, ReplicaSetObject } from '../wire-objects.ts'

const HASH_LABEL = 'pod-template-hash'
const REVISION = 'deployment.kubernetes.io/revision'

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
  const set = setKey === undefined ? undefined : context.objects.get('replicasets', ...splitKey(setKey))
  return set === undefined ? undefined : ownerKey(set, 'Deployment')
}

function reconcile(context: ControllerContext, deployment: DeploymentObject): void {
  const sets = ownedSets(context, deployment)
  const hash = templateHash(deployment.spec?.template)
  const current = sets.find(set => set.metadata.labels?.[HASH_LABEL] === hash)
  if (deployment.spec?.paused === true) scalePaused(context, deployment, current, sets)
  else rollOut(context, deployment, hash, current, sets)
  // Read anew: the roll-out may just have created or resized one.
  writeStatus(context, deployment, hash)
}

function ownedSets(context: ControllerContext, deployment: DeploymentObject): readonly ReplicaSetObject[] {
  return context.objects
    .list('replicasets', deployment.metadata.namespace)
    .filter(set => isControlledBy(set, deployment.metadata.uid))
    .sort(byCreation)
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

function createSet(context: ControllerContext, deployment: DeploymentObject, hash: string, replicas: number, revision: number): void {
  const template = deployment.spec?.template
  const labels = { ...template?.metadata?.labels, [HASH_LABEL]: hash }
  const { name, namespace } = deployment.metadata
  context.objects.create('replicasets', {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      annotations: { [REVISION]: String(revision) },
      ownerReferences: [controllerRef(deployment)],
    },
    spec: {
      replicas,
      minReadySeconds: deployment.spec?.minReadySeconds ?? 0,
      selector: {
        ...deployment.spec?.selector,
        matchLabels: { ...deployment.spec?.selector?.matchLabels, [HASH_LABEL]: hash },
      },
      template: { ...template, metadata: { ...template?.metadata, labels } },
    },
  })
}

/** A template that comes back (a roll-back) takes up its old ReplicaSet under a new revision; the Deployment shows the same number. */
function stampRevision(
  context: ControllerContext,
  deployment: DeploymentObject,
  current: ReplicaSetObject,
  sets: readonly ReplicaSetObject[],
): void {
  const isNewest = sets.every(set => set === current || revisionOf(set) < revisionOf(current))
  const revision = String(isNewest ? revisionOf(current) : nextRevision(sets))
  const stamp = <O extends DeploymentObject | ReplicaSetObject>(object: O): O => ({
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [REVISION]: revision } },
  })
  context.objects.update('replicasets', current.metadata, stamp)
  context.objects.update('deployments', deployment.metadata, stamp)
}

function resize(context: ControllerContext, set: ReplicaSetObject, replicas: number): void {
  context.objects.update('replicasets', set.metadata, now => ({ ...now, spec: { ...now.spec, replicas } }))
}

/** Old ReplicaSets are kept for roll-backs, as many as revisionHistoryLimit says. */
function dropOldSets(context: ControllerContext, deployment: DeploymentObject, old: readonly ReplicaSetObject[]): void {
  const idle = old.filter(set => (set.spec?.replicas ?? 0) === 0 && (set.status?.replicas ?? 0) === 0)
  const excess = idle.length - (deployment.spec?.revisionHistoryLimit ?? 10)
  const oldestFirst = [...idle].sort((a, b) => revisionOf(a) - revisionOf(b))
  for (const set of oldestFirst.slice(0, Math.max(0, excess))) {
    context.store.delete('replicasets', set.metadata.namespace, set.metadata.name)
  }
}

function writeStatus(context: ControllerContext, deployment: DeploymentObject, hash: string): void {
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

function isComplete(current: ReplicaSetObject, replicas: number): boolean {
  return current.spec?.replicas === replicas && current.status?.availableReplicas === replicas
}

/** Recreate waits for every old pod to stop, terminating ones included; terminal ones do not run. */
function hasLivingPods(context: ControllerContext, set: ReplicaSetObject): boolean {
  return context.objects.list('pods', set.metadata.namespace).some(pod => isControlledBy(pod, set.metadata.uid) && !isTerminal(pod))
}

function sizeOf(set: ReplicaSetObject): SetSize {
  return { name: set.metadata.name, wanted: set.spec?.replicas ?? 0, available: set.status?.availableReplicas ?? 0 }
}

function revisionOf(set: ReplicaSetObject): number {
  return Number(set.metadata.annotations?.[REVISION] ?? 0)
}

function nextRevision(sets: readonly ReplicaSetObject[]): number {
  return 1 + sets.reduce((highest, set) => Math.max(highest, revisionOf(set)), 0)
}

function byCreation(a: ReplicaSetObject, b: ReplicaSetObject): number {
  const difference = (parseTimestamp(a.metadata.creationTimestamp) ?? 0) - (parseTimestamp(b.metadata.creationTimestamp) ?? 0)
  return difference !== 0 ? difference : a.metadata.name < b.metadata.name ? -1 : 1
}
