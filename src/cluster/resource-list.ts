import { milliValue, wholeValue, type Quantity } from './quantity.ts'
import { NO_RESOURCES, NO_SCALARS, type Resources } from './resources.ts'

/** Exact amounts by resource name: what is added up before anything is rounded, as kube-scheduler does. */
export type ResourceList = ReadonlyMap<string, Quantity>

export const EMPTY_LIST: ResourceList = new Map()

export function addLists(left: ResourceList, right: ResourceList): ResourceList {
  return combine(left, right, (a, b) => ({ nanos: a.nanos + b.nanos }))
}

export function maxLists(left: ResourceList, right: ResourceList): ResourceList {
  return combine(left, right, (a, b) => (a.nanos >= b.nanos ? a : b))
}

/** The left list, with the entries of the right one in place of its own. */
export function overrideList(left: ResourceList, right: ResourceList): ResourceList {
  return right.size === 0 ? left : new Map([...left, ...right])
}

/** Rounds to the integers that kube-scheduler computes with (framework.Resource.Add, 1.36). Zero scalars are left out. */
export function toResources(list: ResourceList): Resources {
  if (list.size === 0) return NO_RESOURCES
  const scalars = new Map<string, number>()
  for (const [name, quantity] of list) {
    if (isScalarResource(name) && quantity.nanos !== 0n) scalars.set(name, wholeValue(quantity))
  }
  return {
    cpu: cpuOf(list),
    memory: memoryOf(list),
    ephemeralStorage: wholeAmount(list.get('ephemeral-storage')),
    scalars: scalars.size === 0 ? NO_SCALARS : scalars,
  }
}

/** Millicores. */
export function cpuOf(list: ResourceList): number {
  const quantity = list.get('cpu')
  return quantity === undefined ? 0 : milliValue(quantity)
}

/** Bytes. */
export function memoryOf(list: ResourceList): number {
  return wholeAmount(list.get('memory'))
}

/** Resources that may be set on the pod as a whole (component-helpers resource.IsSupportedPodLevelResource, 1.36). */
export function isPodLevelResource(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')
}

/** Cpu, memory and the like: native resources of which a node may promise more than it has (core/v1/helper IsOvercommitAllowed, 1.36). */
export function isOvercommittable(name: string): boolean {
  return (!name.includes('/') || name.includes('kubernetes.io/')) && !name.startsWith('hugepages-')
}

/**
 * Extended resources, hugepages, attachable volumes and what stands under kubernetes.io (scheduler util.IsScalarResourceName, 1.36). Other
 * names are ignored by the scheduler.
 */
function isScalarResource(name: string): boolean {
  if (name.startsWith('hugepages-') || name.startsWith('attachable-volumes-') || name.includes('kubernetes.io/')) return true
  return name.includes('/') && !name.startsWith('requests.')
}

function wholeAmount(quantity: Quantity | undefined): number {
  return quantity === undefined ? 0 : wholeValue(quantity)
}

function combine(left: ResourceList, right: ResourceList, choose: (a: Quantity, b: Quantity) => Quantity): ResourceList {
  if (right.size === 0) return left
  if (left.size === 0) return right
  const combined = new Map(left)
  for (const [name, quantity] of right) {
    const present = combined.get(name)
    combined.set(name, present === undefined ? quantity : choose(present, quantity))
  }
  return combined
}
