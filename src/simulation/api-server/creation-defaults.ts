import { isRawObject } from '../../cluster/raw-value.ts'
import type { RawObject } from '../object-store.ts'
import type { ServedType } from './served-types.ts'

const A_QUARTER = { maxUnavailable: '25%', maxSurge: '25%' }

/**
 * What the type's strategy makes of an object that a client creates: its status starts empty, whatever the client says of it. `received` is
 * in the words of the store.
 */
export function withCreationDefaults(type: ServedType, received: RawObject): RawObject {
  const { status: _, ...written } = received
  const object: RawObject = type.subresources.includes('status')
    ? { ...written, apiVersion: received.apiVersion, kind: received.kind, metadata: received.metadata }
    : received
  switch (type.resource) {
    case 'pods':
      return { ...object, status: { phase: 'Pending' } }
    case 'poddisruptionbudgets':
      return { ...object, status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 } }
    case 'deployments':
      return withSpecDefaults(object, { replicas: 1, strategy: { type: 'RollingUpdate', rollingUpdate: A_QUARTER } })
    case 'replicasets':
      return withSpecDefaults(object, { replicas: 1 })
    case 'statefulsets':
      return withSpecDefaults(object, { replicas: 1, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } })
    case 'namespaces': {
      const labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name }
      return { ...object, metadata: { ...object.metadata, labels }, status: { phase: 'Active' } }
    }
    case 'events':
      return { ...object, deprecatedSource: {}, deprecatedFirstTimestamp: null, deprecatedLastTimestamp: null, ...ofEvent(object) }
    default:
      return object
  }
}

/** pkg/apis/apps/v1/defaults.go: what kubectl reads. The controllers fill in the same where they find nothing. */
function withSpecDefaults(object: RawObject, defaults: Readonly<Record<string, unknown>>): RawObject {
  return { ...object, spec: { ...defaults, ...(isRawObject(object['spec']) ? object['spec'] : {}) } }
}

/** What the client did say of the fields that are always there. */
function ofEvent({ deprecatedSource, deprecatedFirstTimestamp, deprecatedLastTimestamp }: RawObject): Readonly<Record<string, unknown>> {
  const given = { deprecatedSource, deprecatedFirstTimestamp, deprecatedLastTimestamp }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
