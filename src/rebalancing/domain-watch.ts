import type { ClusterReader, Delta } from '../cluster/cluster-state.ts'
import { durationText } from '../cluster/duration-text.ts'
import type { NodeRecord } from '../cluster/node.ts'
import { timestamp } from '../cluster/timestamp.ts'
import { keyedDomainText } from '../planning/domain-text.ts'
import { createKeysInUse } from '../planning/keys-in-use.ts'
import type { Policy } from '../planning/policy.ts'
import type { DomainHold } from '../planning/situation.ts'
import { momentNow, wallTimeOf, type Moment } from './moment.ts'
import type { Clock } from './ports.ts'

/**
 * Tells which domains have come back, appeared or been opened too recently to receive pods.
 *
 * A domain settles for as long as it would have been under outage if every node were still as it was one hold-down ago, cordoned ones left
 * out. Almost all of that can be read off the nodes (since when they are Ready, when they were created), so that a restart forgets
 * nothing but when a node was uncordoned, and a flapping zone starts anew by itself. What the loop saw itself it measures itself, in
 * monotonic time: clocks of kubelets are off, and its own may be set.
 */
export interface DomainWatch {
  /** Takes note of a node's or a pod's change. */
  note(delta: Delta): void
  holds(): readonly DomainHold[]
}

/** A timestamp tells the second alone: it may have been at its end. Milliseconds. */
const TIMESTAMP_STEP = 1_000

/** @param holdDown milliseconds */
export function createDomainWatch(
  cluster: ClusterReader,
  policy: Policy,
  holdDown: number,
  clock: Pick<Clock, 'now' | 'monotonic'>,
): DomainWatch {
  const inUse = createKeysInUse(cluster, policy)
  /** By node: when it was seen to become Ready, or to be uncordoned. */
  const sawReady = new Map<string, Moment>()
  const sawOpened = new Map<string, Moment>()
  return {
    note: delta => {
      inUse.note(delta)
      const { kind, before, after } = delta
      if (kind !== 'Node') return
      if (after?.kind !== 'Node') {
        if (before?.kind === 'Node') for (const saw of [sawReady, sawOpened]) saw.delete(before.name)
        return
      }
      // Without a `before` the node may be in the first list: then its own timestamps must do.
      if (before?.kind !== 'Node') return
      if (before.unschedulable && !after.unschedulable) sawOpened.set(after.name, momentNow(clock))
      if (after.ready !== 'True') return
      if (before.ready !== 'True' || before.readySince !== after.readySince) sawReady.set(after.name, momentNow(clock))
    },
    holds: () => {
      const time = clock.now()
      const seenAt = (seen: Moment | undefined): number | undefined => seen && wallTimeOf(seen, clock)
      const steadyFrom = (node: NodeRecord): number => {
        if (node.ready !== 'True') return Number.POSITIVE_INFINITY
        const toldSince = Math.max(node.createdAt, node.readySince ?? node.createdAt) + TIMESTAMP_STEP
        const readySince = seenAt(sawReady.get(node.name)) ?? toldSince
        return Math.max(readySince, seenAt(sawOpened.get(node.name)) ?? readySince) + holdDown
      }
      const unsteady = [...cluster.nodes()].filter(node => steadyFrom(node) > time)
      if (unsteady.length === 0) return []
      return domainsOf(unsteady, cluster, inUse.keys()).flatMap(domain => settling(domain, policy.outage, holdDown, steadyFrom, time) ?? [])
    },
  }
}

interface Domain {
  readonly topologyKey: string
  readonly name: string
  readonly nodes: readonly NodeRecord[]
}

/** The domains that these nodes are in, under every key whose domains hold several nodes: single nodes are no failure domains. */
function domainsOf(some: readonly NodeRecord[], cluster: ClusterReader, keys: ReadonlySet<string>): readonly Domain[] {
  return [...keys].sort().flatMap(topologyKey => {
    const domains = Map.groupBy(cluster.nodes(), node => node.labels.get(topologyKey))
    domains.delete(undefined)
    if (![...domains.values()].some(nodes => nodes.length > 1)) return []
    const names = new Set(some.map(node => node.labels.get(topologyKey)))
    return [...domains].flatMap(([name, nodes]) => (name !== undefined && names.has(name) ? [{ topologyKey, name, nodes }] : []))
  })
}

function settling(
  domain: Domain,
  outage: Policy['outage'],
  holdDown: number,
  steadyFrom: (node: NodeRecord) => number,
  now: number,
): DomainHold | undefined {
  // What is cordoned takes no pods anyway: that is for the scheduler to say, and says more about why.
  const open = domain.nodes.filter(node => !node.unschedulable)
  if (open.length === 0) return undefined
  // Nodes added to a domain that is up say nothing about it; a domain with none but new nodes has just appeared.
  const older = open.filter(node => node.createdAt + holdDown <= now)
  const nodes = older.length > 0 ? older : open
  const times = nodes.map(steadyFrom).sort((a, b) => a - b)
  const needed = steadyNodesNeeded(nodes.length, outage)
  const until = times[needed - 1] ?? Number.POSITIVE_INFINITY
  if (until <= now) return undefined
  const isKnown = Number.isFinite(until)
  const when = isKnown ? `from ${timestamp(until)} on, when` : 'once'
  const have = needed === 1 ? 'has' : 'have'
  return {
    topologyKey: domain.topologyKey,
    domain: domain.name,
    reason: 'DomainSettling',
    until: isKnown ? until : undefined,
    message: `${keyedDomainText(domain.topologyKey, domain.name)} accepts pods ${when} ${needed} of its nodes ${have} been Ready and open for ${durationText(holdDown)}`,
  }
}

/** The fewest steady nodes with which the domain, the others taken as not Ready, is not under outage, as planning judges it (outages.ts). */
function steadyNodesNeeded(nodes: number, { notReadyPercent, notReadyNodes }: Policy['outage']): number {
  let steady = 1
  while (nodes - steady >= notReadyNodes && (nodes - steady) * 100 >= notReadyPercent * nodes) steady += 1
  return steady
}
