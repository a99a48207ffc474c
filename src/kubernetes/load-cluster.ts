import { createClusterState } from '../cluster/cluster-state.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import { messageOf } from '../cluster/error-message.ts'
import { createProjector } from '../cluster/projection.ts'
import type { Warning } from '../cluster/records.ts'
import type { AnyReason } from '../rebalancing/reasons.ts'
import { ApiError } from './api-error.ts'
import type { ClusterViewOptions } from './cluster-view.ts'
import { listAll } from './list-pager.ts'
import { createRecordReader } from './record-store.ts'
import { CLUSTER_RESOURCES } from './resources.ts'
import type { Resource } from './resources.ts'
import { createRest } from './rests.ts'
import type { Transport } from './transport.ts'

/** A page is asked for this often; for somebody who waits at a terminal a minute of trying is enough. */
const ATTEMPTS = 5

interface LoadedCluster {
  readonly state: ClusterReader
  /** What could not be read of its objects. */
  readonly warnings: readonly Warning[]
}

/**
 * Lists all kinds once, overlapping, for a report: nothing is watched.
 * @throws ApiError or ConnectionError when a required kind cannot be listed; the reason of the signal when that aborts
 */
export async function loadCluster(transport: Transport, options: ClusterViewOptions): Promise<LoadedCluster> {
  const { clock, random, recorder, rest = createRest(clock) } = options
  const state = createClusterState()
  const projector = createProjector()
  const warnings: Warning[] = []
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])

  const warn = (reason: AnyReason, message: string, { kind }: Resource): void => {
    recorder.record({ reason, level: 'warning', message, fields: { kind } })
  }

  const load = async (resource: Resource): Promise<void> => {
    const read = createRecordReader(resource.kind, projector, warning => void warnings.push(warning))
    const onRetry = (error: unknown): void => warn('RequestFailed', `${messageOf(error)}; trying again`, resource)
    try {
      const { items } = await listAll({ transport, resource, read, clock, random, rest, signal, attempts: ATTEMPTS, onRetry })
      for (const record of items) state.apply({ type: 'upsert', record })
      state.markKnown(resource.kind)
    } catch (error) {
      const refused = error instanceof ApiError && [403, 404].includes(error.status)
      if (resource.required || !refused) throw error
      warn('KindUnavailable', `carrying on without ${resource.plural}: ${error.message}`, resource)
    }
  }

  try {
    // A server that cannot be reached at all is told at once, not after every list has been tried again.
    await transport.request('GET', '/version', { signal })
    await Promise.all(CLUSTER_RESOURCES.map(load))
  } catch (error) {
    stop.abort()
    throw error
  }
  return { state, warnings }
}
