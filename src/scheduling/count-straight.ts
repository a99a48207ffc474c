import { matchesLabels } from '../cluster/label-selector.ts'
import type { Labels } from '../cluster/labels.ts'
import { memo } from '../cluster/memo.ts'
import { isFinished, type PodRecord } from '../cluster/pod.ts'
import { eligibilityFor } from './eligibility.ts'
import { DEFAULT_PROFILE } from './profile.ts'
import type { EffectiveConstraint, SchedulerModel } from './scheduler-model.ts'
import { effectiveConstraints } from './spread-constraints.ts'

/** What a constraint of a pod counts. */
export interface StraightCount {
  /** By name of the nodes that count: their domain. The same object for constraints that count the same nodes by the same key. */
  readonly domainOf: ReadonlyMap<string, string>
  /** Pods by domain; domains without any are not there. */
  readonly byDomain: ReadonlyMap<string, number>
  /** How many nodes and pods had to be looked at. */
  readonly looks: number
}

/**
 * Counts as spread-count.ts does, from nothing but nodes, pods and selector: the readable truth that advanced counts are compared with while they
 * are in use. Good for one state of the cluster: what it has looked at it remembers.
 */
export function createStraightCount(model: Pick<SchedulerModel, 'cluster' | 'profileOf'>) {
  const { cluster } = model
  const domainsById = new Map<string, ReadonlyMap<string, string>>()
  const podsByNamespace = new Map<string, ReadonlyMap<Labels, readonly PodRecord[]>>()

  return (pod: PodRecord, constraint: EffectiveConstraint): StraightCount => {
    const { topologyKey, selector } = constraint
    const profile = model.profileOf(pod)
    const all = profile === undefined ? [] : effectiveConstraints(cluster, profile, pod)
    const eligibility = eligibilityFor(profile ?? DEFAULT_PROFILE, pod, all, constraint)
    const id = JSON.stringify([eligibility.id, topologyKey])
    let looks = 0
    const domainOf = memo(domainsById, id, () => {
      const domains = new Map<string, string>()
      for (const node of cluster.nodes()) {
        looks += 1
        const domain = node.labels.get(topologyKey)
        if (domain !== undefined && eligibility.admits(node)) domains.set(node.name, domain)
      }
      return domains
    })
    const pods = memo(podsByNamespace, pod.namespace, () => {
      const standing = Array.from(cluster.podsIn(pod.namespace)).filter(other => other.deletedAt === undefined && !isFinished(other))
      looks += standing.length
      return Map.groupBy(standing, ({ labels }) => labels)
    })
    const byDomain = new Map<string, number>()
    for (const [labels, replicas] of pods) {
      looks += 1
      // Nothing is counted for a match-everything selector (countPodsMatchSelector, 1.36).
      if (selector.kind !== 'requirements' || !matchesLabels(selector, labels)) continue
      for (const { nodeName = '' } of replicas) {
        const domain = domainOf.get(nodeName)
        if (domain !== undefined) byDomain.set(domain, (byDomain.get(domain) ?? 0) + 1)
      }
    }
    return { domainOf, byDomain, looks }
  }
}
