import type { ClusterReader } from '../cluster/cluster-state.ts'
import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { WorkloadRecord } from '../cluster/workload.ts'
import { controllerRecord } from '../scheduling/controller-record.ts'
import { counted } from './counted.ts'
import { crewOf, type Crew } from './crew.ts'
import { listed } from './listed.ts'
import type { WorkloadName } from './plan-types.ts'

/** The owners of a pod from its controller upwards, as far as the state knows them. */
export interface Owners {
  /** The record of the pod's own controller: its ReplicaSet, StatefulSet, ... */
  readonly controller: WorkloadRecord | undefined
  /** The record at the top: the Deployment over a ReplicaSet; the controller itself when nothing owns it. */
  readonly top: WorkloadRecord | undefined
  /** What to call the workload, also where no record is known (an Argo Rollout over a ReplicaSet, a bare pod). */
  readonly name: WorkloadName
  /** What the controller's pods tell of it, for want of a record; they are looked at when first asked. */
  readonly crew: () => Crew
}

/** Follows controller references by kind, name and uid: a namesake that was created anew is not the owner. */
export function ownersOf(cluster: ClusterReader, pod: PodRecord): Owners {
  let known: Crew | undefined
  const crew = (): Crew => (known ??= crewOf(cluster, pod.controller?.uid ?? ''))
  if (pod.controller === undefined) return { controller: undefined, top: undefined, name: { kind: 'Pod', name: pod.name }, crew }
  const controller = controllerRecord(cluster, pod.namespace, pod.controller)
  let top = controller
  let name: WorkloadName = { kind: pod.controller.kind, name: pod.controller.name }
  for (let depth = 0; depth < 4 && top?.controller !== undefined; depth++) {
    name = { kind: top.controller.kind, name: top.controller.name }
    const above = controllerRecord(cluster, pod.namespace, top.controller)
    if (above === undefined) break
    top = above
  }
  return { controller, top, name, crew }
}

/** The owners of pods, worked out once a controller. */
export type OwnersFinder = (pod: PodRecord) => Owners

export function createOwnersFinder(cluster: ClusterReader): OwnersFinder {
  const known = new Map<string, Owners>()
  /** Siblings mostly come one after the other. */
  let latest: { readonly uid: string; readonly owners: Owners } | undefined
  return pod => {
    if (pod.controller === undefined) return ownersOf(cluster, pod)
    const { uid } = pod.controller
    if (latest?.uid !== uid) latest = { uid, owners: memo(known, uid, () => ownersOf(cluster, pod)) }
    return latest.owners
  }
}

/** How many pods a workload is there for. */
export interface Scale {
  readonly replicas: number
  /** False for an owner that the state has no record of (a custom resource whose kind was opted in): its pods that serve are counted instead. */
  readonly isWanted: boolean
}

/** A Deployment says it for all its ReplicaSets. */
export function scaleOf({ controller, top, crew }: Owners): Scale {
  const scaled = top?.kind === 'Deployment' ? top : controller
  return scaled === undefined ? { replicas: crew().serving, isWanted: false } : { replicas: scaled.replicas, isWanted: true }
}

/**
 * Why the workload counts as in the middle of a rollout, or undefined. An eviction then would be a step of the rollout, or be undone by it.
 * Deployment: its controller has not seen the newest spec, or it has pods of an older revision. StatefulSet: its revisions differ. Of an owner
 * without a record: those of its pods do, which tells too little of what the next pod will be, be it a partition that is to stay.
 */
export function rolloutOf(owners: Owners): string | undefined {
  const { controller, top, name } = owners
  const { mixture } = controller === undefined ? owners.crew() : {}
  if (mixture !== undefined) {
    return `pods of ${name.kind} ${name.name} are of the revisions ${listed(mixture.revisions)} (${mixture.key}), and which comes next is not in the data`
  }
  for (const workload of new Set([controller, top])) {
    if (workload === undefined) continue
    const called = `${workload.kind} ${workload.name}`
    if (workload.deletedAt !== undefined) return `${called} is being deleted`
    if (workload.observedGeneration < workload.generation) return `the controller of ${called} has not seen its newest spec yet`
    const { updatedReplicas } = workload.status
    const older = workload.status.replicas - updatedReplicas
    if (workload.kind === 'Deployment' && older > 0) {
      return updatedReplicas < workload.replicas
        ? `${updatedReplicas} of ${workload.replicas} replicas of ${called} are updated${ifPaused(workload)}`
        : `${called} still has ${counted(older, 'pod')} of an older revision${ifPaused(workload)}`
    }
    const set = workload.statefulSet
    if (set !== undefined && set.updateStrategy === 'RollingUpdate' && set.partition === 0 && set.updateRevision !== set.currentRevision) {
      return `${called} is between revisions ${set.currentRevision} and ${set.updateRevision}`
    }
  }
  return undefined
}

/** `kubectl rollout pause`: what waits for the end of such a rollout waits for a person. */
function ifPaused({ paused }: WorkloadRecord): string {
  return paused ? ', and its rollout is paused' : ''
}
