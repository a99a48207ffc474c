import type { ClusterReader } from '../cluster/cluster-state.ts'
import { isFinished, type PodRecord } from '../cluster/pod.ts'
import type { WorkloadRecord } from '../cluster/workload.ts'
import { wholeSecond, type Expectation } from './expectations.ts'

/**
 * The replacement of an evicted pod: the one already known while it lives, else the next pod of the same controller that was created
 * after the eviction and is not claimed by another. A StatefulSet's has the name of the pod it replaces.
 *
 * @param taken uids of evicted pods and of replacements already known
 * @param rivals how many other evictions a pod of that uid may replace the victim of: who has no other choice goes first
 * @param isComplete the controller has all its pods, so the replacement is among them: where only our clock says that it is too old, our clock
 *   is ahead of the API server's
 */
export function findReplacement(
  expectation: Expectation,
  cluster: ClusterReader,
  taken: ReadonlySet<string>,
  rivals: (uid: string) => number,
  isComplete: boolean,
): PodRecord | undefined {
  const { namespace, pod, replacementUid, bornAfter, bornFloor, controller, notReplacements } = expectation
  const living = [...cluster.podsOf(expectation.controllerUid)].filter(lives)
  const known = living.find(candidate => candidate.uid === replacementUid)
  if (known !== undefined) return known
  const next = living.filter(candidate => !taken.has(candidate.uid) && candidate.namespace === namespace)
  if (controller.kind === 'StatefulSet') return next.find(candidate => candidate.name === pod)
  const possible = next
    .filter(({ uid }) => !notReplacements.includes(uid))
    .sort((a, b) => rivals(a.uid) - rivals(b.uid) || a.createdAt - b.createdAt)
  const bornSince = (time: number): PodRecord | undefined => possible.find(({ createdAt }) => createdAt >= wholeSecond(time))
  return bornSince(bornAfter) ?? (isComplete ? bornSince(bornFloor) : undefined)
}

/** Whether the controller still has a pod to create: not when it is gone, was scaled in, or handed over to a newer revision meanwhile. */
export function wantsReplacement(
  { namespace, controllerUid, controller }: Pick<Expectation, 'namespace' | 'controllerUid' | 'controller'>,
  cluster: ClusterReader,
): boolean {
  const { kind, name } = controller
  if (!isReplicated(kind) || !cluster.knows(kind)) return true
  const record = cluster.get(kind, `${namespace}/${name}`)
  if (record?.uid !== controllerUid) return false
  return [...cluster.podsOf(controllerUid)].filter(lives).length < record.replicas
}

const lives = (pod: PodRecord): boolean => pod.deletedAt === undefined && !isFinished(pod)

type Replicated = Extract<WorkloadRecord['kind'], 'ReplicaSet' | 'StatefulSet' | 'ReplicationController'>

function isReplicated(kind: string): kind is Replicated {
  return kind === 'ReplicaSet' || kind === 'StatefulSet' || kind === 'ReplicationController'
}
