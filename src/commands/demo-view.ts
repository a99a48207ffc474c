import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { PodRecord } from '../cluster/pod.ts'
import { ZONE_LABEL } from '../cluster/topology-labels.ts'
import type { GroupPlan } from '../planning/plan-types.ts'
import type { LoopStatus } from '../rebalancing/loop.ts'
import type { LiveView, StoryLine } from '../reporting/live-view.ts'

/** What the screen shows of cluster and loop at this moment. */
export function demoView(
  cluster: ClusterReader,
  status: LoopStatus,
  shown: Pick<LiveView, 'title' | 'time' | 'settings'> & { readonly story: readonly StoryLine[] },
): LiveView {
  const zones = Map.groupBy(cluster.nodes(), node => node.labels.get(ZONE_LABEL) ?? '')
  const names = [...zones.keys()].sort()
  const groups = (status.plan?.groups ?? []).filter(group => group.topologyKey === ZONE_LABEL && group.origin === 'pod')
  return {
    ...shown,
    domains: names.map(name => {
      const nodes = zones.get(name) ?? []
      const readyNodes = nodes.filter(node => node.ready === 'True').length
      return { name, nodes: nodes.length, readyNodes, state: readyNodes === 0 ? 'out' : isSettling(groups, name) ? 'settling' : '' }
    }),
    workloads: groups.map(group => workloadLine(cluster, group, names)),
    inFlight: status.underWay.map(flight => ({
      namespace: flight.namespace,
      pod: flight.pod,
      fromDomain: flight.fromDomain,
      toDomain: flight.toDomain,
      state: flight.landedIn === undefined ? 'evicted' : `starting in ${flight.landedIn}`,
    })),
    held: groups.flatMap(({ status: state, namespace, workload, reason, message, excess }) =>
      state === 'Held' && excess > 0 ? [{ namespace, workload, reason, message }] : [],
    ),
  }
}

function isSettling(groups: readonly GroupPlan[], zone: string): boolean {
  return groups.some(({ reason, message }) => reason === 'DomainSettling' && message.includes(zone))
}

function workloadLine(cluster: ClusterReader, group: GroupPlan, zones: readonly string[]): LiveView['workloads'][number] {
  const uids = new Set(group.memberUids)
  const pods = [...cluster.podsIn(group.namespace)]
  const owners = new Set(pods.filter(pod => uids.has(pod.uid)).map(pod => pod.controller?.uid))
  const isPending = (pod: PodRecord): boolean =>
    pod.deletedAt === undefined && pod.nodeName === undefined && owners.has(pod.controller?.uid)
  return {
    namespace: group.namespace,
    workload: group.workload,
    counts: zones.map(zone => group.domains.find(({ name }) => name === zone)?.count),
    pending: pods.filter(isPending).length,
    skew: group.skew,
    maxSkew: group.maxSkew,
    status: group.status,
  }
}
