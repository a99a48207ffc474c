import { isRawObject } from '../../cluster/raw-value.ts'

/** JSON Merge Patch (RFC 7386): null removes, objects are merged, everything else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRawObject(patch)) return patch
  const merged = new Map(isRawObject(target) ? Object.entries(target) : [])
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) merged.delete(field)
    else merged.set(field, mergePatch(merged.get(field), value))
  }
  return Object.fromEntries(merged)
}

/**
 * Whether a strategic merge patch means the same as a merge patch: no lists, which it would merge by key, and none of its own directives
 * (`$patch`, `$setElementOrder`, ...).
 */
export function isPlainMerge(patch: unknown): boolean {
  if (Array.isArray(patch)) return false
  return !isRawObject(patch) || Object.entries(patch).every(([field, value]) => !field.startsWith('$') && isPlainMerge(value))
}
