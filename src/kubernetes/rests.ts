import type { Clock } from '../rebalancing/ports.ts'

/** So long one piece of work may hold the event loop; health checks, the lease and other watches wait meanwhile. */
const SLICE_MS = 10

/**
 * Cuts long work into slices: to be asked before each small piece of it, and waited for where the answer is a promise. Then others have had
 * their turn.
 */
export function createRests(clock: Clock): () => Promise<void> | undefined {
  let since = clock.monotonic()
  return () => {
    if (clock.monotonic() - since < SLICE_MS) return undefined
    return new Promise(resolve => {
      setImmediate(() => {
        since = clock.monotonic()
        resolve()
      })
    })
  }
}
