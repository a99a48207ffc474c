import type { Clock } from '../rebalancing/ports.ts'
import { apiError } from './api-error.ts'
import type { RandomSource } from './back-off.ts'
import { collectionPath } from './resources.ts'
import type { Resource } from './resources.ts'
import type { Transport } from './transport.ts'

export interface QuietWatchOptions {
  readonly transport: Transport
  readonly resource: Resource
  readonly clock: Clock
  readonly random: RandomSource
  readonly signal: AbortSignal
  readonly onFailure: (error: unknown) => void
}

/** Sees to it that a watch of something that never changes is told bookmarks all the same. */
export interface QuietWatch {
  /** It stands at a version, and what is told from now on is news. */
  begun(): void
  /** It has been told something. */
  heard(): void
  /** It has ended. */
  stop(): void
}

/** A watch's first bookmark is due after a minute: asked by then, the server has something to say in it. */
const ASK_AFTER_MS = 30_000
const DEADLINE_MS = 10_000
/** What no object can fulfil. */
const NOTHING = 'respread.io/nothing,!respread.io/nothing'

/**
 * The API server sends a watch no bookmark of the version that it began with (cacher/cache_watcher.go process, 1.36), and learns a newer one of a
 * kind without changes only when etcd tells it: every few seconds where kubeadm has set that up, every ten minutes by etcd's own default. But for a
 * consistent list, be it of nothing, it asks etcd at once (ConsistentListFromCache; cacher/progress/watch_progress.go, 1.36).
 */
export function createQuietWatch({ transport, resource, clock, random, signal, onFailure }: QuietWatchOptions): QuietWatch {
  let cancel = (): void => {}

  const ask = async (): Promise<void> => {
    const path = collectionPath(resource, { labelSelector: NOTHING })
    try {
      const response = await transport.request('GET', path, { deadlineMs: DEADLINE_MS, signal })
      if (response.status !== 200) throw apiError('GET', path, response, clock.now())
    } catch (error) {
      if (!signal.aborted) onFailure(error)
    }
  }

  return {
    begun() {
      cancel = clock.after(ASK_AFTER_MS * (1 + 0.5 * random()), () => void ask())
    },
    heard: () => cancel(),
    stop: () => cancel(),
  }
}
