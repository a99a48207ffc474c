import { isDeepStrictEqual } from 'node:util'
import { compareText } from '../cluster/compare-text.ts'
import { memo } from '../cluster/memo.ts'
import type { NodeRecord } from '../cluster/node.ts'
import { isAboutToGo } from './about-to-go.ts'
import type { Eligibility } from './eligibility.ts'
import { createPartitions, type Mark, type Partition } from './node-partition.ts'
import { zoneGroupsOf, type ZoneGroups } from './zone-groups.ts'

/** In arrays of domain numbers by slot: the slot is empty, or its node lacks the key or does not count. */
export const NO_DOMAIN = -1

/** The domains that one key makes of all nodes. */
export interface Topology {
  /** By slot: the number of its node's domain, or {@link NO_DOMAIN}. */
  readonly domainOf: Int32Array
  /** No two nodes share a domain, as with the hostname key: most domains are then alike but for the few that hold certain pods. */
  readonly isPerNode: boolean
  /** What tells nodes apart by this key: their domains; with a domain a node, whether they have one. */
  readonly mark: Mark
  /** By domain number: the first slot of its nodes. */
  readonly slotOf: readonly number[]
  /** Domain names by number. */
  readonly names: readonly string[]
  readonly numberOf: ReadonlyMap<string, number>
  /** The numbers of all domains, by name. */
  inOrder(): readonly number[]
  /** Every node has the key. */
  readonly isEverywhere: boolean
}

/** The domains of one key as a constraint sees them. */
export interface DomainSet {
  readonly layout: NodeLayout
  readonly topology: Topology
  /** By slot: the number of its node's domain if the node counts for the constraint, else {@link NO_DOMAIN}. */
  readonly domainOf: Int32Array
  /** How many domains have a node that counts. */
  readonly size: number
  /** By domain number: names of the nodes that count. */
  nodesOf(domain: number): readonly string[]
}

/**
 * What of the nodes tells one from another: names, labels, taints and whether they are being deleted, at one time. Never changes; everything
 * derived from it is computed when first asked for and kept, so that it costs one pass over the nodes after a node was added, removed, relabelled
 * or tainted, and nothing else.
 */
export interface NodeLayout {
  /** By slot. */
  readonly nodes: readonly (NodeRecord | undefined)[]
  /** By slot; empty where no node is. */
  readonly names: readonly string[]
  /** Slots that hold a node, in the order of node names. */
  readonly byName: Int32Array
  slotOf(nodeName: string): number | undefined
  /** By slot: 1 for a node that is about to be removed. */
  readonly leaving: Int32Array
  /** What the scheduler goes through the nodes by. */
  readonly zoneGroups: ZoneGroups
  topology(key: string): Topology
  domains(eligibility: Eligibility, key: string): DomainSet
  /** The nodes by what some marks say of them. */
  partition(marks: readonly Mark[]): Partition
}

export function createNodeLayout(nodes: readonly (NodeRecord | undefined)[]): NodeLayout {
  const topologies = new Map<string, Topology>()
  const eligible = new Map<string, Uint8Array>()
  const domainSets = new Map<string, Map<string, DomainSet>>()
  const byName = slotsByName(nodes)
  const partitions = createPartitions(nodes.length, byName)
  let slots: ReadonlyMap<string, number> | undefined

  const layout: NodeLayout = {
    nodes,
    names: nodes.map(node => node?.name ?? ''),
    byName,
    slotOf(nodeName) {
      slots ??= new Map(Array.from(byName, slot => [layout.names[slot] ?? '', slot]))
      return slots.get(nodeName)
    },
    leaving: Int32Array.from(nodes, node => Number(node !== undefined && isAboutToGo(node))),
    zoneGroups: zoneGroupsOf(nodes),
    topology: key => memo(topologies, key, () => topologyOf(nodes, key)),
    domains: (eligibility, key) => {
      const byKey = memo(domainSets, eligibility.id, () => new Map<string, DomainSet>())
      return memo(byKey, key, () => {
        const admitted = memo(eligible, eligibility.id, () =>
          Uint8Array.from(nodes, node => Number(node !== undefined && eligibility.admits(node))),
        )
        return domainSetOf(layout, layout.topology(key), admitted)
      })
    },
    partition: marks => partitions.of(marks),
  }
  return layout
}

function slotsByName(nodes: readonly (NodeRecord | undefined)[]): Int32Array {
  const named = nodes.flatMap((node, slot) => (node === undefined ? [] : [{ name: node.name, slot }]))
  named.sort((left, right) => compareText(left.name, right.name))
  return Int32Array.from(named, ({ slot }) => slot)
}

function topologyOf(nodes: readonly (NodeRecord | undefined)[], key: string): Topology {
  const numberOf = new Map<string, number>()
  const slotOf: number[] = []
  const domainOf = Int32Array.from(nodes, (node, slot) => {
    const name = node?.labels.get(key)
    if (name === undefined) return NO_DOMAIN
    return memo(numberOf, name, () => slotOf.push(slot) - 1)
  })
  const isEverywhere = nodes.every((node, slot) => node === undefined || domainOf[slot] !== NO_DOMAIN)
  const isPerNode = isOneNodeEach(domainOf, numberOf.size)
  const mark = isPerNode ? presenceIn(domainOf) : domainOf
  const names = [...numberOf.keys()]
  let inOrder: readonly number[] | undefined
  return {
    domainOf,
    names,
    numberOf,
    inOrder: () => (inOrder ??= [...names.keys()].sort((one, other) => compareText(names[one] ?? '', names[other] ?? ''))),
    slotOf,
    isEverywhere,
    isPerNode,
    mark,
  }
}

/** Whether each of so many domains has a single node. */
export function isOneNodeEach(domainOf: Int32Array, domains: number): boolean {
  let nodes = 0
  for (const domain of domainOf) if (domain !== NO_DOMAIN) nodes += 1
  return nodes === domains
}

/** By slot: 1 where its node has a domain. */
export function presenceIn(domainOf: Int32Array): Mark {
  return domainOf.map(domain => Number(domain !== NO_DOMAIN))
}

function domainSetOf(layout: NodeLayout, topology: Topology, admitted: Uint8Array): DomainSet {
  const domainOf = topology.domainOf.map((domain, slot) => (admitted[slot] === 1 ? domain : NO_DOMAIN))
  let nodesByDomain: Map<number, string[]> | undefined
  return {
    layout,
    topology,
    domainOf,
    size: new Set(domainOf).size - Number(domainOf.includes(NO_DOMAIN)),
    nodesOf(domain) {
      nodesByDomain ??= groupNames(layout, domainOf)
      return nodesByDomain.get(domain) ?? []
    },
  }
}

function groupNames({ names: nodeNames, byName }: NodeLayout, domainOf: Int32Array): Map<number, string[]> {
  const names = new Map<number, string[]>()
  for (const slot of byName) memo(names, domainOf[slot] ?? NO_DOMAIN, () => []).push(nodeNames[slot] ?? '')
  names.delete(NO_DOMAIN)
  return names
}

/** Whether a node is told from others as it was: most updates are heartbeats of its status, which move it to no other domain. */
export function hasSameLayout(before: NodeRecord, after: NodeRecord): boolean {
  return isDeepStrictEqual([before.labels, before.taints, before.deletedAt], [after.labels, after.taints, after.deletedAt])
}
