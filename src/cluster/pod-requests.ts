import type { Quantity } from './quantity.ts'
import { addLists, EMPTY_LIST, maxLists, overrideList, type ResourceList } from './resource-list.ts'

/** What a pod's spec asks for, container by container. */
export interface PodAsk {
  readonly containers: readonly ContainerAsk[]
  readonly initContainers: readonly ContainerAsk[]
  /** What the pod asks for as a whole, of the resources that pods may set; undefined when it names none of those. */
  readonly podLevel: ResourceList | undefined
  readonly overhead: ResourceList
}

export interface ContainerAsk {
  readonly name: string
  /** An init container with `restartPolicy: Always`, which runs beside the others. */
  readonly restartable: boolean
  readonly requests: ResourceList
}

/** What the kubelet says it has given: in-place resize makes it differ from the spec. */
export interface PodGrant {
  /** By container name, those whose status has `resources`: the largest of the actual and the allocated requests. */
  readonly containers: ReadonlyMap<string, ResourceList>
  /** The same for the pod as a whole; undefined when its status has no `resources`. */
  readonly podLevel: ResourceList | undefined
  /** The node can never honour the resize that the spec asks for. */
  readonly infeasible: boolean
}

const NONE: Quantity = { nanos: 0n }

const NO_GRANT: PodGrant = { containers: new Map(), podLevel: undefined, infeasible: false }

/** What a container without a request counts for in scores (scheduler util.DefaultMilliCPURequest, DefaultMemoryRequest, 1.36). */
const SCORED_DEFAULTS: ResourceList = new Map([
  ['cpu', { nanos: 100n * 1_000_000n }],
  ['memory', { nanos: 200n * 1024n ** 2n * 1_000_000_000n }],
])

/** What all containers ask for together. */
export function containersRequests(ask: Pick<PodAsk, 'containers' | 'initContainers'>): ResourceList {
  return podRequests({ ...ask, podLevel: undefined, overhead: EMPTY_LIST }, NO_GRANT, EMPTY_LIST)
}

/** What NodeResourcesFit asks for an incoming pod; its status is never consulted. */
export function incomingRequests(ask: PodAsk): ResourceList {
  return podRequests(ask, NO_GRANT, EMPTY_LIST)
}

/** What LeastAllocated charges for an incoming pod: with defaults for missing requests, and blind to pod-level ones. */
export function incomingScoredRequests(ask: PodAsk): ResourceList {
  return podRequests({ ...ask, podLevel: undefined }, NO_GRANT, SCORED_DEFAULTS)
}

/** What a pod on a node takes from it. */
export function chargedRequests(ask: PodAsk, grant: PodGrant): ResourceList {
  return podRequests(ask, grant, EMPTY_LIST)
}

/**
 * What LeastAllocated sees of a pod on a node. With pod-level requests a default fills in only for a resource that neither the pod nor any
 * container asks for (framework getNonMissingContainerRequests, 1.36).
 */
export function chargedScoredRequests(ask: PodAsk, grant: PodGrant): ResourceList {
  if (ask.podLevel === undefined) return podRequests(ask, grant, SCORED_DEFAULTS)
  const named = chargedRequests(ask, grant)
  return podRequests(ask, grant, new Map([...SCORED_DEFAULTS].filter(([name]) => !named.has(name))))
}

/** component-helpers resource.PodRequests (1.36): containers run together, init containers one after another before them. */
function podRequests(ask: PodAsk, grant: PodGrant, defaults: ResourceList): ResourceList {
  let running = EMPTY_LIST
  for (const container of ask.containers) running = addLists(running, containerRequests(container, grant, defaults))
  let sidecars = EMPTY_LIST
  let starting = EMPTY_LIST
  for (const container of ask.initContainers) {
    const requests = containerRequests(container, container.restartable ? grant : NO_GRANT, defaults)
    const together = addLists(sidecars, requests)
    if (container.restartable) {
      running = addLists(running, requests)
      sidecars = together
    }
    starting = maxLists(starting, together)
  }
  let requests = maxLists(running, starting)
  if (ask.podLevel !== undefined) requests = overrideList(requests, podLevelRequests(ask.podLevel, grant))
  return addLists(requests, ask.overhead)
}

/**
 * The status of a pod as a whole also tells of resources that its spec leaves to the containers: those stay theirs. One that the spec names and
 * the status does not is none once its resize is infeasible.
 */
function podLevelRequests(asked: ResourceList, { podLevel, infeasible }: PodGrant): ResourceList {
  if (podLevel === undefined) return asked
  const effective = granted(asked, podLevel, infeasible)
  return new Map(Array.from(asked.keys(), name => [name, effective.get(name) ?? NONE]))
}

function containerRequests(container: ContainerAsk, grant: PodGrant, defaults: ResourceList): ResourceList {
  const requests = granted(container.requests, grant.containers.get(container.name), grant.infeasible)
  return defaults.size === 0 ? requests : overrideList(defaults, requests)
}

function granted(asked: ResourceList, given: ResourceList | undefined, infeasible: boolean): ResourceList {
  if (given === undefined) return asked
  return infeasible ? given : maxLists(asked, given)
}
