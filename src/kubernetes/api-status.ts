import { isRawObject } from '../cluster/raw-value.ts'
import { fieldsOf, textOf } from './json.ts'

/** What a Status object of the API says, as far as it says it. Servers, proxies and webhooks leave out what they like. */
export interface ApiStatus {
  readonly code: number | undefined
  readonly reason: string
  readonly message: string
  /** What the Status is about: plural resource ("pods") or, where a precondition failed, the kind ("Pod"). */
  readonly kind: string
  readonly causes: readonly StatusCause[]
  readonly retryAfterMs: number | undefined
}

export interface StatusCause {
  readonly reason: string
  readonly message: string
}

/** Reads a body that should be a Status; undefined when it is none (plain text of API priority and fairness, HTML of a load balancer). */
export function parseStatus(body: string): ApiStatus | undefined {
  if (!body.startsWith('{')) return undefined
  try {
    return statusOf(JSON.parse(body))
  } catch {
    return undefined
  }
}

/** Reads a Status that has been parsed already: a body, or the object of an ERROR event. */
export function statusOf(raw: unknown): ApiStatus | undefined {
  if (!isRawObject(raw) || raw['kind'] !== 'Status') return undefined
  const details = fieldsOf(raw['details'])
  const causes = Array.isArray(details['causes']) ? details['causes'].filter(isRawObject) : []
  const retryAfterSeconds = details['retryAfterSeconds']
  return {
    code: typeof raw['code'] === 'number' ? raw['code'] : undefined,
    reason: textOf(raw['reason']),
    message: textOf(raw['message']),
    kind: textOf(details['kind']),
    causes: causes.map(cause => ({ reason: textOf(cause['reason']), message: textOf(cause['message']) })),
    retryAfterMs: typeof retryAfterSeconds === 'number' && retryAfterSeconds > 0 ? retryAfterSeconds * 1000 : undefined,
  }
}
