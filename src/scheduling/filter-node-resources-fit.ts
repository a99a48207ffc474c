import type { PodSpec } from '../cluster/pod.ts'
import type { Resources } from '../cluster/resources.ts'
import { CPU, leftOf, MEMORY, POD_SLOTS, STORAGE, type NodeAmounts } from './node-amounts.ts'
import type { NodeInfo } from './node-info.ts'
import type { Filter, Refused } from './plugin.ts'
import type { SchedulerProfile } from './profile.ts'

/**
 * A pod slot, and each requested amount within what is allocatable and not yet requested (noderesources/fit.go, 1.36). A request of zero
 * passes even on a node that is overcommitted. What an empty node could not hold either is Unresolvable.
 */
export const nodeResourcesFit: Filter = ({ profile }, { spec }) => {
  const { requests } = spec
  const scalars = scalarsAsked(profile, spec)
  return info =>
    hasRoomFor(requests, info.amounts, info.at) && !lacksAny(scalars, info) ? undefined : refusal(shortages(info, requests, scalars))
}

export type Scalars = readonly (readonly [name: string, amount: number])[]

/** The extended resources that the pod asks for, but for those that the profile ignores. */
export function scalarsAsked(profile: SchedulerProfile, { requests }: PodSpec): Scalars {
  return [...requests.scalars].filter(([name, amount]) => amount > 0 && !isIgnored(profile, name))
}

/** Everything but extended resources. Asked of every node that changes, for every kind of pod: it makes nothing. */
export function hasRoomFor({ cpu, memory, ephemeralStorage }: Resources, amounts: NodeAmounts, at: number): boolean {
  return (
    leftOf(amounts, at, POD_SLOTS) >= 1 &&
    (cpu === 0 || cpu <= leftOf(amounts, at, CPU)) &&
    (memory === 0 || memory <= leftOf(amounts, at, MEMORY)) &&
    (ephemeralStorage === 0 || ephemeralStorage <= leftOf(amounts, at, STORAGE))
  )
}

export function lacksAny(scalars: Scalars, { node, used }: NodeInfo): boolean {
  for (const [name, amount] of scalars) {
    if (isShort(amount, node.allocatable.scalars.get(name) ?? 0, used.scalars.get(name) ?? 0)) return true
  }
  return false
}

const isShort = (amount: number, capacity: number, taken: number): boolean => amount > 0 && amount > capacity - taken

/** What a node that does not fit lacks. */
function shortages({ node, pods, used }: NodeInfo, requests: Resources, scalars: Scalars): readonly Shortage[] {
  const { allocatable } = node
  const short: Shortage[] = []
  if (pods.length >= node.podSlots) short.push({ message: 'Too many pods', unresolvable: false })
  const need = (name: string, amount: number, capacity: number, taken: number): void => {
    if (isShort(amount, capacity, taken)) short.push({ message: `Insufficient ${name}`, unresolvable: amount > capacity })
  }
  need('cpu', requests.cpu, allocatable.cpu, used.cpu)
  need('memory', requests.memory, allocatable.memory, used.memory)
  need('ephemeral-storage', requests.ephemeralStorage, allocatable.ephemeralStorage, used.ephemeralStorage)
  for (const [name, amount] of scalars) need(name, amount, allocatable.scalars.get(name) ?? 0, used.scalars.get(name) ?? 0)
  return short
}

interface Shortage {
  readonly message: string
  readonly unresolvable: boolean
}

function refusal(short: readonly Shortage[]): Refused {
  return {
    status: short.some(({ unresolvable }) => unresolvable) ? 'UnschedulableAndUnresolvable' : 'Unschedulable',
    message: short.map(({ message }) => message).join(', '),
  }
}

/** `ignoredResources` and `ignoredResourceGroups` hold for extended resources alone: a name with a domain that is not Kubernetes' own. */
function isIgnored({ ignoredResources, ignoredResourceGroups }: SchedulerProfile, name: string): boolean {
  if (!name.includes('/') || name.includes('kubernetes.io/') || name.startsWith('requests.')) return false
  return ignoredResources.has(name) || ignoredResourceGroups.has(name.slice(0, name.indexOf('/')))
}
