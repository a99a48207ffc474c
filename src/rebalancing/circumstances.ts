import type { ClusterReader } from '../cluster/cluster-state.ts'
import { digestOf } from '../cluster/interner.ts'
import type { PodSpec } from '../cluster/pod.ts'
import { contentOf } from '../cluster/project-pod-spec.ts'
import type { GroupPlan } from '../planning/plan-types.ts'
import { matchesRequiredNodeAffinity } from '../scheduling/node-affinity.ts'

/** What landings of a group depend on besides counts and room, as fingerprints that can be kept: when they change, past misses prove nothing. */
export interface Circumstances {
  /** What its pods ask for. */
  readonly spec: string
  /** The nodes that they may be on, each with its domain. A cordon or a taint changes nothing: those come and go. */
  readonly nodes: string
}

export function circumstancesOf({ namespace, topologyKey, memberUids }: GroupPlan, cluster: ClusterReader): Circumstances {
  const members = new Set(memberUids)
  const specs = new Set<PodSpec>()
  for (const pod of cluster.podsIn(namespace)) if (members.has(pod.uid)) specs.add(pod.spec)
  const nodes: string[] = []
  for (const node of cluster.nodes()) {
    const domain = node.labels.get(topologyKey)
    const isTheirs = domain !== undefined && [...specs].some(spec => matchesRequiredNodeAffinity(spec, node))
    if (isTheirs) nodes.push(JSON.stringify([node.name, node.uid, domain]))
  }
  return { spec: fingerprint([...specs].map(contentOf)), nodes: fingerprint(nodes) }
}

/** Of the texts as a set. Short: there may be many in the history, and a collision costs a quarantine that lasts as long as it says. */
function fingerprint(texts: readonly string[]): string {
  return digestOf([...new Set(texts)].toSorted().join('\n')).slice(0, 16)
}
