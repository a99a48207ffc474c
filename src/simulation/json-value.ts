/**
 * Freezes a JSON value to the bottom. A frozen object is taken to be frozen all the way down, which makes freezing a changed copy cost no
 * more than its changes.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const child of Object.values(value)) deepFreeze(child)
  return Object.freeze(value)
}

/** Equality as the wire sees it: a field that is undefined is absent, the order of fields does not count. */
export function jsonEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false
    return left.every((item, index) => jsonEqual(item, right[index]))
  }
  const other = new Map<string, unknown>(Object.entries(right))
  for (const [key, value] of Object.entries(left)) {
    if (!jsonEqual(value, other.get(key))) return false
    other.delete(key)
  }
  return other.values().every(value => value === undefined)
}
