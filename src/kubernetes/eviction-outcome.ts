import type { EvictionOutcome } from '../rebalancing/ports.ts'
import { apiError } from './api-error.ts'
import type { ApiResponse } from './api-error.ts'
import { parseStatus } from './api-status.ts'
import type { ApiStatus } from './api-status.ts'
import { askedWait, isDeniedInAdmission, isPodGone, refusalOf } from './refusal.ts'

/** What eviction.go (1.36) asks for while a budget is still being processed. */
const LAGGING_MS = 10_000

/**
 * What an answer of the eviction subresource means (eviction.go, 1.36; semantics of the admission chain before it).
 * @param path of the request, for sentences
 * @param now wall-clock milliseconds, for a Retry-After date
 */
export function evictionOutcome(path: string, response: ApiResponse, now: number): EvictionOutcome {
  // 201 upstream, 200 in its documentation; for a pod that was terminating already too.
  if (response.status >= 200 && response.status < 300) return { kind: 'Accepted' }
  if (isPodGone(response)) return { kind: 'Gone' }
  const status = parseStatus(response.body)
  const message = apiError('POST', path, response, now).message
  const refusal = refusalOf('POST', path, response, now)
  if (status === undefined || isDeniedInAdmission(status)) return refusal
  return refusalOfEviction(response.status, status, askedWait(response, status, now), message) ?? refusal
}

/** What only an eviction is refused for. */
function refusalOfEviction(code: number, status: ApiStatus, waitMs: number | undefined, message: string): EvictionOutcome | undefined {
  switch (code) {
    case 409:
      return /\bUID\b/.test(status.message) ? { kind: 'Replaced', message } : undefined
    case 429:
      return refusedByBudget(status, waitMs)
    case 403:
      // Too many evictions that the budget's controller has not confirmed yet, or a count it has not put right; in the singular.
      return status.kind === 'poddisruptionbudget' ? { kind: 'BudgetLagging', retryAfterMs: waitMs ?? LAGGING_MS, message } : undefined
    default:
      return code >= 500 && status.message.includes('more than one PodDisruptionBudget')
        ? { kind: 'SeveralBudgets', message: status.message }
        : undefined
  }
}

function refusedByBudget(status: ApiStatus, waitMs: number | undefined): EvictionOutcome | undefined {
  const causes = status.causes.filter(cause => cause.reason === 'DisruptionBudget')
  if (causes.length === 0) return undefined
  const message = causes.map(cause => cause.message || status.message).join('; ')
  // Without a time to wait the budget is used up; with one, its controller is behind.
  return waitMs === undefined ? { kind: 'BudgetExhausted', message } : { kind: 'BudgetLagging', retryAfterMs: waitMs, message }
}
