import type { ClusterReader } from '../cluster/cluster-state.ts'
import { isFinished, type PodRecord } from '../cluster/pod.ts'
import type { WorkloadRecord } from '../cluster/workload.ts'
import { controllerRecord } from '../scheduling/controller-record.ts'
import { counted } from './counted.ts'
import type { WorkloadName } from './plan-types.ts'

/** The owners of a pod from its controller upwards, as far as the state knows them. */
export interface Owners {
  /** The record of the pod's own controller: its ReplicaSet, StatefulSet, ... */
  readonly controller: WorkloadRecord | undefined
  /** The record at the top: the Deployment over a ReplicaSet; the controller itself when nothing owns it. */
  readonly top: WorkloadRecord | undefined
  /** What to call the workload, also where no record is known (an Argo Rollout over a ReplicaSet, a bare pod). */
  readonly name: WorkloadName
}

/** Follows controller references by kind, name and uid: a namesake that was created anew is not the owner. */
export function ownersOf(cluster: ClusterReader, pod: PodRecord): Owners {
  if (pod.controller === undefined) return { controller: undefined, top: undefined, name: { kind: 'Pod', name: pod.name } }
  const controller = controllerRecord(cluster, pod.namespace, pod.controller)
  let top = controller
  let name: WorkloadName = { kind: pod.controller.kind, name: pod.controller.name }
  for (let depth = 0; depth < 4 && top?.controller !== undefined; depth++) {
    name = { kind: top.controller.kind, name: top.controller.name }
    const above = controllerRecord(cluster, pod.namespace, top.controller)
    if (above === undefined) break
    top = above
  }
  return { controller, top, name }
}

/**
 * How many pods the workload wants: a Deployment says it for all its ReplicaSets. Of an owner that the state has no records of (a custom resource
 * whose kind was opted in) the pods themselves are counted.
 */
export function replicasWanted(cluster: ClusterReader, pod: PodRecord, { controller, top }: Owners): number {
  const scaled = top?.kind === 'Deployment' ? top : controller
  if (scaled !== undefined) return scaled.replicas
  if (pod.controller === undefined) return 1
  return [...cluster.podsOf(pod.controller.uid)].filter(each => each.deletedAt === undefined && !isFinished(each)).length
}

/**
 * Why the workload counts as in the middle of a rollout, or undefined. An eviction then would be a step of the rollout, or be undone by it.
 * Deployment: its controller has not seen the newest spec, or not every replica is updated. StatefulSet: its revisions differ.
 */
export function rolloutOf(owners: Owners): string | undefined {
  const { controller, top } = owners
  for (const workload of new Set([controller, top])) {
    if (workload === undefined) continue
    const called = `${workload.kind} ${workload.name}`
    if (workload.deletedAt !== undefined) return `${called} is being deleted`
    if (workload.observedGeneration < workload.generation) return `the controller of ${called} has not seen its newest spec yet`
    if (workload.kind === 'Deployment' && workload.status.updatedReplicas < workload.replicas) {
      return `${workload.status.updatedReplicas} of ${workload.replicas} replicas of ${called} are updated`
    }
    if (workload.kind === 'Deployment' && workload.status.replicas > workload.status.updatedReplicas) {
      return `${called} still has ${counted(workload.status.replicas - workload.status.updatedReplicas, 'pod')} of an older revision`
    }
    const set = workload.statefulSet
    if (set !== undefined && set.updateStrategy === 'RollingUpdate' && set.partition === 0 && set.updateRevision !== set.currentRevision) {
      return `${called} is between revisions ${set.currentRevision} and ${set.updateRevision}`
    }
  }
  return undefined
}
