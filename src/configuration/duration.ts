/** What a duration looks like, for messages. */
export const DURATION_EXAMPLES = 'such as 300ms, 30s, 5m or 1h30m'

/** Go's notation, from hours down to milliseconds, each unit at most once; no sign, no bare number. */
export const DURATION_PATTERN = /^(?=\d)(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/

const HOUR = 3_600_000
const MINUTE = 60_000
const SECOND = 1_000

/** Milliseconds, to the nearest whole one; undefined for a text that is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION_PATTERN.exec(text)
  if (match === null) return undefined
  const [hours, minutes, seconds, milliseconds] = match.slice(1).map(part => Number(part ?? 0))
  return Math.round((hours ?? 0) * HOUR + (minutes ?? 0) * MINUTE + (seconds ?? 0) * SECOND + (milliseconds ?? 0))
}

/** A whole number of milliseconds in the notation that {@link parseDuration} reads: `1h30m`, `90s` as `1m30s`, 0 as `0s`. */
export function formatDuration(ms: number): string {
  const parts: string[] = []
  let rest = ms
  for (const [unit, size] of [
    ['h', HOUR],
    ['m', MINUTE],
    ['s', SECOND],
    ['ms', 1],
  ] as const) {
    const amount = Math.floor(rest / size)
    if (amount > 0) parts.push(`${amount}${unit}`)
    rest -= amount * size
  }
  return parts.join('') || '0s'
}
