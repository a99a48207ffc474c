import { parseTimestamp } from '../../cluster/timestamp.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const YEAR = 365 * DAY

/** How long ago a time was, as kubectl shows it. */
export function age(timestamp: string | undefined, now: number): string {
  const since = parseTimestamp(timestamp)
  return since === undefined ? '<unknown>' : humanDuration(now - since)
}

/** Two units where they say something, one where not (apimachinery util/duration HumanDuration). @param ms milliseconds */
export function humanDuration(ms: number): string {
  if (ms < -2 * SECOND) return '<invalid>'
  if (ms < SECOND) return '0s'
  if (ms < 2 * MINUTE) return `${count(ms, SECOND)}s`
  if (ms < 10 * MINUTE) return two(ms, MINUTE, 'm', SECOND, 's')
  if (ms < 3 * HOUR) return `${count(ms, MINUTE)}m`
  if (ms < 8 * HOUR) return two(ms, HOUR, 'h', MINUTE, 'm')
  if (ms < 2 * DAY) return `${count(ms, HOUR)}h`
  if (ms < 8 * DAY) return two(ms, DAY, 'd', HOUR, 'h')
  if (ms < 2 * YEAR) return `${count(ms, DAY)}d`
  if (ms < 8 * YEAR) return two(ms, YEAR, 'y', DAY, 'd')
  return `${count(ms, YEAR)}y`
}

function count(ms: number, unit: number): number {
  return Math.floor(ms / unit)
}

function two(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = count(ms % large, small)
  return `${count(ms, large)}${largeName}${rest === 0 ? '' : `${rest}${smallName}`}`
}
