import { isRawObject } from '../../cluster/raw-value.ts'
import type { RawMetadata } from '../object-store.ts'
import type { ServedType } from './served-types.ts'
import { badRequest } from './status.ts'

const TEXTS = ['name', 'generateName', 'namespace', 'uid', 'resourceVersion']
const MAPS_OF_TEXTS = ['labels', 'annotations']
const LISTS: Readonly<Record<string, string>> = { finalizers: '[]string', ownerReferences: '[]v1.OwnerReference' }
const UNSET_VERSIONS: ReadonlySet<unknown> = new Set(['', '0'])

/**
 * The metadata of a body as Go's decoder reads it: null is as good as absent, and so are what is empty and a resourceVersion of 0
 * (storage APIObjectVersioner, 1.36).
 * @throws StatusError 400 for a field of another type
 */
export function readMetadata(type: ServedType, raw: unknown): RawMetadata {
  const refuse = (value: unknown, path: string, goType: string): never => {
    const why = `json: cannot unmarshal ${jsonType(value)} into Go struct field ObjectMeta.${path} of type ${goType}`
    throw badRequest(`${type.kind} in version "${type.version}" cannot be handled as a ${type.kind}: ${why}`)
  }
  if (!isRawObject(raw)) return refuse(raw, 'metadata', 'v1.ObjectMeta')
  // Nobody here keeps track of who manages which field.
  const { managedFields: _, ...written } = raw
  const fields = new Map(Object.entries(written).filter(([, value]) => value !== null))
  for (const field of TEXTS) {
    const value = fields.get(field)
    if (!isAbsentOr(value, isText)) refuse(value, `metadata.${field}`, 'string')
  }
  for (const field of MAPS_OF_TEXTS) {
    const map = fields.get(field)
    if (map === undefined) continue
    if (!isRawObject(map)) return refuse(map, `metadata.${field}`, 'map[string]string')
    const texts = Object.entries(map).map(([key, value]) => [key, value ?? ''] as const)
    const odd = texts.find(([, value]) => !isText(value))
    if (odd !== undefined) refuse(odd[1], `metadata.${field}`, 'string')
    fields.set(field, Object.fromEntries(texts))
  }
  for (const [field, goType] of Object.entries(LISTS)) {
    const value = fields.get(field)
    if (!isAbsentOr(value, Array.isArray)) refuse(value, `metadata.${field}`, goType)
  }
  for (const field of [...MAPS_OF_TEXTS, ...Object.keys(LISTS)]) if (isEmpty(fields.get(field))) fields.delete(field)
  if (fields.get('uid') === '') fields.delete('uid')
  if (UNSET_VERSIONS.has(fields.get('resourceVersion'))) fields.delete('resourceVersion')
  return Object.fromEntries([['name', ''], ...fields]) as unknown as RawMetadata
}

/** omitempty: a map or list with nothing in it is as good as absent. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

function isAbsentOr<T>(value: unknown, is: (value: unknown) => value is T): value is T | undefined {
  return value === undefined || is(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** As encoding/json calls it. */
function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
