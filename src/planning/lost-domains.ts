import type { ClusterReader } from '../cluster/cluster-state.ts'
import { compareText } from '../cluster/compare-text.ts'
import { COPIED_LABELS } from '../cluster/copied-labels.ts'
import { memo } from '../cluster/memo.ts'
import { addTo } from '../scheduling/tallies.ts'
import { counted } from './counted.ts'
import { keyedDomainText } from './domain-text.ts'
import type { World } from './plan.ts'
import type { Policy } from './policy.ts'
import type { Veto } from './reasons.ts'

/**
 * Domains that should exist and have no nodes: the commonest case of the day after, when an autoscaler has deleted the nodes of the lost zone, so
 * that nothing is skewed and everything is in two zones. Besides those that the configuration expects: those that a bound volume can be reached
 * from alone, and those whose pods are still listed.
 */
export function domainsWithoutNodes({ cluster, model }: World, policy: Policy): readonly Veto[] {
  const nodes = nodesByDomain(cluster)
  const lost = new Map<string, string>()
  const tell = (key: string, domain: string, message: string): void => {
    const name = keyedDomainText(key, domain)
    if (nodes.get(key)?.has(domain) !== true && !lost.has(name)) lost.set(name, `${name} ${message}`)
  }
  for (const [key, expected] of policy.expectedDomains) for (const domain of expected) tell(key, domain, 'is expected and has no nodes')
  // A key that no node carries tells nothing about what is lost.
  const isFailureDomain = (key: string): boolean =>
    nodes.has(key) && (COPIED_LABELS.includes(key) || [...(nodes.get(key)?.values() ?? [])].some(size => size > 1))
  for (const { key, domain, volumes } of volumesByDomain(cluster)) {
    if (isFailureDomain(key)) tell(key, domain, `has no nodes, but ${counted(volumes, 'bound volume')} can be reached only from there`)
  }
  for (const { labels } of model.strays()) {
    for (const key of COPIED_LABELS) {
      const domain = labels.get(key)
      if (domain !== undefined && isFailureDomain(key)) tell(key, domain, 'has no nodes, but pods that ran there are still listed')
    }
  }
  return [...lost].sort(([a], [b]) => compareText(a, b)).map(([, message]): Veto => ({ reason: 'DomainHasNoNodes', message }))
}

/** How many nodes each domain has, by key. */
function nodesByDomain(cluster: ClusterReader): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const byKey = new Map<string, Map<string, number>>()
  for (const { labels } of cluster.nodes()) {
    for (const [key, domain] of labels) {
      addTo(
        memo(byKey, key, () => new Map<string, number>()),
        domain,
        1,
      )
    }
  }
  return byKey
}

interface VolumesOfDomain {
  readonly key: string
  readonly domain: string
  volumes: number
}

/** How many bound volumes are tied to one domain alone; terms and values are alternatives, so several of them tie to none. */
function volumesByDomain(cluster: ClusterReader): Iterable<VolumesOfDomain> {
  const found = new Map<string, VolumesOfDomain>()
  for (const { phase, nodeAffinity, deletedAt } of cluster.all('PersistentVolume')) {
    const [term, otherTerm] = nodeAffinity?.terms ?? []
    if (phase !== 'Bound' || deletedAt !== undefined || term?.kind !== 'term' || otherTerm !== undefined) continue
    for (const { key, operator, values } of term.expressions) {
      const [domain, otherDomain] = values
      if (operator !== 'In' || domain === undefined || otherDomain !== undefined) continue
      memo(found, `${key}=${domain}`, () => ({ key, domain, volumes: 0 })).volumes += 1
    }
  }
  return found.values()
}
