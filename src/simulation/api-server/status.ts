import type { StoreRefusal } from '../object-store.ts'
import { jsonAnswer, type Answer } from './api-request.ts'

interface StatusCause {
  readonly reason?: string
  readonly message?: string
  readonly field?: string
}

export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

/** metav1.Status: what the API server answers when it has no object to answer with. Fields in the order they are sent. */
export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: { readonly continue?: string }
  readonly status: 'Success' | 'Failure'
  readonly message?: string
  readonly reason?: string
  readonly details?: StatusDetails
  readonly code?: number
}

/** A request refused. Thrown from however deep a handler finds out; the server answers with the Status. */
export class StatusError extends Error {
  readonly status: Status & { readonly code: number }

  constructor(code: number, reason: string | undefined, message: string, details?: StatusDetails, metadata: Status['metadata'] = {}) {
    super(message)
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata,
      status: 'Failure',
      message,
      ...(reason !== undefined && { reason }),
      ...(details && { details }),
      code,
    }
  }
}

export function statusAnswer({ status }: StatusError): Answer {
  const retryAfter = status.details?.retryAfterSeconds
  const answer = jsonAnswer(status.code, status)
  return retryAfter === undefined ? answer : { ...answer, headers: { 'retry-after': String(retryAfter) } }
}

export function success(code: number): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code }
}

/** Answer to a deletion of most types. It has no code, unlike every other Status. */
export function deleted(details: StatusDetails): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message)
}

/** There is nothing at this path at all. */
export function noSuchResource(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {})
}

export function methodNotAllowed(): StatusError {
  return new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
}

export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`
  return new StatusError(415, 'UnsupportedMediaType', message)
}

export function notAcceptable(): StatusError {
  return new StatusError(406, 'NotAcceptable', 'only the following media types are accepted: application/json')
}

/** A resourceVersion, or a continue token, from before what is still remembered. */
export function expired(message: string): StatusError {
  return new StatusError(410, 'Expired', message)
}

export function tooLargeResourceVersion(asked: number, current: number): StatusError {
  return new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
}

export function refusedByStore(refusal: StoreRefusal): StatusError {
  return new StatusError(refusal.code, refusal.reason, refusal.message, refusal.details)
}
