import { memo } from '../cluster/memo.ts'
import type { PodSpec } from '../cluster/pod.ts'
import { isOneNodeEach, NO_DOMAIN, presenceIn, type DomainSet } from '../scheduling/node-layout.ts'
import type { Mark } from '../scheduling/node-partition.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { hardKeysOf, whatIsAsked, wouldHave } from './eligibility.ts'
import type { Group } from './groups.ts'

/** The domains of a group, numbered in the order of their names. One object serves every group that counts over the same nodes. */
export interface DomainIndex {
  readonly names: readonly string[]
  /** Names of the nodes of a domain that count. */
  nodesOf(domain: number): readonly string[]
  /** The domain of a node by index; undefined for a node that does not count. */
  of(nodeName: string): number | undefined
  /** Every domain has a single node that counts, as with the hostname key. */
  readonly isPerNode: boolean
  /** By domain: the slot of its first node in the scheduler model. */
  readonly slots: readonly number[]
  /** By slot of the node layout: the domain by index; -1 for a node that does not count. */
  readonly bySlot: Int32Array
  /** What tells nodes apart for the group: their domain; where each has one of its own, whether they count. */
  readonly mark: Mark
  /** Counts by domain, from counts by the scheduler's own numbers; domains without any are not there. */
  counted(byNumber: ReadonlyMap<number, number>): ReadonlyMap<number, number>
}

/** Finds the index of a group's domains; made once, it serves every group of a plan. */
export type DomainIndexes = (group: Group, over: DomainSet) => DomainIndex

/**
 * Hard: the domains that the scheduler's filter counts over. Soft: those of them where at least one node would have the pod as far as node and
 * pod are concerned (not cordoned, taints tolerated, hard keys there): the scheduler scores only over nodes that pass its filters. A domain that is
 * merely full stays in: that it is short of room is worth saying, and room comes and goes.
 */
export function createDomainIndexes(model: SchedulerModel): DomainIndexes {
  const known = new Map<DomainSet, Map<string, DomainIndex>>()
  return ({ constraint, representative }, over) => {
    const byAsked = memo(known, over, () => new Map<string, DomainIndex>())
    if (constraint.whenUnsatisfiable === 'DoNotSchedule') return memo(byAsked, '', () => indexOf(over, () => true))
    const { spec } = representative
    const hardKeys = hardKeysOf(model, representative)
    return memo(byAsked, whatIsAsked(spec, hardKeys), () => indexOf(over, name => hasPlaceFor(model, spec, hardKeys, name)))
  }
}

/** Finds the index of a group's domains as the nodes are now; undefined where they are other domains than those of its index. */
export function createSuccession(
  model: SchedulerModel,
  indexes: DomainIndexes,
): (group: Group, index: DomainIndex) => DomainIndex | undefined {
  const successors = new Map<DomainIndex, DomainIndex | undefined>()
  return (group, index) => {
    if (!successors.has(index)) {
      const successor = indexes(group, model.spreadOf(group.representative, group.constraint).over)
      successors.set(index, hasSameDomains(index, successor) ? successor : undefined)
    }
    return successors.get(index)
  }
}

function hasSameDomains({ names }: DomainIndex, other: DomainIndex): boolean {
  return names.length === other.names.length && names.every((name, domain) => name === other.names[domain])
}

/** @param isOpen asked of nodes that count, until one of their domain is */
function indexOf(over: DomainSet, isOpen: (nodeName: string) => boolean): DomainIndex {
  const { layout, topology } = over
  const isDomain = new Uint8Array(topology.names.length)
  for (const [slot, number] of over.domainOf.entries()) {
    if (number !== NO_DOMAIN && isDomain[number] === 0 && isOpen(layout.names[slot] ?? '')) isDomain[number] = 1
  }
  const numbers = topology.inOrder().filter(number => isDomain[number] === 1)
  const indexes = new Int32Array(topology.names.length).fill(NO_DOMAIN)
  for (const [index, number] of numbers.entries()) indexes[number] = index
  const bySlot = over.domainOf.map(number => indexes[number] ?? NO_DOMAIN)
  const slots: number[] = []
  for (const [slot, index] of bySlot.entries()) if (index !== NO_DOMAIN) slots[index] ??= slot
  const isPerNode = isOneNodeEach(bySlot, numbers.length)
  return {
    names: numbers.map(number => topology.names[number] ?? ''),
    nodesOf: domain => over.nodesOf(numbers[domain] ?? NO_DOMAIN),
    of(nodeName) {
      const index = bySlot[layout.slotOf(nodeName) ?? -1] ?? NO_DOMAIN
      return index === NO_DOMAIN ? undefined : index
    },
    isPerNode,
    slots,
    bySlot,
    mark: isPerNode ? presenceIn(bySlot) : bySlot,
    counted(byNumber) {
      const counts = new Map<number, number>()
      for (const [number, count] of byNumber) {
        const index = indexes[number] ?? NO_DOMAIN
        if (index !== NO_DOMAIN) counts.set(index, count)
      }
      return counts
    },
  }
}

function hasPlaceFor(model: SchedulerModel, spec: PodSpec, hardKeys: readonly string[], nodeName: string): boolean {
  const node = model.cluster.node(nodeName)
  return node !== undefined && wouldHave(node, spec, hardKeys)
}
