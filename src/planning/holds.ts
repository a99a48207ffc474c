import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { NodeRecord } from '../cluster/node.ts'
import { countsButForNodeTaints } from './eligibility.ts'
import type { Group } from './groups.ts'
import type { Outage } from './outages.ts'
import type { WorkloadName } from './plan-types.ts'
import type { Veto } from './reasons.ts'
import type { Situation } from './situation.ts'

/** Nodes whose domain accepts no landing for now: under outage, or back for too short a time. By node name. */
export function closedNodesOf(cluster: ClusterReader, down: readonly Outage[], situation: Situation): ReadonlyMap<string, Veto> {
  const closed = new Map<string, Veto>()
  for (const node of cluster.nodes()) {
    const outage = down.find(({ topologyKey, domain }) => node.labels.get(topologyKey) === domain)
    const hold = situation.domainHolds.find(({ topologyKey, domain }) => node.labels.get(topologyKey) === domain)
    if (outage !== undefined) closed.set(node.name, { reason: 'DomainOutage', message: outage.message })
    else if (hold !== undefined) closed.set(node.name, { reason: hold.reason, message: hold.message })
  }
  return closed
}

/**
 * Why the whole group waits, or undefined: an outage touches it (a node of the domain would count but for its `node.kubernetes.io/*` taints),
 * or one of its workloads is held.
 */
export function holdOf(
  group: Group,
  workloads: readonly WorkloadName[],
  cluster: ClusterReader,
  down: readonly Outage[],
  situation: Situation,
): Veto | undefined {
  for (const outage of down) {
    if (touches(group, outage, cluster.nodes())) return { reason: 'DomainOutage', message: outage.message }
  }
  for (const hold of situation.workloadHolds) {
    const held = hold.namespace === group.namespace && workloads.some(({ kind, name }) => kind === hold.kind && name === hold.name)
    if (held) return { reason: hold.reason, message: hold.message }
  }
  return undefined
}

function touches(group: Group, outage: Outage, nodes: Iterable<NodeRecord>): boolean {
  for (const node of nodes) {
    const isDown = node.labels.get(outage.topologyKey) === outage.domain
    if (isDown && countsButForNodeTaints(node, group.representative.spec, group.constraint)) return true
  }
  return false
}
