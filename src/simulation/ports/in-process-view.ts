import type { Clock, ClusterView } from '../../rebalancing/ports.ts'
import { MIRRORED_KINDS, type StoreMirror } from '../store-mirror.ts'

/** The embedded cluster as the loop sees it: fresh as long as its events are delivered, older and older while the mirror is stalled. */
export function createInProcessView(mirror: StoreMirror, clock: Clock): ClusterView {
  return {
    state: mirror.state,
    freshness: () => {
      const ageMs = mirror.stalledSince === undefined ? 0 : clock.monotonic() - mirror.stalledSince
      return MIRRORED_KINDS.map(kind => ({ kind, required: true, synced: true, ageMs }))
    },
    subscribe: listener => mirror.subscribe(listener),
  }
}
