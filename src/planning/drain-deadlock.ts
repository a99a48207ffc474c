import type { ClusterReader } from '../cluster/cluster-state.ts'
import { isAboutToGo } from '../scheduling/about-to-go.ts'
import { counted } from './counted.ts'
import { domainText } from './domain-text.ts'
import { countsButForNodeTaints, isCordonedFor } from './eligibility.ts'
import type { Group } from './groups.ts'
import { listed } from './listed.ts'
import type { Veto } from './reasons.ts'
import type { SpreadState } from './spread-state.ts'

// A cordon and a hard constraint can block each other. Under nodeTaintsPolicy Ignore a cordoned domain counts: once a drain has emptied it, it keeps
// the minimum low and takes no pod that would raise it. Under Honor it counts no more, which may leave fewer domains than minDomains. Either way
// replacements stay Pending, budgets are spent, and the drain itself comes to a halt.

/**
 * The deadlock that a hard constraint is in, be it within maxSkew: every domain that the filter would let a replacement into is closed to new pods
 * by cordons, or cordons have left fewer domains than minDomains.
 */
export function drainDeadlock(state: SpreadState): Veto | undefined {
  const { group, rule, index, countIn, lowest } = state
  if (group.constraint.whenUnsatisfiable !== 'DoNotSchedule' || !group.constraint.selfMatch) return undefined
  if (isCappedByMinDomains(state)) return cordonedDomains(state).length === 0 ? undefined : tooFewDomains(state)
  const most = (index.names.length < rule.minDomains ? 0 : lowest()) + rule.maxSkew
  const isClosed = (domain: number): boolean => index.nodesOf(domain).every(name => isClosedTo(group, name))
  const admitted: number[] = []
  let isElsewhereOpen = false
  for (const domain of index.names.keys()) {
    const isAdmitted = countIn(domain) < most
    if (isAdmitted) admitted.push(domain)
    if (isClosed(domain)) continue
    if (isAdmitted) return undefined
    isElsewhereOpen = true
  }
  // Where everything is cordoned it is not the constraint that keeps pods Pending.
  if (admitted.length === 0 || !isElsewhereOpen) return undefined
  const names = admitted.map(domain => index.names[domain] ?? '')
  const closed = admitted.flatMap(domain => index.nodesOf(domain))
  return { reason: 'CordonedDomain', message: cordonSentence(group, names, closed) }
}

/** @param nodes of these domains, all of them closed to new pods */
export function cordonSentence(group: Group, domains: readonly string[], nodes: readonly string[]): string {
  const { constraint, cluster } = group
  // Between the cordon and its taint, which the node lifecycle controller adds, the domain counts under Honor too.
  const why = constraint.nodeTaintsPolicy === 'Ignore' ? 'nodeTaintsPolicy Ignore' : 'the taint of the cordon is not there yet'
  const one = domains.length === 1
  const isCordoned = (name: string): boolean => isCordonedIn(cluster, group, name)
  const how = nodes.every(isCordoned) ? 'cordoned' : nodes.some(isCordoned) ? 'cordoned or about to be removed' : 'about to be removed'
  return (
    `drain deadlock: ${constraint.topologyKey}=${listed(domains.map(domainText))} ${one ? 'counts' : 'count'} (${why}) though ` +
    `${nodes.length === 1 ? 'its only node is' : `${one ? 'its' : 'their'} ${nodes.length} nodes are`} ${how}, ` +
    `so replacements stay Pending until ${one ? 'it is' : 'they are'} ${nodes.some(isCordoned) ? 'uncordoned or gone' : 'gone'}`
  )
}

/** With fewer domains than minDomains the global minimum is 0, so that no domain may hold more than maxSkew; where all do, no move helps. */
export function isCappedByMinDomains({ index, rule, lowest }: SpreadState): boolean {
  return index.names.length > 0 && index.names.length < rule.minDomains && lowest() >= rule.maxSkew
}

export function tooFewDomains(state: SpreadState): Veto {
  const { index, group, rule } = state
  const { topologyKey } = group.constraint
  const domains = counted(index.names.length, 'domain')
  const capped = `${topologyKey} has ${domains} and minDomains is ${rule.minDomains}, so each may hold ${rule.maxSkew} at most`
  const cordoned = cordonedDomains(state)
  if (cordoned.length === 0) return { reason: 'BelowMinDomains', message: capped }
  const uncordoned = `${listed(cordoned.map(domainText))} ${cordoned.length === 1 ? 'counts' : 'count'} again (nodeTaintsPolicy Honor) once uncordoned`
  return { reason: 'BelowMinDomains', message: `drain deadlock: ${capped}; ${uncordoned}` }
}

/** Domains that would count for the group but for the cordons of all their nodes. */
function cordonedDomains({ group: { constraint, representative, cluster }, index }: SpreadState): readonly string[] {
  const { spec } = representative
  const cordoned = [...cluster.nodes()].filter(node => isCordonedFor(node, spec) && countsButForNodeTaints(node, spec, constraint))
  const names = new Set(cordoned.map(node => node.labels.get(constraint.topologyKey) ?? ''))
  return [...names].filter(name => !index.names.includes(name)).sort()
}

function isClosedTo(group: Group, nodeName: string): boolean {
  const node = group.cluster.node(nodeName)
  return node === undefined || isAboutToGo(node) || isCordonedFor(node, group.representative.spec)
}

function isCordonedIn(cluster: ClusterReader, { representative }: Group, nodeName: string): boolean {
  const node = cluster.node(nodeName)
  return node !== undefined && isCordonedFor(node, representative.spec)
}
