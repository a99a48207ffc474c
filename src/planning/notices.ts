import type { ClusterReader } from '../cluster/cluster-state.ts'
import { compareText } from './groups.ts'
import type { Outage } from './outages.ts'
import type { Policy } from './policy.ts'
import type { Veto } from './reasons.ts'

/** What is said about the whole cluster rather than about one group. */
export function noticesOf(cluster: ClusterReader, policy: Policy, down: readonly Outage[]): readonly Veto[] {
  return [
    ...unknowns(cluster),
    ...down.map(({ message }): Veto => ({ reason: 'DomainOutage', message })),
    ...missingDomains(cluster, policy),
  ]
}

function* unknowns(cluster: ClusterReader): Iterable<Veto> {
  if (!cluster.knows('PodDisruptionBudget')) {
    yield { reason: 'BudgetsUnknown', message: 'PodDisruptionBudgets are not in the data, so nothing is evicted' }
  }
  if (!cluster.knows('ReplicaSet') && !cluster.knows('StatefulSet')) {
    yield { reason: 'OwnersUnknown', message: 'neither ReplicaSets nor StatefulSets are in the data, so nothing is evicted' }
  }
}

// The commonest case of the day after: an autoscaler deleted the nodes of the lost zone, so nothing is skewed and everything is in two zones.
function* missingDomains(cluster: ClusterReader, policy: Policy): Iterable<Veto> {
  for (const [key, expected] of [...policy.expectedDomains].sort(([a], [b]) => compareText(a, b))) {
    const present = new Set([...cluster.nodes()].map(node => node.labels.get(key)))
    for (const domain of expected) {
      if (!present.has(domain)) yield { reason: 'DomainHasNoNodes', message: `${key}=${domain} is expected and has no nodes` }
    }
  }
}
