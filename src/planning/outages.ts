import type { ClusterReader } from '../cluster/cluster-state.ts'
import { compareText } from '../cluster/compare-text.ts'
import type { NodeRecord } from '../cluster/node.ts'
import { keyedDomainText } from './domain-text.ts'
import type { Policy } from './policy.ts'

/** A domain whose nodes are down together. */
export interface Outage {
  readonly topologyKey: string
  readonly domain: string
  readonly message: string
}

/**
 * The domains under outage, judged on node labels as they are, for every topology key in use whose domains hold several nodes: at least
 * `notReadyPercent` and at least `notReadyNodes` of its nodes not Ready, or none Ready. A single node down is a failure, not an outage.
 *
 * @param keys those in use
 */
export function outages(cluster: ClusterReader, policy: Policy, keys: Iterable<string>): readonly Outage[] {
  const found: Outage[] = []
  for (const key of keys) {
    const domains = Map.groupBy(
      [...cluster.nodes()].filter(node => node.labels.has(key)),
      node => node.labels.get(key) ?? '',
    )
    if (![...domains.values()].some(nodes => nodes.length > 1)) continue
    for (const [domain, nodes] of domains) {
      const notReady = nodes.filter(isNotReady).length
      if (isOutage(notReady, nodes.length, policy)) {
        found.push({
          topologyKey: key,
          domain,
          message: `${notReady} of ${nodes.length} nodes of ${keyedDomainText(key, domain)} are not Ready`,
        })
      }
    }
  }
  return found.sort((a, b) => compareText(a.topologyKey, b.topologyKey) || compareText(a.domain, b.domain))
}

const isNotReady = (node: NodeRecord): boolean => node.ready !== 'True'

function isOutage(notReady: number, nodes: number, policy: Policy): boolean {
  if (notReady === nodes) return true
  const { notReadyPercent, notReadyNodes } = policy.outage
  return notReady >= notReadyNodes && notReady * 100 >= notReadyPercent * nodes
}
