import { VERSION } from './version.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import { ApiError } from '../kubernetes/api-error.ts'
import { loadKubeconfig } from '../kubernetes/kubeconfig.ts'
import { loadCluster } from '../kubernetes/load-cluster.ts'
import { describeMissing, missingPermissions, permissionsToRead } from '../kubernetes/permissions.ts'
import { createTransport, type Transport } from '../kubernetes/transport.ts'
import { createWallClock } from '../kubernetes/wall-clock.ts'
import type { Clock } from '../rebalancing/ports.ts'
import { CommandError } from './errors.ts'
import type { ClusterOptions } from './options.ts'
import { warn } from './output.ts'
import { warnAbout } from './warnings.ts'

/** A way to one API server, and the namespace that the kubeconfig works in. */
export interface Connection {
  readonly transport: Transport
  readonly clock: Clock
  readonly namespace: string
}

/** @throws KubeconfigError */
export async function connect(options: Pick<ClusterOptions, 'kubeconfig' | 'context'>): Promise<Connection> {
  const access = await loadKubeconfig(options)
  const clock = createWallClock()
  const transport = createTransport(access, { clock, userAgent: `respread/${VERSION}` })
  return { transport, clock, namespace: access.namespace }
}

/**
 * Lists the cluster once; what goes wrong on the way is told on stderr.
 * @throws CommandError naming every permission that is missing; ApiError or ConnectionError when a required kind cannot be listed
 */
export async function listCluster(options: ClusterOptions): Promise<ClusterReader> {
  const { transport, clock } = await connect(options)
  const asking = { clock, random: Math.random, signal: new AbortController().signal }
  try {
    const recorder = { record: ({ message }: { readonly message: string }) => warn(message) }
    const { state, warnings } = await loadCluster(transport, { ...asking, recorder })
    warnAbout(warnings)
    return state
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 403)) throw error
    // One list was refused first: whoever has to ask for permissions asks once.
    const missing = await missingPermissions(transport, permissionsToRead(), asking).catch(() => [])
    throw missing.length === 0 ? error : new CommandError(describeMissing(missing))
  } finally {
    await transport.close()
  }
}
