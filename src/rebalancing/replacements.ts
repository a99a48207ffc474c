import type { ClusterReader } from '../cluster/cluster-state.ts'
import { isFinished, type PodRecord } from '../cluster/pod.ts'
import { isReplicaOwner } from '../scheduling/controller-record.ts'
import { wholeSecond, type Expectation } from './expectations.ts'

/**
 * The replacement of an evicted pod: the one already known while it lives, else the next pod of the same controller that was created
 * after the eviction and is not claimed by another. A StatefulSet's has the name of the pod it replaces.
 *
 * @param taken uids of evicted pods and of replacements already known
 * @param rivals how many other evictions a pod of that uid may replace the victim of: who has no other choice goes first
 * @param isThere it must be among the pods that are there, because the controller has all its pods or has had its time: where only our clock says
 *   that it is too old, our clock is ahead of the API server's
 */
export function findReplacement(
  expectation: Expectation,
  cluster: ClusterReader,
  taken: ReadonlySet<string>,
  rivals: (uid: string) => number,
  isThere: boolean,
): PodRecord | undefined {
  const { namespace, pod, replacementUid, bornAfter, bornFloor, controller, notReplacements } = expectation
  const living = livingPods(expectation.controllerUid, cluster)
  const known = living.find(candidate => candidate.uid === replacementUid)
  if (known !== undefined) return known
  const next = living.filter(candidate => !taken.has(candidate.uid) && candidate.namespace === namespace)
  if (isReplicaOwner(controller) && controller.kind === 'StatefulSet') return next.find(candidate => candidate.name === pod)
  const possible = next
    .filter(({ uid }) => !notReplacements.includes(uid))
    .sort((a, b) => rivals(a.uid) - rivals(b.uid) || a.createdAt - b.createdAt)
  const bornSince = (time: number): PodRecord | undefined => possible.find(({ createdAt }) => createdAt >= wholeSecond(time))
  return bornSince(bornAfter) ?? (isThere ? bornSince(bornFloor) : undefined)
}

/**
 * Whether the controller still has a pod to create: not when it is gone, was scaled in, or handed over to a newer revision meanwhile. Where nobody
 * can tell, it has: what comes of waiting in vain is that nothing more is evicted.
 */
export function wantsReplacement(
  { namespace, controllerUid, controller }: Pick<Expectation, 'namespace' | 'controllerUid' | 'controller'>,
  cluster: ClusterReader,
): boolean {
  if (!isReplicaOwner(controller) || !cluster.knows(controller.kind)) return true
  const record = cluster.get(controller.kind, `${namespace}/${controller.name}`)
  if (record?.uid !== controllerUid) return false
  return livingPods(controllerUid, cluster).length < record.replicas
}

/** Whether an owner without a record has come to its end, as far as its pods tell: none is left. */
export function hasEnded({ controller, controllerUid }: Expectation, cluster: ClusterReader): boolean {
  return !isReplicaOwner(controller) && livingPods(controllerUid, cluster).length === 0
}

/** What is to be said besides of a replacement that is missing, where nobody can tell whether it is still to come. */
export function doubtOn({ controller }: Expectation): string {
  return isReplicaOwner(controller) ? '' : `, and whether ${controller.kind} ${controller.name} still wants it is not known`
}

function livingPods(controllerUid: string, cluster: ClusterReader): readonly PodRecord[] {
  return [...cluster.podsOf(controllerUid)].filter(pod => pod.deletedAt === undefined && !isFinished(pod))
}
