/** Milliseconds since the epoch, or undefined for what is absent or no time at all. */
export function parseTimestamp(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}
