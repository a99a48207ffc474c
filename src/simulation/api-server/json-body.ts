import { messageOf } from '../../cluster/error-message.ts'
import { isRawObject } from '../../cluster/raw-value.ts'
import type { RawMetadata, RawObject } from '../object-store.ts'
import type { ApiRequest } from './api-request.ts'
import { readMetadata } from './read-metadata.ts'
import { apiVersionOf } from '../resource-types.ts'
import { badRequest, unsupportedMediaType, type StatusError } from './status.ts'

/**
 * The body as a JSON object.
 * @throws StatusError 415 for another media type, 400 for what is no JSON object
 */
export function jsonBody({ contentType, body }: Pick<ApiRequest, 'contentType' | 'body'>): Readonly<Record<string, unknown>> {
  if (contentType !== '' && contentType !== 'application/json') throw unsupportedMediaType(['application/json'])
  return parsedObject(body)
}

export function parsedObject(body: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${messageOf(error)}`)
  }
  if (!isRawObject(value)) throw badRequest("couldn't get version/kind; json parse error: the body must be an object")
  return value
}

/**
 * What a body says, as an object of the type that the path names. A body without kind and version is taken to be of that type, as upstream.
 * @throws StatusError 400 for an object of another type, or of another name or namespace than the path's; for metadata that cannot be read
 */
export function asObject({ type, namespace, name }: ApiRequest, body: Readonly<Record<string, unknown>>): RawObject {
  const { apiVersion = apiVersionOf(type), kind = type.kind, metadata, ...content } = body
  if (kind !== type.kind || apiVersion !== apiVersionOf(type)) {
    throw badRequest(`${String(kind)} in version ${JSON.stringify(apiVersion)} cannot be handled as a ${type.kind}`)
  }
  const given = readMetadata(type, metadata ?? {})
  if (name !== undefined) checkName(given, name, namespace)
  else if (namespace !== undefined && (given.namespace ?? namespace) !== namespace) {
    throw otherNamespace()
  }
  return { kind, apiVersion, metadata: { ...given, ...(namespace !== undefined && { namespace }) }, ...content }
}

/** The body is about another namespace than the path. */
export function otherNamespace(): StatusError {
  return badRequest('the namespace of the provided object does not match the namespace sent on the request')
}

/** The body is about another object than the path. */
export function otherName(given: string | undefined, name: string): StatusError {
  return badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`)
}

/** Of an update (endpoints/handlers/rest.go checkName, 1.36): the object must say which one it is. */
function checkName(given: RawMetadata, name: string, namespace: string | undefined): void {
  if (given.name === '') throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)
  if (given.name !== name) throw otherName(given.name, name)
  if (namespace !== undefined && (given.namespace ?? namespace) !== namespace) throw otherNamespace()
}
