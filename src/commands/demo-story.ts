import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { ZONE_LABEL } from '../cluster/topology-labels.ts'
import type { LoopStatus } from '../rebalancing/loop.ts'
import type { ClusterActions } from '../simulation/cluster-actions.ts'

const LOST_ZONE = 'zone-c'

/** What the storyteller sees of cluster and loop at one moment. */
interface Scene {
  readonly cluster: ClusterReader
  readonly status: LoopStatus
}

/** One act of the demo: what happens, and how one can tell that it is over. */
export interface Act {
  readonly title: string
  begin(actions: ClusterActions): void
  isOver(scene: Scene): boolean
}

/** A zone fails, its pods move, it comes back, and respread fills it again. */
export const ACTS: readonly Act[] = [
  {
    title: 'three zones, every workload spread evenly; waiting until all pods are Ready',
    begin: () => undefined,
    isOver: ({ cluster }) => isFull(cluster) && livePods(cluster).every(pod => pod.ready),
  },
  {
    title: `${LOST_ZONE} fails: its nodes fall silent, and soft constraints soon count it no more (-)`,
    begin: actions => actions.failZone(LOST_ZONE),
    isOver: ({ cluster }) => livePods(cluster).every(pod => zoneOf(cluster, pod) !== LOST_ZONE && (pod.ready || isStuck(pod))),
  },
  {
    title: `${LOST_ZONE} is back: Kubernetes leaves its pods where they are, respread waits until the zone has settled`,
    begin: actions => actions.recoverZone(LOST_ZONE),
    isOver: ({ cluster, status }) => livePods(cluster).every(pod => pod.ready) && isAtRest(status),
  },
]

function isAtRest({ plan, inFlight }: LoopStatus): boolean {
  return plan !== undefined && inFlight === 0 && plan.evictions.length === 0 && plan.groups.every(group => group.status !== 'Held')
}

/** Every workload has the pods it asks for. */
function isFull(cluster: ClusterReader): boolean {
  const wanted = [...cluster.all('Deployment'), ...cluster.all('StatefulSet')].reduce((sum, workload) => sum + workload.replicas, 0)
  return wanted > 0 && livePods(cluster).length === wanted
}

function livePods(cluster: ClusterReader): readonly PodRecord[] {
  return [...cluster.pods()].filter(pod => pod.deletedAt === undefined)
}

// Hard constraints that count the lost zone, and volumes in it, leave some replacements Pending until it is back.
function isStuck(pod: PodRecord): boolean {
  return pod.nodeName === undefined && pod.unschedulableMessage !== undefined
}

export function zoneOf(cluster: ClusterReader, pod: PodRecord): string | undefined {
  return cluster.node(pod.nodeName ?? '')?.labels.get(ZONE_LABEL)
}
