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
