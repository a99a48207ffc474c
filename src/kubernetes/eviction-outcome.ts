import type { EvictionOutcome } from '../rebalancing/ports.ts'
import { apiError } from './api-error.ts'
import type { ApiResponse } from './api-error.ts'
import { parseStatus } from './api-status.ts'
import type { ApiStatus } from './api-status.ts'
import { ConnectionError } from './connection-error.ts'
import { messageOf } from './error-message.ts'
import { retryAfterMs } from './retry-after.ts'

/** What API priority and fairness asks for where it says nothing (filters/priority-and-fairness.go, 1.36). */
const BUSY_MS = 1_000
/** After failures that take longer to mend: a webhook or the server itself is down. */
const DOWN_MS = 10_000
/** What eviction.go (1.36) asks for while a budget is still being processed. */
const LAGGING_MS = 10_000

/**
 * What an answer of the eviction subresource means (eviction.go, 1.36; semantics of the admission chain before it).
 * @param path of the request, for sentences
 * @param now wall-clock milliseconds, for a Retry-After date
 */
export function evictionOutcome(path: string, response: ApiResponse, now: number): EvictionOutcome {
  const { status: code } = response
  // 201 upstream, 200 in its documentation; for a pod that was terminating already too.
  if (code >= 200 && code < 300) return { kind: 'Accepted' }
  const status = parseStatus(response.body)
  const message = apiError('POST', path, response, now).message
  const waitMs = retryAfterMs(response.headers['retry-after'], now) ?? status?.retryAfterMs
  // A webhook may refuse with any code, 429 among them (KubeVirt, which then moves the machine itself).
  if (status !== undefined && deniedInAdmission(status)) return { kind: 'RefusedByWebhook', message: status.message }
  switch (code) {
    case 404:
      // Not so where the path itself is unknown: then the Status is about nothing.
      return status?.kind === 'pods' || status?.kind === 'namespaces' ? { kind: 'Gone' } : { kind: 'Invalid', message }
    case 409:
      return /\bUID\b/.test(status?.message ?? '') ? { kind: 'Replaced', message } : { kind: 'Conflict', message }
    case 429:
      return refusedByBudget(status, waitMs) ?? { kind: 'Throttled', retryAfterMs: waitMs ?? BUSY_MS, message }
    case 403:
      // Too many evictions that the budget's controller has not confirmed yet, or a count it has not put right.
      if (status?.kind === 'poddisruptionbudgets') return { kind: 'BudgetLagging', retryAfterMs: waitMs ?? LAGGING_MS, message }
      return { kind: 'Forbidden', message }
    case 401:
      // Refused before anything was done; the credentials may be on their way, and if not, the view goes stale as well.
      return { kind: 'Throttled', retryAfterMs: DOWN_MS, message }
    default:
      return code < 500 ? { kind: 'Invalid', message } : serverFailure(status, waitMs, message)
  }
}

/** What it means that no answer came. */
export function outcomeOfFailure(error: unknown): EvictionOutcome {
  const message = messageOf(error)
  if (error instanceof ConnectionError && error.maybeSent) return { kind: 'Lost', message }
  return { kind: 'Throttled', retryAfterMs: DOWN_MS, message: `not sent: ${message}` }
}

function deniedInAdmission(status: ApiStatus): boolean {
  return /admission webhook ".*" denied the request|ValidatingAdmissionPolicy .* denied request/s.test(status.message)
}

function refusedByBudget(status: ApiStatus | undefined, waitMs: number | undefined): EvictionOutcome | undefined {
  const causes = status?.causes.filter(cause => cause.reason === 'DisruptionBudget') ?? []
  if (status === undefined || causes.length === 0) return undefined
  const message = causes.map(cause => cause.message || status.message).join('; ')
  // Without a time to wait the budget is used up; with one, its controller is behind.
  return waitMs === undefined ? { kind: 'BudgetExhausted', message } : { kind: 'BudgetLagging', retryAfterMs: waitMs, message }
}

function serverFailure(status: ApiStatus | undefined, waitMs: number | undefined, message: string): EvictionOutcome {
  const said = status?.message ?? ''
  if (said.includes('more than one PodDisruptionBudget')) return { kind: 'SeveralBudgets', message: said }
  // Admission comes before the deed, and a server that names a time has not begun.
  if (said.includes('failed calling webhook')) return { kind: 'Throttled', retryAfterMs: waitMs ?? DOWN_MS, message }
  if (waitMs !== undefined && status?.reason !== 'Timeout') return { kind: 'Throttled', retryAfterMs: waitMs, message }
  // Anything else may come from a gateway, or from half-way through.
  return { kind: 'Lost', message }
}
