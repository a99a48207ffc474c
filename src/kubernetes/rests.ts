import type { Clock, Rest } from '../rebalancing/ports.ts'

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
