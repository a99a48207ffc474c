import { counted } from './counted.ts'

/** Of thousands of hostnames only the first are named. */
export const LISTED = 3

/** `c`, `c and d`, `c, d, e and 7 others`. */
export function listed(names: readonly string[]): string {
  const others = names.length - LISTED
  const shown = names.slice(0, LISTED)
  const last = others > 0 ? counted(others, 'other') : shown.pop()
  return shown.length === 0 ? (last ?? '') : `${shown.join(', ')} and ${last ?? ''}`
}
