import type { ClusterReader } from '../../src/cluster/cluster-state.ts'
import { matchesLabels } from '../../src/cluster/label-selector.ts'
import type { NodeRecord } from '../../src/cluster/node.ts'
import { isFinished, type PodRecord, type PodSpec, type TopologySpreadConstraint } from '../../src/cluster/pod.ts'
import { wouldHave } from '../../src/planning/eligibility.ts'
import { repellingTaint } from '../../src/scheduling/taints.ts'

/** The pods under one constraint by domain, counted with a pencil: whoever is judged by it has not done the counting. */
interface Spread {
  readonly namespace: string
  readonly constraint: TopologySpreadConstraint
  readonly counts: ReadonlyMap<string, number>
}

/** By the name of its constraint: how far each spread exceeds what maxSkew allows. */
export function excessByHand(cluster: ClusterReader): ReadonlyMap<string, number> {
  const specs = new Map<PodSpec, PodRecord>()
  for (const pod of cluster.pods()) if (lives(pod)) specs.set(pod.spec, pod)
  const excess = new Map<string, number>()
  for (const { namespace, spec, labels } of specs.values()) {
    for (const spread of spreadsOf(cluster, namespace, spec)) {
      const { topologyKey, whenUnsatisfiable } = spread.constraint
      excess.set(`${namespace}/${labels.get('app')} over ${topologyKey} (${whenUnsatisfiable})`, excessOf(spread.constraint, spread.counts))
    }
  }
  return excess
}

/**
 * Whether it helps that a pod of this spec is on the one node and not on the other: some excess is lower with that, and none is higher. The
 * pod is counted where it is now.
 */
export function helps(cluster: ClusterReader, { namespace, spec }: PodRecord, is: NodeRecord, was: NodeRecord): boolean {
  const gains = spreadsOf(cluster, namespace, spec).map(({ constraint, counts }) => {
    const [now, before] = [is, was].map(node => node.labels.get(constraint.topologyKey) ?? '')
    const without = new Map(counts)
    shift(without, now, -1)
    shift(without, before, 1)
    return excessOf(constraint, without) - excessOf(constraint, counts)
  })
  return gains.some(gain => gain > 0) && gains.every(gain => gain >= 0)
}

/** Node affinity and matchLabelKeys are not read: no pod of these worlds has them. */
function spreadsOf(cluster: ClusterReader, namespace: string, spec: PodSpec): readonly Spread[] {
  return spec.topologySpreadConstraints.map(constraint => {
    const counts = new Map<string, number>()
    for (const node of cluster.nodes()) {
      const domain = node.labels.get(constraint.topologyKey)
      if (domain !== undefined && takesPart(node, spec, constraint)) counts.set(domain, 0)
    }
    for (const pod of cluster.podsIn(namespace)) {
      const node = cluster.node(pod.nodeName ?? '')
      if (node === undefined || !lives(pod) || !takesPart(node, spec, constraint)) continue
      if (matchesLabels(constraint.selector, pod.labels)) shift(counts, node.labels.get(constraint.topologyKey), 1)
    }
    return { namespace, constraint, counts }
  })
}

function takesPart(node: NodeRecord, spec: PodSpec, { whenUnsatisfiable, nodeTaintsPolicy }: TopologySpreadConstraint): boolean {
  if (whenUnsatisfiable === 'ScheduleAnyway') return wouldHave(node, spec, hardKeysOf(spec))
  return nodeTaintsPolicy === 'Ignore' || repellingTaint(node.taints, spec.tolerations) === undefined
}

function hardKeysOf({ topologySpreadConstraints }: PodSpec): readonly string[] {
  return topologySpreadConstraints.filter(each => each.whenUnsatisfiable === 'DoNotSchedule').map(({ topologyKey }) => topologyKey)
}

function excessOf({ maxSkew, minDomains = 1 }: TopologySpreadConstraint, counts: ReadonlyMap<string, number>): number {
  const globalMinimum = counts.size < minDomains ? 0 : Math.min(...counts.values())
  return [...counts.values()].reduce((sum, count) => sum + Math.max(0, count - globalMinimum - maxSkew), 0)
}

function shift(counts: Map<string, number>, domain: string | undefined, by: number): void {
  const before = domain === undefined ? undefined : counts.get(domain)
  if (domain !== undefined && before !== undefined) counts.set(domain, before + by)
}

const lives = (pod: PodRecord): boolean => pod.deletedAt === undefined && !isFinished(pod)
