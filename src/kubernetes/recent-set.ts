import type { Clock } from '../rebalancing/ports.ts'

/** Remembers what was said lately, in bounded space: past `capacity` the oldest is forgotten. */
export function createRecentSet(clock: Clock, forgetMs: number, capacity: number): { add(key: string): boolean } {
  const addedAt = new Map<string, number>()
  return {
    /** False when the key was added within the last `forgetMs` milliseconds. */
    add(key) {
      const now = clock.monotonic()
      const before = addedAt.get(key)
      if (before !== undefined && now - before < forgetMs) return false
      // Deleted first, so that insertion order stays the order of time.
      addedAt.delete(key)
      addedAt.set(key, now)
      const [oldest] = addedAt.keys()
      if (addedAt.size > capacity && oldest !== undefined) addedAt.delete(oldest)
      return true
    },
  }
}
