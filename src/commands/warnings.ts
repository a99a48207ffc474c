import type { Warning } from '../cluster/records.ts'
import { warn } from './output.ts'

const SHOWN = 20

/** Tells on stderr which objects could not be read, the first few by name. */
export function warnAbout(warnings: readonly Warning[]): void {
  const lines = foldedWarnings(warnings)
  for (const line of lines.slice(0, SHOWN)) warn(line)
  if (lines.length > SHOWN) warn(`${lines.length - SHOWN} more complaints like these, about other objects`)
}

/** One line for replicas that have the same problem: they differ in nothing but what is generated behind the last dash of their names. */
export function foldedWarnings(warnings: readonly Warning[]): readonly string[] {
  const alike = new Map<string, { readonly first: Warning; readonly keys: Set<string> }>()
  for (const warning of warnings) {
    const { kind, key, problem } = warning
    const id = JSON.stringify([kind, key.replace(/-[^-/]*$/, ''), problem])
    const known = alike.get(id)
    if (known === undefined) alike.set(id, { first: warning, keys: new Set([key]) })
    else known.keys.add(key)
  }
  return [...alike.values()].map(({ first: { kind, key, problem }, keys: { size } }) => {
    const others = size === 1 ? '' : ` and ${size - 1} more like it`
    return `${kind} ${key}${others}: ${problem}`
  })
}
