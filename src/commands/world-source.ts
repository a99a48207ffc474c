import type { ClusterReader } from '../cluster/cluster-state.ts'
import { readSnapshot } from '../cluster/snapshot.ts'
import type { ClusterOptions, SnapshotOptions } from './options.ts'
import { createProgress } from './progress.ts'
import { warnAbout } from './warnings.ts'

/** A cluster as it was at one moment, and the moment to plan for. */
export interface WorldAtRest {
  readonly cluster: ClusterReader
  readonly now: number
}

/** Reads a snapshot file, or lists the cluster once. Objects that could not be read are warned about on stderr. */
export async function readWorld(
  options: ClusterOptions & SnapshotOptions,
  reading: { readonly mayLackNodes?: boolean } = {},
): Promise<WorldAtRest> {
  const now = options.now ?? Date.now()
  if (options.snapshot !== undefined) {
    const progress = createProgress(process.stderr)
    const { state, warnings } = await readSnapshot(options.snapshot, { ...reading, onProgress: progress.read }).finally(progress.close)
    warnAbout(warnings)
    return { cluster: state, now }
  }
  // The Kubernetes client is large and slow to load; reading a file must not wait for it.
  const { listCluster } = await import('./live-cluster.ts')
  return { cluster: await listCluster(options), now }
}
