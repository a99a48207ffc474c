import { runController, type Controller, type ControllerContext } from './controller.ts'
import { isActive, isAvailable, isControlledBy, isReady, isTerminating } from '../pod-facts.ts'
import { claimPods, ownersConcerned } from './claim-pods.ts'
import { podFromTemplate } from './pod-template.ts'
import { scaleDownOrder } from './scale-down-order.ts'
import type { PodObject, ReplicaSetObject } from '../wire-objects.ts'

/**
 * Keeps as many active pods as a ReplicaSet asks for (pkg/controller/replicaset). A terminating pod is active no longer, so that its
 * replacement comes while it still holds its place on the node.
 */
export const replicaSetController: Controller = context =>
  runController(context, {
    name: 'replicaset',
    resources: ['replicasets', 'pods'],
    keysOf: event => ownersConcerned(context, 'replicasets', 'ReplicaSet', event),
    reconcile: (namespace, name) => {
      const set = context.objects.get('replicasets', namespace, name)
      return set === undefined ? undefined : reconcile(context, set)
    },
  })

function reconcile(context: ControllerContext, set: ReplicaSetObject): number | undefined {
  claimPods(context, set)
  const inNamespace = context.objects.list('pods', set.metadata.namespace)
  const active = inNamespace.filter(pod => isActive(pod) && isControlledBy(pod, set.metadata.uid))
  if (!isTerminating(set)) {
    const missing = (set.spec?.replicas ?? 1) - active.length
    for (let created = 0; created < missing; created++) {
      const pod = podFromTemplate(set, set.spec?.template, { generateName: `${set.metadata.name}-` })
      if (!context.objects.create('pods', pod).ok) break
    }
    if (missing < 0) {
      const order = scaleDownOrder(active, relatedPods(context, set, inNamespace), context.clock.now())
      for (const pod of order.slice(0, -missing)) context.store.delete('pods', pod.metadata.namespace, pod.metadata.name)
    }
  }
  return writeStatus(context, set)
}

/** Active pods of every ReplicaSet of the same Deployment, or of this one alone (replica_set.go getIndirectlyRelatedPods). */
function relatedPods(context: ControllerContext, set: ReplicaSetObject, pods: readonly PodObject[]): readonly PodObject[] {
  const owner = set.metadata.ownerReferences?.find(candidate => candidate.controller === true)?.uid
  const siblings = context.objects
    .list('replicasets', set.metadata.namespace)
    .filter(other => other.metadata.uid === set.metadata.uid || (owner !== undefined && isControlledBy(other, owner)))
  return pods.filter(pod => isActive(pod) && siblings.some(sibling => isControlledBy(pod, sibling.metadata.uid)))
}

/** Returns when a Ready pod will have been Ready for minReadySeconds, if some are not there yet. */
function writeStatus(context: ControllerContext, set: ReplicaSetObject): number | undefined {
  const active = context.objects.list('pods', set.metadata.namespace).filter(pod => isActive(pod) && isControlledBy(pod, set.metadata.uid))
  const minReadySeconds = set.spec?.minReadySeconds ?? 0
  const ready = active.filter(isReady).length
  const available = active.filter(pod => isAvailable(pod, minReadySeconds, context.clock.now())).length
  const labels = Object.entries(set.spec?.template?.metadata?.labels ?? {})
  context.objects.update('replicasets', set.metadata, now => ({
    ...now,
    status: {
      observedGeneration: set.metadata.generation ?? 1,
      replicas: active.length,
      fullyLabeledReplicas: active.filter(pod => labels.every(([key, value]) => pod.metadata.labels?.[key] === value)).length,
      readyReplicas: ready,
      availableReplicas: available,
    },
  }))
  return available < ready ? minReadySeconds * 1_000 : undefined
}
