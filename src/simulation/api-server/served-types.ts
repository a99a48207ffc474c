import type { RawObject, ResourceType } from '../object-store.ts'
import { RESOURCE_TYPES } from '../resource-types.ts'
import { fromCoreEvent, toCoreEvent } from './core-events.ts'

export type Subresource = 'status' | 'scale' | 'eviction' | 'binding'

/** A resource as it is reached over HTTP. */
export interface ServedType extends ResourceType {
  /** The resource of the store that holds its objects; events are reached through two groups. */
  readonly storedAs: string
  readonly shortNames: readonly string[]
  readonly subresources: readonly Subresource[]
  /** The stored object in the words of this group and version, and back. */
  readonly present: (stored: RawObject) => RawObject
  readonly accept: (received: RawObject) => RawObject
}

const SHORT_NAMES: Readonly<Record<string, readonly string[]>> = {
  pods: ['po'],
  nodes: ['no'],
  namespaces: ['ns'],
  services: ['svc'],
  configmaps: ['cm'],
  events: ['ev'],
  serviceaccounts: ['sa'],
  persistentvolumes: ['pv'],
  persistentvolumeclaims: ['pvc'],
  replicationcontrollers: ['rc'],
  deployments: ['deploy'],
  replicasets: ['rs'],
  statefulsets: ['sts'],
  daemonsets: ['ds'],
  poddisruptionbudgets: ['pdb'],
  horizontalpodautoscalers: ['hpa'],
  priorityclasses: ['pc'],
  storageclasses: ['sc'],
}

const WITH_STATUS: ReadonlySet<string> = new Set([
  'pods',
  'nodes',
  'namespaces',
  'services',
  'persistentvolumes',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'deployments',
  'replicasets',
  'statefulsets',
  'daemonsets',
  'jobs',
  'poddisruptionbudgets',
  'horizontalpodautoscalers',
  'volumeattachments',
  'resourceclaims',
])
const WITH_SCALE: ReadonlySet<string> = new Set(['deployments', 'replicasets', 'statefulsets', 'replicationcontrollers'])

const unchanged = (object: RawObject): RawObject => object

function served(type: ResourceType): ServedType {
  const { resource } = type
  const subresources: Subresource[] = []
  if (WITH_STATUS.has(resource)) subresources.push('status')
  if (WITH_SCALE.has(resource)) subresources.push('scale')
  if (resource === 'pods') subresources.push('eviction', 'binding')
  return { ...type, storedAs: resource, shortNames: SHORT_NAMES[resource] ?? [], subresources, present: unchanged, accept: unchanged }
}

const CORE_EVENTS: ServedType = {
  ...served({ group: '', version: 'v1', resource: 'events', kind: 'Event', namespaced: true }),
  present: toCoreEvent,
  accept: fromCoreEvent,
}

/** In the order of discovery, which is the order in which kubectl prefers groups: core first. */
export const SERVED_TYPES: readonly ServedType[] = [...RESOURCE_TYPES.map(served), CORE_EVENTS]

const BY_PATH = new Map(SERVED_TYPES.map(type => [`${type.group}/${type.version}/${type.resource}`, type]))

export function servedType(group: string, version: string, resource: string): ServedType | undefined {
  return BY_PATH.get(`${group}/${version}/${resource}`)
}
