import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { NodeRecord } from '../cluster/node.ts'
import { countsButForNodeTaints } from './eligibility.ts'
import type { Group } from './groups.ts'
import type { Outage } from './outages.ts'
import type { Veto } from './reasons.ts'
import type { Situation } from './situation.ts'
import type { StandingGroup } from './standing-group.ts'

/** Nodes whose domain accepts no landing for now: under outage, or back for too short a time. By node name. */
export function closedNodesOf(cluster: ClusterReader, down: readonly Outage[], situation: Situation): ReadonlyMap<string, Veto> {
  const closed = new Map<string, Veto>()
  if (down.length === 0 && situation.domainHolds.length === 0) return closed
  for (const node of cluster.nodes()) {
    const outage = down.find(({ topologyKey, domain }) => node.labels.get(topologyKey) === domain)
    const hold = situation.domainHolds.find(({ topologyKey, domain }) => node.labels.get(topologyKey) === domain)
    if (outage !== undefined) closed.set(node.name, { reason: 'DomainOutage', message: outage.message })
    else if (hold !== undefined) closed.set(node.name, { reason: hold.reason, message: hold.message })
  }
  return closed
}

/** Finds why a whole group waits. */
export type HoldFinder = (group: StandingGroup) => Veto | undefined

/**
 * A person paused the group, an outage or a drain touches it (a node of the domain, or the drained one, would count but for its
 * `node.kubernetes.io/*` taints), or one of its workloads is held.
 */
export function createHoldFinder(cluster: ClusterReader, down: readonly Outage[], { drains, workloadHolds }: Situation): HoldFinder {
  if (down.length === 0 && drains.length === 0 && workloadHolds.length === 0) return ({ pause }) => pause
  const byNamespace = Map.groupBy(workloadHolds, ({ namespace }) => namespace)
  const find: HoldFinder = ({ state: { group }, workloads, pause }) => {
    if (pause !== undefined) return pause
    for (const outage of down) {
      for (const node of cluster.nodes()) {
        const isDown = node.labels.get(outage.topologyKey) === outage.domain
        if (isDown && touches(group, node)) return { reason: 'DomainOutage', message: outage.message }
      }
    }
    const hold =
      drains.find(({ node }) => touches(group, node)) ??
      byNamespace.get(group.namespace)?.find(held => workloads.some(({ kind, name }) => kind === held.kind && name === held.name))
    return hold && { reason: hold.reason, message: hold.message }
  }
  const known = new Map<StandingGroup, Veto | undefined>()
  return group => {
    if (!known.has(group)) known.set(group, find(group))
    return known.get(group)
  }
}

function touches({ representative, constraint }: Group, node: NodeRecord): boolean {
  return countsButForNodeTaints(node, representative.spec, constraint)
}
