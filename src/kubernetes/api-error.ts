import { describeCall } from './api-call.ts'
import { parseStatus } from './api-status.ts'
import type { StatusCause } from './api-status.ts'
import { retryAfterMs } from './retry-after.ts'

/** The whole answer to a request. */
export interface ApiResponse {
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The API server answered with anything but success. The message is one sentence for a person. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  /** CamelCase reason of the Status, '' where the answer had none. */
  readonly reason: string
  readonly causes: readonly StatusCause[]
  readonly retryAfterMs: number | undefined

  constructor(message: string, answer: Pick<ApiError, 'status' | 'reason' | 'causes' | 'retryAfterMs'>) {
    super(message)
    this.status = answer.status
    this.reason = answer.reason
    this.causes = answer.causes
    this.retryAfterMs = answer.retryAfterMs
  }
}

/**
 * Turns an answer that is no success into an error, whatever its body is.
 * @param now wall-clock milliseconds, for a Retry-After date
 */
export function apiError(method: string, path: string, response: ApiResponse, now: number): ApiError {
  const status = parseStatus(response.body)
  const call = describeCall(method, path)
  const where = call.namespace === undefined ? '' : ` in namespace ${call.namespace}`
  const why = status === undefined ? excerpt(response.body) : status.message
  const code = [response.status, status?.reason].filter(part => part !== undefined && part !== '').join(' ')
  return new ApiError(`cannot ${call.verb} ${call.resource}${where}: ${sentence(response.status, code, why)}`, {
    status: response.status,
    reason: status?.reason ?? '',
    causes: status?.causes ?? [],
    retryAfterMs: retryAfterMs(response.headers['retry-after'], now) ?? status?.retryAfterMs,
  })
}

function sentence(status: number, code: string, why: string): string {
  const reason = why === '' ? '' : `: ${why}`
  switch (status) {
    case 401:
      return `the API server does not accept the credentials (${code})${why === 'Unauthorized' ? '' : reason}`
    case 403:
      return `not allowed (${code})${reason}`
    case 429:
      return `the API server is busy (${code})${reason}`
    default:
      return `the API server answered ${code}${reason}`
  }
}

/** The start of a body that is not a Status, on one line: enough to recognise a load balancer's error page. */
function excerpt(body: string): string {
  const line = body.replace(/\s+/g, ' ').trim()
  return line.length > 200 ? `${line.slice(0, 200)}...` : line
}
