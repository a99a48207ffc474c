import { compareText } from '../cluster/compare-text.ts'
import type { ClusterReader, Delta } from '../cluster/cluster-state.ts'
import type { NodeRecord } from '../cluster/node.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { Drain } from '../planning/situation.ts'
import type { Clock } from './ports.ts'
import { wantsReplacement } from './replacements.ts'

/**
 * Tells which nodes are being drained: cordoned, and losing pods that the loop itself did not evict. A drain is over when its node is uncordoned,
 * or when no pod has left for one hold-down: whoever drains waits for budgets, and comes to the next node of a domain after a pause.
 */
export interface DrainWatch {
  /** Takes note of a pod that leaves; to be called when the state has it, since its node may be gone with the next change. */
  note(delta: Delta): void
  drains(): readonly Drain[]
}

/** @param holdDown milliseconds @param isOurs whether the loop has evicted the pod with this uid */
export function createDrainWatch(
  cluster: ClusterReader,
  holdDown: number,
  clock: Pick<Clock, 'now' | 'monotonic'>,
  isOurs: (uid: string) => boolean,
): DrainWatch {
  /** By node: the node as it was when a pod left it last, and until when that counts, in monotonic time. */
  let losses: Map<string, { readonly node: NodeRecord; readonly until: number }> | undefined

  // What began before the loop looked shows in pods that are still leaving.
  const known = (): NonNullable<typeof losses> =>
    (losses ??= new Map(
      drainsSeen(cluster, clock.now(), isOurs).map(({ node, until }) => [
        node.name,
        { node, until: clock.monotonic() + until - clock.now() },
      ]),
    ))

  return {
    note: ({ before, after }) => {
      if (before?.kind !== 'Pod' || before.deletedAt !== undefined) return
      const present = after?.kind === 'Pod' ? after : undefined
      const isReplaced = present !== undefined && present.uid !== before.uid
      if (present !== undefined && present.deletedAt === undefined && !isReplaced) return
      const node = cordonedNodeOf(before, cluster)
      if (node === undefined || isOurs(before.uid) || !(isReplaced || isMissed(before, cluster))) return
      const grace = (present?.deletedAt ?? 0) - clock.now()
      known().set(node.name, { node, until: clock.monotonic() + Math.max(holdDown, grace) })
    },
    drains: () => {
      for (const [name, { until }] of known()) {
        if (until <= clock.monotonic() || cluster.node(name)?.unschedulable === false) known().delete(name)
      }
      return [...known().values()].map(({ node, until }) => drainOf(node, clock.now() + until - clock.monotonic())).sort(byNode)
    },
  }
}

/** What a single look at a cluster shows of drains: pods that leave cordoned nodes at this moment. */
export function drainsSeen(cluster: ClusterReader, now: number, isOurs: (uid: string) => boolean = () => false): readonly Drain[] {
  const drains = new Map<string, Drain>()
  for (const pod of cluster.pods()) {
    // A pod that is overdue is stuck: its node is dead rather than drained.
    if (pod.deletedAt === undefined || pod.deletedAt <= now || isOurs(pod.uid)) continue
    const node = cordonedNodeOf(pod, cluster)
    if (node === undefined) continue
    drains.set(node.name, drainOf(node, Math.max(pod.deletedAt, drains.get(node.name)?.until ?? 0)))
  }
  return [...drains.values()].sort(byNode)
}

/** The node that the pod would leave in a drain; a drain leaves the pods of DaemonSets alone, and those of Jobs come to their end anyway. */
function cordonedNodeOf({ controller, nodeName = '' }: PodRecord, cluster: ClusterReader): NodeRecord | undefined {
  if (controller === undefined || controller.kind === 'DaemonSet' || controller.kind === 'Job') return undefined
  const node = cluster.node(nodeName)
  return node?.unschedulable === true ? node : undefined
}

/** Its controller makes another one: it was evicted, and not scaled in. */
function isMissed({ namespace, controller }: PodRecord, cluster: ClusterReader): boolean {
  return controller !== undefined && wantsReplacement({ namespace, controller, controllerUid: controller.uid }, cluster)
}

function drainOf(node: NodeRecord, until: number): Drain {
  return { node, reason: 'DrainInProgress', until, message: `${node.name} is being drained: it is cordoned, and pods leave it` }
}

function byNode(a: Drain, b: Drain): number {
  return compareText(a.node.name, b.node.name)
}
