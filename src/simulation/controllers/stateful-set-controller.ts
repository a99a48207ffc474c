import { runController, type Controller, type ControllerContext } from './controller.ts'
import { claimPods, ownersConcerned } from './claim-pods.ts'
import { isAvailable, isReady, isTerminal, isTerminating } from '../pod-facts.ts'
import { createReplica, isNamedAfter, podsByOrdinal, REVISION_LABEL, type Ordinals } from './stateful-set-pods.ts'
import { syncRevisions, type Revisions } from './stateful-set-revisions.ts'
import type { PodObject, StatefulSetObject } from '../wire-objects.ts'

/**
 * One pod an ordinal, each with its name and claims for good (pkg/controller/statefulset/stateful_set_control.go). A slot is filled anew
 * only after its old pod is gone. OrderedReady does one thing at a time and waits for each pod to be Ready; Parallel does not wait.
 */
export const statefulSetController: Controller = context =>
  runController(context, {
    name: 'statefulset',
    resources: ['statefulsets', 'pods'],
    keysOf: event => ownersConcerned(context, 'statefulsets', 'StatefulSet', event),
    reconcile: (namespace, name) => {
      const set = context.objects.get('statefulsets', namespace, name)
      if (set === undefined || isTerminating(set)) return undefined
      claimPods(context, set, pod => isNamedAfter(set, pod))
      const revisions = syncRevisions(context, set)
      const pods = podsByOrdinal(context, set)
      if (fillSlots(context, set, revisions, pods) && takeCondemned(context, set, pods)) replaceOutdated(context, set, revisions, pods)
      return writeStatus(context, set, revisions)
    },
  })

function isOrdered(set: StatefulSetObject): boolean {
  return set.spec?.podManagementPolicy !== 'Parallel'
}

/** Creates what is missing, lowest ordinal first. False: something must happen before the next step. */
function fillSlots(context: ControllerContext, set: StatefulSetObject, revisions: Revisions, { replicas }: Ordinals): boolean {
  for (const [ordinal, pod] of replicas.entries()) {
    if (pod === undefined) {
      createReplica(context, set, ordinal, ordinal < partitionOf(set) ? revisions.current : revisions.update)
      if (isOrdered(set)) return false
    } else if (isTerminal(pod) && !isTerminating(pod)) {
      deletePod(context, pod)
      if (isOrdered(set)) return false
    } else if (isOrdered(set) && (isTerminating(pod) || !isReady(pod))) {
      return false
    }
  }
  return true
}

/** Scales down from the highest ordinal. False: wait. */
function takeCondemned(context: ControllerContext, set: StatefulSetObject, { condemned }: Ordinals): boolean {
  for (const pod of condemned) {
    if (!isTerminating(pod)) deletePod(context, pod)
    if (isOrdered(set)) return false
  }
  return true
}

/** RollingUpdate deletes one outdated pod at a time, highest ordinal first, down to the partition; OnDelete leaves it to a person. */
function replaceOutdated(context: ControllerContext, set: StatefulSetObject, revisions: Revisions, { replicas }: Ordinals): void {
  if (set.spec?.updateStrategy?.type === 'OnDelete') return
  for (const pod of replicas.slice(partitionOf(set)).reverse()) {
    if (pod === undefined) return
    if (pod.metadata.labels?.[REVISION_LABEL] !== revisions.update.name && !isTerminating(pod)) {
      deletePod(context, pod)
      return
    }
    if (isTerminating(pod) || !isReady(pod)) return
  }
}

/** Ordinals below stay at the current revision; 0 for a strategy that has no partition. */
function partitionOf(set: StatefulSetObject): number {
  return set.spec?.updateStrategy?.type === 'OnDelete' ? 0 : (set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0)
}

function deletePod(context: ControllerContext, pod: PodObject): void {
  context.store.delete('pods', pod.metadata.namespace, pod.metadata.name)
}

/** Returns when a Ready pod will have been Ready for minReadySeconds, if some are not there yet. */
function writeStatus(context: ControllerContext, set: StatefulSetObject, { current, update }: Revisions): number | undefined {
  const { replicas, condemned } = podsByOrdinal(context, set)
  const pods = [...replicas, ...condemned].filter(pod => pod !== undefined)
  const ofRevision = (name: string): number =>
    pods.filter(pod => !isTerminating(pod) && pod.metadata.labels?.[REVISION_LABEL] === name).length
  const minReadySeconds = set.spec?.minReadySeconds ?? 0
  const ready = pods.filter(isReady).length
  const available = pods.filter(pod => isAvailable(pod, minReadySeconds, context.clock.now())).length
  const updated = ofRevision(update.name)
  // completeRollingUpdate: with every pod updated and Ready, the update becomes what is current.
  const complete = set.spec?.updateStrategy?.type !== 'OnDelete' && updated === replicas.length && ready === replicas.length
  context.objects.update('statefulsets', set.metadata, now => ({
    ...now,
    status: {
      observedGeneration: set.metadata.generation ?? 1,
      replicas: pods.length,
      readyReplicas: ready,
      availableReplicas: available,
      currentReplicas: complete ? updated : ofRevision(current.name),
      updatedReplicas: updated,
      currentRevision: complete ? update.name : current.name,
      updateRevision: update.name,
      collisionCount: 0,
    },
  }))
  return available < ready ? minReadySeconds * 1_000 : undefined
}
