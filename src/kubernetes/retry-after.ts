/** No server of good will asks for more; a larger figure is a mistake or a clock far off. */
const LONGEST_MS = 10 * 60_000

/**
 * How long a server asks to wait: its Retry-After header, in seconds or as an HTTP date.
 * @param now wall-clock milliseconds, which a date is compared with
 * @returns milliseconds, at most ten minutes; undefined when the header is absent or says nothing
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? ''
  if (text === '') return undefined
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, LONGEST_MS)
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - now), LONGEST_MS)
}
