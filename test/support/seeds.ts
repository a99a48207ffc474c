/**
 * The seeds that a test tries: so many by default, always the same ones. RESPREAD_SEED=17 replays one, RESPREAD_SEED=1000-1999 tries others.
 *
 * @throws Error when RESPREAD_SEED is neither
 */
export function seeds(count: number): readonly number[] {
  const asked = process.env['RESPREAD_SEED'] ?? `1-${count}`
  const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(asked)
  if (match === null) throw new Error(`RESPREAD_SEED: a seed such as 17 or a range such as 1000-1999, not "${asked}"`)
  const first = Number(match[1])
  const last = Number(match[2] ?? first)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
}
