import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { isReplicaOwner } from '../scheduling/controller-record.ts'
import { areMadeAlike } from '../scheduling/made-alike.ts'
import { NO_DOMAIN } from '../scheduling/node-layout.ts'
import type { DomainIndex } from './domain-index.ts'
import type { SpreadState } from './spread-state.ts'
import type { SpreadStates } from './spread-states.ts'

/** Pods that the scheduler and every count treat alike: whatever refuses one of them refuses all. In the order in which they were given. */
export interface Alike {
  readonly first: PodRecord
  /** That of the first's node; -1 where there is none of that name. */
  readonly slot: number
  readonly pods: readonly PodRecord[]
  /** Where each of them is among those given. */
  readonly places: readonly number[]
  /** The groups that count them. */
  readonly counting: readonly SpreadState[]
}

/** Sorts pods of one namespace by all that tells them apart: most of it is where they stand, and most of that shows in the key with most domains. */
export function alikeAmong(
  cluster: ClusterReader,
  slotOf: (nodeName: string) => number | undefined,
  pods: readonly PodRecord[],
  states: SpreadStates,
): readonly Alike[] {
  const found: Kind[] = []
  const byDomain = new Map<number, Kind[]>()
  let latest: PodRecord | undefined
  let counting: readonly SpreadState[] = []
  let finest: DomainIndex | undefined
  let isUnlike = false
  for (let place = 0; place < pods.length; place += 1) {
    const pod = pods[place]
    if (pod === undefined) continue
    // Most are made like the one before.
    if (latest === undefined || !areMadeAlike(cluster, pod, latest)) {
      counting = states.counting(pod)
      finest = finestAmong(counting)
      isUnlike = isLikeNoOther(pod)
    }
    latest = pod
    const slot = slotOf(pod.nodeName ?? '') ?? -1
    const domain = finest?.bySlot[slot] ?? NO_DOMAIN
    const near = isUnlike ? undefined : byDomain.get(domain)
    const kind = near?.find(each => areMadeAlike(cluster, pod, each.first) && standAlike(slot, each.slot, counting))
    if (kind !== undefined) {
      kind.pods.push(pod)
      kind.places.push(place)
      continue
    }
    const made: Kind = { first: pod, slot, pods: [pod], places: [place], counting }
    found.push(made)
    if (near !== undefined) near.push(made)
    else if (!isUnlike) byDomain.set(domain, [made])
  }
  return found
}

interface Kind extends Alike {
  readonly pods: PodRecord[]
  readonly places: number[]
}

/** Volumes are a pod's own, and what comes once the pod is gone finds its node's room freed. */
function isLikeNoOther({ claims, controller }: PodRecord): boolean {
  return claims.length > 0 || (controller !== undefined && (controller.kind === 'StatefulSet' || !isReplicaOwner(controller)))
}

function standAlike(slot: number, other: number, counting: readonly SpreadState[]): boolean {
  return counting.every(({ index: { bySlot } }) => (bySlot[slot] ?? NO_DOMAIN) === (bySlot[other] ?? NO_DOMAIN))
}

function finestAmong(counting: readonly SpreadState[]): DomainIndex | undefined {
  let finest: DomainIndex | undefined
  for (const { index } of counting) if (finest === undefined || index.names.length > finest.names.length) finest = index
  return finest
}
