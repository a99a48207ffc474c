import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../rebalancing/ports.ts'
import { startApiServer } from '../simulation/api-server/server.ts'
import { createEmbeddedCluster, type EmbeddedCluster } from '../simulation/embedded-cluster.ts'
import type { RawObject } from '../simulation/object-store.ts'
import type { Timings } from '../simulation/timings.ts'

/** An embedded cluster behind HTTP, with a kubeconfig for whoever wants to talk to it. */
export interface EmbeddedServer {
  readonly cluster: EmbeddedCluster
  readonly url: string
  readonly kubeconfig: string
  close(): Promise<void>
}

export interface EmbeddedServerOptions {
  readonly clock: Clock
  readonly seed: number
  readonly timings: Partial<Timings>
  readonly objects: readonly RawObject[]
}

export async function startEmbeddedServer({ clock, seed, timings, objects }: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const cluster = createEmbeddedCluster({ clock, seed, timings })
  cluster.apply(...objects)
  cluster.start()
  const server = await startApiServer(cluster.store, { now: () => clock.now() })
  const folder = await mkdtemp(join(tmpdir(), 'respread-demo-'))
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, JSON.stringify(kubeconfigFor(server.url)), { mode: 0o600 })
  return {
    cluster,
    url: server.url,
    kubeconfig,
    async close() {
      cluster.stop()
      await server.close()
      await rm(folder, { recursive: true })
    },
  }
}

function kubeconfigFor(server: string): object {
  const name = 'respread-demo'
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user: {} }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
  }
}
