import type { RawObject, ResourceType, StoreRefusal } from './object-store.ts'
import { qualifiedResource } from './resource-types.ts'

/** The refusing half of a StoreResult. */
export type Refused = { readonly ok: false; readonly refusal: StoreRefusal }

/** The texts are those of apimachinery's api/errors, which clients show to people and some even match on. */
export function notFound(type: ResourceType, name: string): Refused {
  return refused(404, 'NotFound', `${qualifiedResource(type)} "${name}" not found`, resourceDetails(type, name))
}

export function alreadyExists(type: ResourceType, name: string): Refused {
  return refused(409, 'AlreadyExists', `${qualifiedResource(type)} "${name}" already exists`, resourceDetails(type, name))
}

export function modifiedMeanwhile(type: ResourceType, name: string): Refused {
  const why = 'the object has been modified; please apply your changes to the latest version and try again'
  return refused(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualifiedResource(type)} "${name}": ${why}`,
    resourceDetails(type, name),
  )
}

/** An update meant for an earlier object of the same name. */
export function anotherObject(type: ResourceType, current: RawObject, uid: string | undefined): Refused {
  const { name, namespace } = current.metadata
  const key = `/registry/${type.resource}/${namespace === undefined ? name : `${namespace}/${name}`}`
  const why =
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ` +
    `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`
  return refused(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualifiedResource(type)} "${name}": ${why}`,
    resourceDetails(type, name),
  )
}

/** rest.BeforeDelete names the kind where everything else names the resource. */
export function preconditionFailed(type: ResourceType, name: string, why: string): Refused {
  const kind = type.group === '' ? type.kind : `${type.kind}.${type.group}`
  return refused(409, 'Conflict', `Operation cannot be fulfilled on ${kind} "${name}": ${why}`, {
    name,
    ...(type.group !== '' && { group: type.group }),
    kind: type.kind,
  })
}

export function invalid(type: ResourceType, name: string, why: string): Refused {
  const kind = type.group === '' ? type.kind : `${type.kind}.${type.group}`
  return refused(422, 'Invalid', `${kind} "${name}" is invalid: ${why}`, {
    ...(name !== '' && { name }),
    ...(type.group !== '' && { group: type.group }),
    kind: type.kind,
  })
}

function refused(code: StoreRefusal['code'], reason: StoreRefusal['reason'], message: string, details: StoreRefusal['details']): Refused {
  return { ok: false, refusal: { code, reason, message, ...(details && { details }) } }
}

function resourceDetails(type: ResourceType, name: string): NonNullable<StoreRefusal['details']> {
  return { name, ...(type.group !== '' && { group: type.group }), kind: type.resource }
}
