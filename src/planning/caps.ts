import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { budgetsOf } from '../scheduling/budget-arithmetic.ts'
import { counted } from './counted.ts'
import type { WorkloadName } from './plan-types.ts'
import type { Policy } from './policy.ts'
import { ownersOf, scaleOf } from './workloads.ts'

/** What counts against the cap of the whole cluster. */
export const CLUSTER_KEY = 'cluster'

/** What counts against the cap of one cycle: a plan and what it admits, whatever is in flight from earlier ones. */
export const CYCLE_KEY = 'cycle'

/** What an eviction takes a place of, under every cap. */
interface Placed {
  readonly namespace: string
  readonly node: string
  readonly workload: WorkloadName
}

/** A limit of the configuration on evictions in flight together, or begun together. */
export interface Cap {
  /** CamelCase, for event, metric and log. */
  readonly reason: 'WorkloadCap' | 'NamespaceCap' | 'NodeCap' | 'ClusterCap' | 'CycleCap'
  /** What counts against it: whatever has this among its {@link capKeysOf}; of this cycle, also {@link CYCLE_KEY}. */
  readonly key: string
  readonly limit: number
  /** Whose evictions it limits, as part of a sentence. */
  readonly whose: string
}

/** The keys of the caps that an eviction counts against for as long as it is in flight. */
export function capKeysOf({
  namespace,
  node,
  workload,
}: Placed): readonly [cluster: string, namespace: string, node: string, workload: string] {
  return [CLUSTER_KEY, `namespace ${namespace}`, `node ${node}`, `workload ${namespace}/${workload.kind}/${workload.name}`]
}

/** The caps on the eviction of a pod, narrowest first. Where a budget covers the pod, the budget stands in for the workload's cap. */
export function capsOn(pod: PodRecord, cluster: ClusterReader, caps: Policy['caps']): readonly Cap[] {
  const owners = ownersOf(cluster, pod)
  const { namespace, nodeName: node = '' } = pod
  const [clusterKey, namespaceKey, nodeKey, workloadKey] = capKeysOf({ namespace, node, workload: owners.name })
  const common: readonly Cap[] = [
    { reason: 'NamespaceCap', key: namespaceKey, limit: atLeastOne(caps.namespace), whose: `of namespace ${namespace}` },
    { reason: 'NodeCap', key: nodeKey, limit: atLeastOne(caps.node), whose: `from node ${node}` },
    { reason: 'ClusterCap', key: clusterKey, limit: atLeastOne(caps.cluster), whose: 'in the cluster' },
    { reason: 'CycleCap', key: CYCLE_KEY, limit: atLeastOne(caps.cycle), whose: 'of this cycle' },
  ]
  if (budgetsOf(cluster, pod).length > 0) return common
  const { replicas, isWanted } = scaleOf(owners)
  const limit = atLeastOne(Math.floor((replicas * caps.workloadPercent) / 100))
  const whose = `of ${owners.name.kind} ${owners.name.name}${isWanted ? '' : `, which has ${counted(replicas, 'Ready pod')},`}`
  return [{ reason: 'WorkloadCap', key: workloadKey, limit, whose }, ...common]
}

// A cap of 0 is refused when the configuration is read; here it must not keep a wave from ever taking an eviction.
const atLeastOne = (limit: number): number => Math.max(1, limit)
