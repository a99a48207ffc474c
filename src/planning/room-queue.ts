import { compareText } from '../cluster/compare-text.ts'
import { memo } from '../cluster/memo.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { counted } from './counted.ts'
import { kindOf, kindsAmong } from './kinds.ts'
import { LISTED, listed } from './listed.ts'
import { refusalOn } from './obstacle.ts'
import type { WorkloadName } from './plan-types.ts'
import type { UnderWay } from './under-way.ts'
import type { OwnersFinder } from './workloads.ts'

/** Who else is to have room, of all that waits for a node. */
export interface RoomQueue {
  /**
   * Those that come before the pod on nodes that have no room for it, and those that have none there either: `3 Pending pods of Deployment batch to
   * be placed there first`. Empty where nobody does.
   */
  besides(pod: PodRecord, nodes: readonly string[]): string
}

/** Asks the model as it is when it is asked itself: with everything that the plan moves where it is to be. */
export function createRoomQueue({ arrivals, unplaced }: UnderWay, model: SchedulerModel, ownersOf: OwnersFinder): RoomQueue {
  const placed = Map.groupBy(arrivals, ({ nodeName }) => nodeName)
  const promised = unplaced.filter(({ nominatedNodeName }) => nominatedNodeName !== undefined)
  const others = unplaced.filter(({ nominatedNodeName }) => nominatedNodeName === undefined)
  const kinds = kindsAmong(others)
  // After an outage thousands of pods wait, and thousands of groups lack room in the same few domains.
  const first = new Map<string, readonly Waiting[]>()
  const too = new Map<string, readonly Waiting[]>()

  /** Those imagined there, and those of its priority or a higher one that preemption has promised a place there, which kube-scheduler keeps free. */
  const comeFirst = ({ spec }: PodRecord, nodes: readonly string[]): readonly Waiting[] =>
    memo(first, `${promised.length === 0 ? '' : spec.priority} ${nodes.join(' ')}`, () =>
      byWorkload([
        ...nodes.flatMap(node => placed.get(node) ?? []).map(({ pod }) => pod),
        ...promised.filter(pod => pod.spec.priority >= spec.priority && nodes.includes(pod.nominatedNodeName ?? '')),
      ]),
    )

  const waitToo = (node: string): readonly Waiting[] =>
    memo(too, node, () => {
      const full = new Set(kinds.filter(pod => refusalOn(node, pod, model)?.reason === 'NoRoom').map(kindOf))
      return byWorkload(others.filter(pod => full.has(kindOf(pod))))
    })

  /** The most pods first. */
  function byWorkload(pods: readonly PodRecord[]): readonly Waiting[] {
    const found = new Map<string, Waiting>()
    for (const pod of pods) {
      const { namespace } = pod
      const workload = ownersOf(pod).name
      // What an eviction in flight has yet to bring is no pod so far.
      const what = model.cluster.pod(namespace, pod.name)?.uid === pod.uid ? 'Pending pod' : 'replacement'
      memo(found, `${what} ${workload.kind} ${namespace}/${workload.name}`, () => ({ what, workload, namespace, pods: 0 })).pods += 1
    }
    return [...found]
      .sort(([key, one], [otherKey, other]) => other.pods - one.pods || compareText(key, otherKey))
      .map(([, waiting]) => waiting)
  }

  return {
    besides(pod, nodes) {
      const [node] = nodes
      const ahead = comeFirst(pod, nodes)
      // Nodes of one domain are full alike.
      const alongside = node === undefined || kinds.length === 0 ? [] : waitToo(node)
      return [
        ...(ahead.length === 0 ? [] : [`${called(ahead, pod)} to be placed there first`]),
        ...(alongside.length === 0 ? [] : [`${called(alongside, pod)} waiting for room there too`]),
      ].join(' and ')
    },
  }
}

/** Pods of one workload. */
interface Waiting {
  readonly what: 'Pending pod' | 'replacement'
  readonly workload: WorkloadName
  readonly namespace: string
  pods: number
}

/** `2 Pending pods of Deployment batch and 1 replacement of StatefulSet db in data`. */
function called(waiting: readonly Waiting[], { namespace: here }: PodRecord): string {
  const names = waiting.slice(0, LISTED).map(({ what, workload: { kind, name }, namespace, pods }) => {
    const where = namespace === here ? '' : ` in ${namespace}`
    return `${counted(pods, what)} of ${kind} ${name}${where}`
  })
  const others = waiting.length - LISTED
  return others > 0 ? `${names.join(', ')} and those of ${counted(others, 'other workload')}` : listed(names)
}
