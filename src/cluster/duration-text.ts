const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const UNITS = [
  ['d', DAY],
  ['h', HOUR],
  ['m', MINUTE],
  ['s', 1],
] as const

/**
 * How long something took or is to take, for a person: `400ms`, `90s`, `5m30s`, `2h`, `3d4h`. Like the ages that kubectl prints (apimachinery
 * util/duration HumanDuration), but with the second unit wherever there is one: limits are told with it too, and are to be recognised.
 *
 * @param ms milliseconds; what is below 0, as between two clocks, is taken for 0
 */
export function durationText(ms: number): string {
  if (ms < 0.5) return '0s'
  if (ms < 999.5) return `${Math.round(ms)}ms`
  const seconds = Math.round(ms / 1000)
  if (seconds < 2 * MINUTE) return `${seconds}s`
  const first = UNITS.findIndex(([, size]) => seconds >= size)
  let left = seconds
  const parts = UNITS.slice(first, first + 2).map(([unit, size]) => {
    const amount = Math.floor(left / size)
    left -= amount * size
    return amount === 0 ? '' : `${amount}${unit}`
  })
  return parts.join('')
}
