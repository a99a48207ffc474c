import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { GroupPlan } from '../planning/plan-types.ts'
import type { DomainHold } from '../planning/situation.ts'
import type { Expectation } from './expectations.ts'

/** Among places that are as likely, each may help another group: what the landing did for the first of them is not all. */
export function isPredicted({ toDomain, toDomains }: Expectation, domain: string): boolean {
  return domain === toDomain || toDomains.includes(domain)
}

/**
 * Whether a replacement that was not bound where the plan had it still helped: the domain it is in holds no more pods than maxSkew allows.
 * Measured on a plan made since, so that what others changed meanwhile is in the counts on both sides.
 */
export function helps(expectation: Expectation, domain: string, groups: readonly GroupPlan[]): boolean {
  const group = groups.find(candidate => candidate.id === expectation.group)
  const landed = group?.domains.find(candidate => candidate.name === domain)
  if (group === undefined || landed === undefined) return domain !== expectation.fromDomain
  const highest = Math.max(...group.domains.map(candidate => candidate.count))
  const globalMinimum = highest - group.skew
  return landed.count <= globalMinimum + group.maxSkew
}

/**
 * Whether no node can take the replacement any more in any of the domains that were predicted: they are gone, not Ready, cordoned, or not to be
 * relied on again yet. A landing elsewhere is then the cluster's doing and says nothing against the prediction.
 *
 * @param holds the domains that are down or have come back of late
 */
export function isClosedNow(expectation: Expectation, cluster: ClusterReader, holds: readonly DomainHold[]): boolean {
  for (const { labels, ready, unschedulable } of cluster.nodes()) {
    const domain = labels.get(expectation.topologyKey)
    if (domain === undefined || !isPredicted(expectation, domain)) continue
    if (ready === 'True' && !unschedulable && !holds.some(hold => labels.get(hold.topologyKey) === hold.domain)) return false
  }
  return true
}
