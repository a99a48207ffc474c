import type { ObjectStore } from '../object-store.ts'

/**
 * How etcd tells the server's watch caches up to which version they are complete. constantly: every few seconds, as kubeadm sets it up. onRequest:
 * so rarely by itself (every ten minutes, etcd's own default) that only what happens to a resource, or a consistent read of it, brings its cache on
 * (cacher/progress/watch_progress.go, 1.36).
 */
export type ProgressReports = 'constantly' | 'onRequest'

/** Up to which version the server knows each resource, by the name that it is stored under. */
export interface Progress {
  of(storedAs: string): number
  /** Whether a bookmark may say more than a watch knew from its beginning: none else is sent (cacher/cache_watcher.go process, 1.36). */
  isBeyond(storedAs: string, begun: number): boolean
  /** A consistent read asks etcd. */
  ask(storedAs: string): void
}

export function createProgress(store: ObjectStore, reports: ProgressReports): Progress {
  if (reports === 'constantly') return { of: () => store.resourceVersion, isBeyond: () => true, ask: () => {} }
  const known = new Map<string, number>()
  const atStart = store.resourceVersion
  const of = (storedAs: string): number => known.get(storedAs) ?? atStart
  store.subscribe(({ resource, resourceVersion }) => known.set(resource, resourceVersion))
  return {
    of,
    isBeyond: (storedAs, begun) => of(storedAs) > begun,
    ask: storedAs => void known.set(storedAs, store.resourceVersion),
  }
}
