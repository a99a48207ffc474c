import { ANNOTATIONS } from '../../cluster/annotations.ts'
import { compareText } from '../../cluster/compare-text.ts'
import { parseDeletionCost } from '../../cluster/deletion-cost.ts'
import { isReady, readySince } from '../pod-facts.ts'
import { parseTimestamp } from '../../cluster/timestamp.ts'
import type { PodObject } from '../wire-objects.ts'

/**
 * The pods of a ReplicaSet in the order in which scaling down takes them (controller_utils.go ActivePodsWithRanks, 1.36): unassigned, then
 * Pending before Unknown before Running, not Ready, lower pod-deletion-cost, more related pods on the node, Ready for a shorter time, more
 * restarts, younger, lower uid. Times count by orders of magnitude (LogarithmicScaleDown): the uid decides between two of the same.
 *
 * @param related active pods of all ReplicaSets of the same owner: those that may crowd a node
 */
export function scaleDownOrder(pods: readonly PodObject[], related: readonly PodObject[], now: number): readonly PodObject[] {
  const byNode = Map.groupBy(related, pod => pod.spec?.nodeName)
  const colocated = (pod: PodObject): number => byNode.get(pod.spec?.nodeName)?.length ?? 0
  return pods.toSorted(
    (a, b) =>
      stageOf(a) - stageOf(b) ||
      deletionCost(a) - deletionCost(b) ||
      colocated(b) - colocated(a) ||
      youngerFirst(a, b, readySince, now) ||
      restarts(b) - restarts(a) ||
      youngerFirst(a, b, createdAt, now) ||
      byUid(a, b),
  )
}

/** How far a pod has come: unassigned, by phase, and Ready. */
function stageOf(pod: PodObject): number {
  return 6 * (pod.spec?.nodeName === undefined ? 0 : 1) + 2 * phaseOrder(pod.status?.phase) + (isReady(pod) ? 1 : 0)
}

/** Neither goes first by a time that is the same for both, or that they do not have. */
function youngerFirst(a: PodObject, b: PodObject, since: (pod: PodObject) => number | undefined, now: number): number {
  const [left, right] = [since(a), since(b)]
  if (left === right || left === undefined || right === undefined) return 0
  return magnitude(now - left) - magnitude(now - right) || byUid(a, b)
}

function createdAt(pod: PodObject): number | undefined {
  return parseTimestamp(pod.metadata.creationTimestamp)
}

function byUid(a: PodObject, b: PodObject): number {
  return compareText(a.metadata.uid ?? '', b.metadata.uid ?? '')
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
