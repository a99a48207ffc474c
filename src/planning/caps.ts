import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { budgetsOf } from '../scheduling/budget-arithmetic.ts'
import { counted } from './counted.ts'
import type { WorkloadName } from './plan-types.ts'
import type { Policy } from './policy.ts'
import { scaleOf, type Owners } from './workloads.ts'

/** What an eviction takes a place of, under every cap. */
export interface Placed {
  readonly namespace: string
  readonly node: string
  readonly workload: WorkloadName
}

/** A limit of the configuration on evictions in flight together, or begun together. */
export interface Cap {
  /** CamelCase, for event, metric and log. */
  readonly reason: 'WorkloadCap' | 'NamespaceCap' | 'NodeCap' | 'ClusterCap' | 'CycleCap'
  /** Whether what is in flight from earlier cycles counts too; a cycle is a plan and what it admits. */
  readonly countsEarlier: boolean
  /** What counts against it together has the same key. */
  keyOf(placed: Placed): string
  limit(caps: Policy['caps'], owners: Owners): number
  /** Whose evictions it limits, as part of a sentence. */
  whose(placed: Placed, owners: Owners): string
}

// A cap of 0 is refused when the configuration is read; here it must not keep a wave from ever taking an eviction.
const atLeastOne = (limit: number): number => Math.max(1, limit)

/** The only one that tells the pods of a workload apart. */
export const NODE_CAP: Cap = {
  reason: 'NodeCap',
  countsEarlier: true,
  keyOf: ({ node }) => node,
  limit: ({ node }) => atLeastOne(node),
  whose: ({ node }) => `from node ${node}`,
}

const COMMON: readonly Cap[] = [
  {
    reason: 'NamespaceCap',
    countsEarlier: true,
    keyOf: ({ namespace }) => namespace,
    limit: ({ namespace }) => atLeastOne(namespace),
    whose: ({ namespace }) => `of namespace ${namespace}`,
  },
  NODE_CAP,
  {
    reason: 'ClusterCap',
    countsEarlier: true,
    keyOf: () => '',
    limit: ({ cluster }) => atLeastOne(cluster),
    whose: () => 'in the cluster',
  },
  { reason: 'CycleCap', countsEarlier: false, keyOf: () => '', limit: ({ cycle }) => atLeastOne(cycle), whose: () => 'of this cycle' },
]

/** Narrowest first. */
export const CAPS: readonly Cap[] = [
  {
    reason: 'WorkloadCap',
    countsEarlier: true,
    keyOf: ({ namespace, workload }) => `${namespace}/${workload.kind}/${workload.name}`,
    limit: ({ workloadPercent }, owners) => atLeastOne(Math.floor((scaleOf(owners).replicas * workloadPercent) / 100)),
    whose({ workload }, owners) {
      const { replicas, isWanted } = scaleOf(owners)
      return `of ${workload.kind} ${workload.name}${isWanted ? '' : `, which has ${counted(replicas, 'Ready pod')},`}`
    },
  },
  ...COMMON,
]

/** The caps on the eviction of a pod, narrowest first. Where a budget covers the pod, the budget stands in for the workload's cap. */
export function capsOn(pod: PodRecord, cluster: ClusterReader): readonly Cap[] {
  return budgetsOf(cluster, pod).length > 0 ? COMMON : CAPS
}

export function placeOf({ namespace, nodeName = '' }: PodRecord, owners: Owners): Placed {
  return { namespace, node: nodeName, workload: owners.name }
}
