import { VERSION } from './version.ts'
import type { ClusterReader } from '../cluster/cluster-state.ts'
import { loadKubeconfig } from '../kubernetes/kubeconfig.ts'
import { loadCluster } from '../kubernetes/load-cluster.ts'
import { createTransport, type Transport } from '../kubernetes/transport.ts'
import { createWallClock } from '../kubernetes/wall-clock.ts'
import type { Clock } from '../rebalancing/ports.ts'
import type { ClusterOptions } from './options.ts'
import { warn } from './output.ts'

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

/** Lists the cluster once; what goes wrong on the way is told on stderr. */
export async function listCluster(options: ClusterOptions): Promise<ClusterReader> {
  const { transport, clock } = await connect(options)
  try {
    const recorder = { record: ({ message }: { readonly message: string }) => warn(message) }
    return await loadCluster(transport, { clock, random: Math.random, signal: new AbortController().signal, recorder })
  } finally {
    await transport.close()
  }
}
