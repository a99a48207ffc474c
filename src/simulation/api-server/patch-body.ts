import { messageOf } from '../../cluster/error-message.ts'
import type { RawObject } from '../object-store.ts'
import type { ApiRequest } from './api-request.ts'
import { parsedObject } from './json-body.ts'
import { applyJsonPatch } from './json-patch.ts'
import { mergePatch } from './merge-patch.ts'
import { strategicMergePatch } from './strategic-merge-patch.ts'
import { badRequest, StatusError, unsupportedMediaType } from './status.ts'

const JSON_PATCH = 'application/json-patch+json'
const MERGE_PATCH = 'application/merge-patch+json'
const STRATEGIC_MERGE_PATCH = 'application/strategic-merge-patch+json'

/**
 * The object with the request's patch applied.
 * @throws StatusError 400 for a patch that cannot be read, 415 for one this server does not know how to apply, 422 for one that does not fit
 */
export function patched({ contentType, body }: ApiRequest, object: RawObject): Readonly<Record<string, unknown>> {
  switch (contentType) {
    case JSON_PATCH:
      return asFields(jsonPatched(object, body))
    case MERGE_PATCH:
      return asFields(mergePatch(object, parsedObject(body)))
    case STRATEGIC_MERGE_PATCH:
      return asFields(strategicMergePatch(object, parsedObject(body)))
    default:
      throw unsupportedMediaType([JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH])
  }
}

function jsonPatched(object: RawObject, body: string): unknown {
  let operations: unknown
  try {
    operations = JSON.parse(body)
  } catch (error) {
    throw badRequest(`error decoding patch: ${messageOf(error)}`)
  }
  if (!Array.isArray(operations)) throw badRequest('error decoding patch: a JSON patch must be a list of operations')
  try {
    return applyJsonPatch(object, operations)
  } catch (error) {
    const message = 'the server rejected our request due to an error in our request'
    const why = messageOf(error)
    throw new StatusError(422, 'Invalid', message, { causes: [{ reason: 'UnexpectedServerResponse', message: why }] })
  }
}

function asFields(value: unknown): Readonly<Record<string, unknown>> {
  return parsedObject(JSON.stringify(value) ?? '')
}
