import { ANNOTATIONS } from '../../cluster/annotations.ts'
import { parseDeletionCost } from '../../cluster/deletion-cost.ts'
import { isReady, readySince } from '../pod-facts.ts'
import { parseTimestamp } from '../../cluster/timestamp.ts'
import type { PodObject } from '../wire-objects.ts'

/**
 * The pods of a ReplicaSet in the order in which scaling down takes them (controller_utils.go ActivePodsWithRanks, 1.36): unassigned, then
 * Pending before Unknown before Running, not Ready, lower pod-deletion-cost, more related pods on the node, Ready for a shorter time, more
 * restarts, younger. Ages count by orders of magnitude (LogarithmicScaleDown); what is left is decided by uid.
 *
 * @param related active pods of all ReplicaSets of the same owner: those that may crowd a node
 */
export function scaleDownOrder(pods: readonly PodObject[], related: readonly PodObject[], now: number): readonly PodObject[] {
  const onNode = new Map<string, number>()
  for (const pod of related) {
    const node = pod.spec?.nodeName
    if (node !== undefined) onNode.set(node, (onNode.get(node) ?? 0) + 1)
  }
  const ranked = pods.map(pod => ({ pod, key: sortKey(pod, onNode.get(pod.spec?.nodeName ?? '') ?? 0, now) }))
  return ranked.sort((a, b) => compareKeys(a.key, b.key) || (uidOf(a.pod) < uidOf(b.pod) ? -1 : 1)).map(({ pod }) => pod)
}

/** Compared number by number; lower goes first. */
function sortKey(pod: PodObject, colocated: number, now: number): readonly number[] {
  const ready = isReady(pod)
  return [
    pod.spec?.nodeName === undefined ? 0 : 1,
    phaseOrder(pod.status?.phase),
    ready ? 1 : 0,
    deletionCost(pod),
    -colocated,
    // Pods that are not Ready have no time to compare; they have been sorted from the Ready ones above.
    ready ? magnitude(now - (readySince(pod) ?? now)) : 0,
    -restarts(pod),
    magnitude(now - (parseTimestamp(pod.metadata.creationTimestamp) ?? now)),
  ]
}

function compareKeys(a: readonly number[], b: readonly number[]): number {
  for (const [at, value] of a.entries()) {
    const difference = value - (b[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function phaseOrder(phase: string | undefined): number {
  return phase === 'Running' ? 2 : phase === 'Unknown' ? 1 : 0
}

/** An annotation that is no cost counts as 0, as ActivePodsWithRanks has it. */
function deletionCost(pod: PodObject): number {
  return parseDeletionCost(pod.metadata.annotations?.[ANNOTATIONS.podDeletionCost] ?? '0') ?? 0
}

/** log2 of the age in nanoseconds, as upstream counts it; a time in the future is no age at all. */
function magnitude(ageMs: number): number {
  return ageMs <= 0 ? -1 : Math.floor(Math.log2(ageMs * 1e6))
}

function restarts(pod: PodObject): number {
  return (pod.status?.containerStatuses ?? []).reduce((most, container) => Math.max(most, container.restartCount), 0)
}

function uidOf(pod: PodObject): string {
  return pod.metadata.uid ?? ''
}
