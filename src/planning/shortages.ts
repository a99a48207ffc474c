import type { PodRecord } from '../cluster/pod.ts'
import { scalarsAsked, type Scalars } from '../scheduling/filter-node-resources-fit.ts'
import type { NodeInfo } from '../scheduling/node-info.ts'
import { DEFAULT_PROFILE } from '../scheduling/profile.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { amountText, POD_SLOTS, resourceText } from './amount-text.ts'
import { counted } from './counted.ts'

/** A resource of which some nodes have too little for one pod. */
interface Shortage {
  readonly resource: string
  /** Of one pod. */
  readonly request: number
  /** On the node that has most of it left. */
  readonly mostFree: number
}

/**
 * What a domain lacks to take so many copies of a pod that none of its nodes has room for: `c lacks 2.5 CPU for 5 pods of 500m (most free on one
 * node: 400m)`. Undefined when it lacks no resource, but host ports, say, or places for volumes.
 */
export function shortageText(
  domain: string,
  pods: number,
  nodeNames: readonly string[],
  pod: PodRecord,
  model: SchedulerModel,
): string | undefined {
  const infos = nodeNames.flatMap(name => model.info(name) ?? [])
  const scalars = scalarsAsked(model.profileOf(pod) ?? DEFAULT_PROFILE, pod.spec)
  const needs = [...needsOf(pod, scalars)].map(([resource, request]): Shortage & { readonly isShortOn: readonly boolean[] } => {
    const free = infos.map(info => freeOn(info, resource))
    return { resource, request, mostFree: Math.max(0, ...free), isShortOn: free.map(amount => amount < request) }
  })
  const everywhere = needs.filter(({ isShortOn }) => isShortOn.length > 0 && isShortOn.every(Boolean))
  if (everywhere.length > 0) return lackText(domain, pods, everywhere)
  const somewhere = needs.filter(({ isShortOn }) => isShortOn.some(Boolean))
  if (somewhere.length === 0) return undefined
  const together = somewhere.map(({ resource, request }) => resourceText(resource, request))
  return `no node of ${domain} has ${together.join(' and ')} free together, which ${counted(pods, 'more pod needs', 'more pods need')}`
}

function lackText(domain: string, pods: number, shortages: readonly Shortage[]): string {
  const totals = shortages.map(({ resource, request }) => resourceText(resource, pods * request))
  const measured = shortages.filter(({ resource }) => resource !== POD_SLOTS)
  const each = measured.map(({ resource, request }) => amountText(resource, request))
  const most = measured.map(({ resource, mostFree }) => amountText(resource, mostFree))
  const details = measured.length === 0 ? '' : ` of ${each.join(' and ')} (most free on one node: ${most.join(' and ')})`
  return `${domain} lacks ${totals.join(' and ')} for ${counted(pods, 'more pod')}${details}`
}

/** What a node must have left for one copy. A request of zero passes even where nothing is left (noderesources/fit.go, 1.36). */
function* needsOf({ spec: { requests } }: PodRecord, scalars: Scalars): Iterable<readonly [resource: string, request: number]> {
  yield [POD_SLOTS, 1]
  if (requests.cpu > 0) yield ['cpu', requests.cpu]
  if (requests.memory > 0) yield ['memory', requests.memory]
  if (requests.ephemeralStorage > 0) yield ['ephemeral-storage', requests.ephemeralStorage]
  yield* scalars
}

function freeOn({ node, pods, used }: NodeInfo, resource: string): number {
  const { allocatable } = node
  switch (resource) {
    case POD_SLOTS:
      return node.podSlots - pods.length
    case 'cpu':
      return allocatable.cpu - used.cpu
    case 'memory':
      return allocatable.memory - used.memory
    case 'ephemeral-storage':
      return allocatable.ephemeralStorage - used.ephemeralStorage
    default:
      return (allocatable.scalars.get(resource) ?? 0) - (used.scalars.get(resource) ?? 0)
  }
}
