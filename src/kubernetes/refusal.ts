import { messageOf } from '../cluster/error-message.ts'
import type { WriteRefusal } from '../rebalancing/ports.ts'
import { apiError } from './api-error.ts'
import type { ApiResponse } from './api-error.ts'
import { parseStatus } from './api-status.ts'
import type { ApiStatus } from './api-status.ts'
import { ConnectionError } from './connection-error.ts'
import { retryAfterMs } from './retry-after.ts'

/** What API priority and fairness asks for where it says nothing (filters/priority-and-fairness.go, 1.36). */
const BUSY_MS = 1_000
/** After failures that take longer to mend: the server itself is down. */
const DOWN_MS = 10_000

/**
 * What an answer means that is no success, as far as any write goes.
 * @param path of the request, for sentences
 * @param now wall-clock milliseconds, for a Retry-After date
 */
export function refusalOf(method: 'POST' | 'PATCH' | 'GET', path: string, response: ApiResponse, now: number): WriteRefusal {
  const { status: code } = response
  const status = parseStatus(response.body)
  const message = apiError(method, path, response, now).message
  const waitMs = askedWait(response, status, now)
  // A webhook may refuse with any code, 429 among them (KubeVirt, which then moves the machine itself).
  if (status !== undefined && isDeniedInAdmission(status)) return { kind: 'RefusedByWebhook', message: status.message }
  switch (code) {
    case 409:
      return { kind: 'Conflict', message }
    case 429:
      return { kind: 'Throttled', retryAfterMs: waitMs ?? BUSY_MS, message }
    case 403:
      return refusedAccess(status, message)
    case 401:
      // Refused before anything was done; the credentials may be on their way, and if not, the view goes stale as well.
      return { kind: 'Throttled', retryAfterMs: DOWN_MS, message }
    default:
      return code < 500 ? { kind: 'Invalid', message } : serverFailure(status, waitMs, message)
  }
}

/**
 * 403 is what the authorizer says (handlers/responsewriters/errors.go Forbidden, 1.36) and every admission plugin too, and both say it for a moment
 * after the start of a server that has not read its roles and namespaces yet.
 */
function refusedAccess(status: ApiStatus | undefined, message: string): WriteRefusal {
  if (status === undefined) return { kind: 'Forbidden', message }
  if (/not yet ready to handle request|: RBAC: .* not found/s.test(status.message))
    return { kind: 'Throttled', retryAfterMs: DOWN_MS, message }
  const isOfAuthorizer = /User "[^"]*" cannot \S+ resource/.test(status.message)
  return isOfAuthorizer ? { kind: 'Forbidden', message } : { kind: 'RefusedByWebhook', message: status.message }
}

/** What it means that no answer came. */
export function outcomeOfFailure(error: unknown): WriteRefusal {
  const message = messageOf(error)
  if (error instanceof ConnectionError && error.maybeSent) return { kind: 'Lost', message }
  return { kind: 'Throttled', retryAfterMs: DOWN_MS, message: `not sent: ${message}` }
}

/** Nothing happened, and nothing is wrong with the server either. */
export function notSent(why: string): WriteRefusal {
  return { kind: 'Throttled', retryAfterMs: 0, message: `not sent: ${why}` }
}

export function isDeniedInAdmission(status: ApiStatus): boolean {
  return /admission webhook ".*" denied the request|ValidatingAdmissionPolicy .* denied request/s.test(status.message)
}

/** The pod is not there. A path that nobody serves is another thing: then the Status is about nothing. */
export function isPodGone(response: ApiResponse): boolean {
  const kind = response.status === 404 ? parseStatus(response.body)?.kind : undefined
  return kind === 'pods' || kind === 'namespaces'
}

/** Milliseconds that the server asks to wait. */
export function askedWait(response: ApiResponse, status: ApiStatus | undefined, now: number): number | undefined {
  return retryAfterMs(response.headers['retry-after'], now) ?? status?.retryAfterMs
}

function serverFailure(status: ApiStatus | undefined, waitMs: number | undefined, message: string): WriteRefusal {
  // Admission comes before the deed. A webhook that is down is asked about some pods only, so it is no reason to send nothing about others.
  if (status?.message.includes('failed calling webhook') === true) return { kind: 'RefusedByWebhook', message: status.message }
  // A server that names a time has not begun.
  if (waitMs !== undefined && status?.reason !== 'Timeout') return { kind: 'Throttled', retryAfterMs: waitMs, message }
  // Anything else may come from a gateway, or from half-way through.
  return { kind: 'Lost', message }
}
