import type { RawObject } from '../object-store.ts'
import { valueAt } from './field-path.ts'
import type { ServedType } from './served-types.ts'
import { badRequest, type StatusError } from './status.ts'

export interface FieldRequirement {
  readonly field: string
  readonly equal: boolean
  readonly value: string
}

const OF_REFERENCE = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']

/** Fields that can be selected by besides metadata.name and metadata.namespace (pkg/apis/GROUP/VERSION/conversion.go). */
const SELECTABLE: Readonly<Record<string, readonly string[]>> = {
  '/pods': [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
  ],
  '/nodes': ['spec.unschedulable'],
  '/namespaces': ['status.phase'],
  '/replicationcontrollers': ['status.replicas'],
  '/services': ['spec.clusterIP', 'spec.type'],
  '/events': [...OF_REFERENCE.map(field => `involvedObject.${field}`), 'reason', 'reportingComponent', 'source', 'type'],
  'events.k8s.io/events': [...OF_REFERENCE.map(field => `regarding.${field}`), 'reason', 'reportingController', 'type'],
  'apps/replicasets': ['status.replicas'],
  'batch/jobs': ['status.successful'],
}

/**
 * Reads `a=b,c!=d` (apimachinery pkg/fields). A backslash makes a comma, equals sign or backslash part of the value.
 * @throws StatusError 400 for a term without an operator
 */
export function parseFieldSelector(text: string): readonly FieldRequirement[] {
  const terms = text.match(/(?:\\.|[^,\\])+/gs) ?? []
  return terms.map(term => {
    const [, field, operator, value] = /^((?:\\.|[^=!\\])+?)(!=|==|=)(.*)$/s.exec(term) ?? []
    if (field === undefined || value === undefined) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`)
    return { field, equal: operator !== '!=', value: value.replaceAll(/\\(.)/gs, '$1') }
  })
}

export function isSelectableField(type: ServedType, field: string): boolean {
  return field === 'metadata.name' || field === 'metadata.namespace' || (selectableFields(type)?.includes(field) ?? false)
}

export function unsupportedField(type: ServedType, field: string): StatusError {
  if (selectableFields(type) !== undefined) return badRequest(`field label not supported: ${field}`)
  return badRequest(`"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`)
}

/** A field as text, the way upstream's field sets hold it: what is absent is "", or "false" where it is a yes or no. */
export function fieldValue(object: RawObject, path: string): string {
  const value = valueAt(object, path)
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return path === 'spec.unschedulable' || path === 'spec.hostNetwork' ? 'false' : ''
}

function selectableFields(type: ServedType): readonly string[] | undefined {
  return SELECTABLE[`${type.group}/${type.resource}`]
}
