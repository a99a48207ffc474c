import type { Warning } from '../cluster/records.ts'
import { warn } from './output.ts'

const SHOWN = 20

/** Tells on stderr which objects could not be read, the first few by name. */
export function warnAbout(warnings: readonly Warning[]): void {
  for (const { kind, key, problem } of warnings.slice(0, SHOWN)) warn(`${kind} ${key}: ${problem}`)
  if (warnings.length > SHOWN) warn(`${warnings.length - SHOWN} more objects have fields that could not be read`)
}
