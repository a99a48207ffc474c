import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { AffinityIndex } from './affinity-index.ts'
import type { NodeInfo } from './node-info.ts'
import type { FilterStatus } from './plugins.ts'
import type { SchedulerProfile } from './profile.ts'

/** What a plugin may read: the objects, every node with its pods (imagined ones included), and the pod's profile. */
export interface PluginContext {
  readonly cluster: ClusterReader
  readonly profile: SchedulerProfile
  /** Every node of the snapshot, in a stable order. PreFilters see all of them, not a filtered set. */
  readonly infos: Iterable<NodeInfo>
  infoAt(slot: number): NodeInfo | undefined
  /** The pods of all infos by what InterPodAffinity asks of them; whoever keeps the infos advances it in step (createAffinityIndex). */
  readonly affinity: AffinityIndex
}

export interface Refused {
  readonly status: Exclude<FilterStatus, 'Success'>
  /** One sentence for a person, in the words of the scheduler where it has some. */
  readonly message: string
}

/** Answers for one node; undefined means Success. */
export type NodeFilter = (info: NodeInfo) => Refused | undefined

/**
 * PreFilter and Filter of one plugin: looks at the pod once and returns the question to put to each node. Undefined: the plugin has nothing
 * to say about this pod (upstream's Skip).
 */
export type Filter = (context: PluginContext, pod: PodRecord) => NodeFilter | undefined

/** PreScore and Score of one plugin over the feasible nodes, with its NormalizeScore: normalised integers 0..100 in the order of `feasible`. */
export type Score = (context: PluginContext, pod: PodRecord, feasible: readonly NodeInfo[]) => readonly number[]
