import type { Clock } from '../rebalancing/ports.ts'

/**
 * To be asked before each small piece of long work, and waited for where the answer is a promise: then everything else has had its turn.
 */
export type Rest = () => Promise<void> | undefined

/** So long work may hold the event loop; health checks, the lease and the loop wait meanwhile. */
const SLICE_MS = 10

/** Cuts work into slices. All who work at the same time share one, for their slices would add up otherwise. */
export function createRest(clock: Clock): Rest {
  let since = clock.monotonic()
  let turn: Promise<void> | undefined
  return () => {
    if (clock.monotonic() - since < SLICE_MS) return undefined
    turn ??= new Promise(resolve => {
      setImmediate(() => {
        since = clock.monotonic()
        turn = undefined
        resolve()
      })
    })
    return turn
  }
}
