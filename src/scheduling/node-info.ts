import type { NodeRecord } from '../cluster/node.ts'
import type { PodRecord } from '../cluster/pod.ts'
import type { Resources } from '../cluster/resources.ts'
import type { NodePlace } from './node-amounts.ts'

/** One node with what runs on it, as kube-scheduler's NodeInfo: terminating pods still hold what they hold, terminal ones are not there. */
export interface NodeInfo extends NodePlace {
  readonly node: NodeRecord
  /** In no order. */
  readonly pods: readonly PodRecord[]
  /** Sum of {@link PodRecord.charged}. */
  readonly used: Resources
}
