import { messageOf } from './error-message.ts'

/**
 * What JSON.parse does not like about a text, without the piece of the text that the engine quotes at times: a secret may stand there. Places are
 * left out too, as they count from the beginning of what was parsed.
 */
export function jsonComplaint(error: unknown): string {
  return messageOf(error)
    .replace(/, (?:\.\.\.)?".*$| in JSON at position .*$/s, '')
    .replace(/\p{Cc}/gu, '')
}
