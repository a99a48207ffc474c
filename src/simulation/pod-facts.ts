import { findCondition } from './conditions.ts'
import type { RawObject } from './object-store.ts'
import { parseTimestamp } from '../cluster/timestamp.ts'
import type { PodObject } from './wire-objects.ts'

export function isTerminating(object: RawObject): boolean {
  return object.metadata.deletionTimestamp !== undefined
}

export function isTerminal(pod: PodObject): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
}

/** Neither terminal nor on its way out: what a controller counts towards its replicas (controller_utils.go IsPodActive). */
export function isActive(pod: PodObject): boolean {
  return !isTerminal(pod) && !isTerminating(pod)
}

export function isReady(pod: PodObject): boolean {
  return findCondition(pod.status?.conditions, 'Ready')?.status === 'True'
}

/** Since when the pod is Ready, in milliseconds since the epoch; undefined when it is not. */
export function readySince(pod: PodObject): number | undefined {
  const condition = findCondition(pod.status?.conditions, 'Ready')
  return condition?.status === 'True' ? parseTimestamp(condition.lastTransitionTime) : undefined
}

/** Ready for at least minReadySeconds. */
export function isAvailable(pod: PodObject, minReadySeconds: number, now: number): boolean {
  const since = readySince(pod)
  return isReady(pod) && (minReadySeconds === 0 || (since !== undefined && since + minReadySeconds * 1_000 <= now))
}

export function isControlledBy(object: RawObject, ownerUid: string | undefined): boolean {
  return object.metadata.ownerReferences?.some(owner => owner.controller === true && owner.uid === ownerUid) ?? false
}
