import { once } from 'node:events'
import { createServer } from 'node:http'
import type { ObjectStore } from '../object-store.ts'
import { createAccessRules, type AccessRules, type RequestMatch } from './access-rules.ts'
import { createFaults, type Faults } from './faults.ts'
import { handleRequest } from './handle-request.ts'
import { createProgress, type ProgressReports } from './progress.ts'
import { createWatchHub } from './watch-hub.ts'

export interface ApiServerOptions {
  /** Milliseconds since the epoch: the clock of the cluster that the store belongs to. */
  readonly now: () => number
  /** 0 or absent: any free port. */
  readonly port?: number
  /** Requests without this bearer token are answered 401. Absent: anyone may ask. */
  readonly token?: string
  /** Who the client is, in the words of a 403. */
  readonly user?: string
  /** What the client may not do; more can be denied later. */
  readonly denials?: readonly RequestMatch[]
  /** False: the server refuses sendInitialEvents, as those before 1.34 do by default. */
  readonly watchList?: boolean
  /** Default: constantly. */
  readonly progress?: ProgressReports
  /** How many milliseconds a second of a watch's timeoutSeconds lasts; tests make it short. */
  readonly secondMs?: number
}

export interface ApiServer {
  readonly url: string
  readonly port: number
  readonly access: AccessRules
  readonly faults: Faults
  /** Breaks every connection and frees the port. */
  close(): Promise<void>
}

const HOST = '127.0.0.1'
/** Longer than clients keep theirs, so that no request meets a connection that is just being closed. */
const KEEP_ALIVE_MS = 120_000

/** Serves the store on the loopback interface as kube-apiserver 1.36 would. Rejects when the port is taken. */
export async function startApiServer(store: ObjectStore, options: ApiServerOptions): Promise<ApiServer> {
  const { now, token, user = 'kubernetes-admin', watchList = true, progress = 'constantly', secondMs = 1000 } = options
  const watches = createWatchHub(store)
  const access = createAccessRules(options.denials ?? [])
  const faults = createFaults(store, watches)
  const context = { store, now, access, watches, progress: createProgress(store, progress), watchList, secondMs }

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (message, response) => {
    // Nobody is left to tell when even the refusal cannot be sent.
    handleRequest(context, { token, user }, faults, message, response).catch(() => response.destroy())
  })
  server.listen(options.port ?? 0, HOST)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the embedded API server listens on no port')
  const { port } = address

  return {
    url: `http://${HOST}:${port}`,
    port,
    access,
    faults,
    async close() {
      watches.close()
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
