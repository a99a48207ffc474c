import { ApiError } from './api-error.ts'
import { ConnectionError } from './connection-error.ts'
import { KubeconfigError } from './kubeconfig-error.ts'

/** Whether an error is a request's own failure, told in a sentence, and not a mistake in the program. */
export function isRequestFailure(error: unknown): boolean {
  return error instanceof ApiError || error instanceof ConnectionError || error instanceof KubeconfigError
}

/** Whether asking again cannot help before somebody changes something: permissions, credentials, an API that is not served, certificates. */
export function isLasting(error: unknown): boolean {
  if (error instanceof ConnectionError) return error.permanent
  return error instanceof ApiError && error.status >= 400 && error.status < 500 && ![408, 410, 429].includes(error.status)
}

/** Milliseconds that the server asks to wait before the next attempt, if it does. */
export function askedWaitMs(error: unknown): number | undefined {
  return error instanceof ApiError ? error.retryAfterMs : undefined
}
