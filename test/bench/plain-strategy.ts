import { ANNOTATIONS } from '../../src/cluster/annotations.ts'
import type { ClusterReader } from '../../src/cluster/cluster-state.ts'
import { matchesLabels } from '../../src/cluster/label-selector.ts'
import type { NodeRecord } from '../../src/cluster/node.ts'
import { isFinished, type PodRecord, type TopologySpreadConstraint } from '../../src/cluster/pod.ts'
import { repellingTaint } from '../../src/scheduling/taints.ts'
import type { Strategy } from '../closed-loop/respread.ts'
import { MINUTE, type Sender } from '../closed-loop/world.ts'

/** The interval of the descheduler's manifests. */
const INTERVAL = 5 * MINUTE

/**
 * What respread is compared with: it evicts all excess at once, in the manner of the descheduler's
 * RemovePodsViolatingTopologySpreadConstraint (v0.36) and a little better, for it asks for the fewest moves instead of the average, counts terminating pods
 * nowhere, and does without cordoned nodes. It looks every five minutes at what is there then; budgets are for the Eviction API to keep,
 * landings for the scheduler to choose; it remembers nothing.
 */
export const evictAllAtOnce: Strategy = world => {
  const { clock, mirror } = world
  let alive = true
  const sender: Sender = {
    get alive() {
      return alive
    },
    aheadAtStart: 0,
    mayAct: () => alive,
  }
  clock.after(INTERVAL, function look() {
    if (!alive) return
    for (const { namespace, name, uid } of surplusOf(mirror.state)) {
      void world.send({ namespace, pod: name, uid, priority: 0 }, new AbortController().signal, sender)
    }
    clock.after(INTERVAL, look)
  })
  const end = (): void => {
    alive = false
  }
  return { kill: end, stop: async () => end() }
}

/** The pods to evict: for each constraint, one after the other from the fullest domain to the emptiest until maxSkew is kept. */
export function surplusOf(cluster: ClusterReader): ReadonlySet<PodRecord> {
  const chosen = new Set<PodRecord>()
  const asked = new Set<TopologySpreadConstraint>()
  for (const { namespace, spec } of cluster.pods()) {
    for (const constraint of spec.topologySpreadConstraints) {
      if (asked.has(constraint)) continue
      asked.add(constraint)
      const domains = domainsOf(cluster, namespace, constraint)
      for (;;) {
        const order = [...domains.values()].sort((a, b) => b.pods.length + b.coming - a.pods.length - a.coming)
        const [fullest, emptiest] = [order[0], order.at(-1)]
        if (fullest === undefined || emptiest === undefined) break
        const skew = fullest.pods.length + fullest.coming - emptiest.pods.length - emptiest.coming
        const at = fullest.pods.findIndex(pod => mayGo(pod) && emptiest.nodes.some(node => fits(cluster, pod, node)))
        if (skew <= constraint.maxSkew || at < 0) break
        for (const pod of fullest.pods.splice(at, 1)) chosen.add(pod)
        emptiest.coming += 1
      }
    }
  }
  return chosen
}

interface Domain {
  readonly nodes: NodeRecord[]
  readonly pods: PodRecord[]
  coming: number
}

/** Domains of Ready, schedulable nodes, and the pods in them that count and stay. */
function domainsOf(
  cluster: ClusterReader,
  namespace: string,
  { topologyKey, selector }: TopologySpreadConstraint,
): ReadonlyMap<string, Domain> {
  const domains = new Map<string, Domain>()
  for (const node of cluster.nodes()) {
    const name = node.labels.get(topologyKey)
    if (name === undefined || node.ready !== 'True' || node.unschedulable) continue
    const domain = domains.get(name)
    if (domain === undefined) domains.set(name, { nodes: [node], pods: [], coming: 0 })
    else domain.nodes.push(node)
  }
  for (const pod of cluster.podsIn(namespace)) {
    const domain = domains.get(cluster.node(pod.nodeName ?? '')?.labels.get(topologyKey) ?? '')
    if (pod.deletedAt === undefined && matchesLabels(selector, pod.labels)) domain?.pods.push(pod)
  }
  return domains
}

/** What has a volume, or asks to be left alone, stays. */
function mayGo({ controller, claims, annotations }: PodRecord): boolean {
  return controller !== undefined && claims.length === 0 && annotations.get(ANNOTATIONS.evict) !== 'false'
}

/** Taints, CPU and memory as they are now; nothing is reserved. */
function fits(cluster: ClusterReader, { spec }: PodRecord, node: NodeRecord): boolean {
  if (repellingTaint(node.taints, spec.tolerations) !== undefined) return false
  const there = Array.from(cluster.pods()).filter(pod => pod.nodeName === node.name && !isFinished(pod))
  const sum = (of: 'cpu' | 'memory'): number => there.reduce((total, pod) => total + pod.charged[of], spec.requests[of])
  return sum('cpu') <= node.allocatable.cpu && sum('memory') <= node.allocatable.memory
}
