import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { WorkloadKind } from '../cluster/workload.ts'
import { isWorkloadRef } from '../scheduling/controller-record.ts'
import { domainsWithoutNodes } from './lost-domains.ts'
import type { Outage } from './outages.ts'
import type { World } from './plan.ts'
import type { Policy } from './policy.ts'
import type { Veto } from './reasons.ts'

/** What is said about the whole cluster rather than about one group, as far as its nodes and volumes tell it. */
export function noticesOf(world: World, policy: Policy, down: readonly Outage[]): readonly Veto[] {
  return [
    ...down.map(({ message }): Veto => ({ reason: 'DomainOutage', message })),
    ...unknownKeys(world.cluster, policy),
    ...domainsWithoutNodes(world, policy),
  ]
}

/** The same, as far as it is about what could not be read. */
export function* unknowns(cluster: ClusterReader): Iterable<Veto> {
  if (!cluster.knows('PodDisruptionBudget')) {
    yield { reason: 'BudgetsUnknown', message: 'PodDisruptionBudgets are not in the data, so nothing is evicted' }
  }
  if (!cluster.knows('ReplicaSet') && !cluster.knows('StatefulSet') && hasPodsOfEither(cluster)) {
    yield { reason: 'OwnersUnknown', message: 'neither ReplicaSets nor StatefulSets are in the data, so none of their pods is evicted' }
  }
}

/** Of a snapshot alone: whoever reads a cluster knows both. Where all owners are custom resources nothing is missing. */
function hasPodsOfEither(cluster: ClusterReader): boolean {
  for (const { controller } of cluster.pods()) {
    if (controller !== undefined && isWorkloadRef(controller) && EITHER.includes(controller.kind)) return true
  }
  return false
}

const EITHER: readonly WorkloadKind[] = ['ReplicaSet', 'StatefulSet']

/** A key of the configuration that no node carries does nothing: a spelling mistake, more often than not. */
function* unknownKeys(cluster: ClusterReader, policy: Policy): Iterable<Veto> {
  for (const key of policy.topologyKeys) {
    if (![...cluster.nodes()].some(node => node.labels.has(key))) {
      yield { reason: 'NoDomains', message: `no node carries the key ${key}, which the configuration says to act on` }
    }
  }
}
