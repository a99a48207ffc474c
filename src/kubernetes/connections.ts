import { isDeepStrictEqual } from 'node:util'
import { Agent, ProxyAgent } from 'undici'
import type { Dispatcher } from 'undici'
import type { TlsMaterial } from './cluster-access.ts'

/**
 * What connections are for, and how many of that there may be at once: what goes on for minutes never holds up what is short, twenty lists that
 * begin together go four abreast, and the lease has connections of its own.
 */
const MOST = { urgent: 2, calls: 16, lists: 4, watches: null } as const

export type Use = keyof typeof MOST

/** Connections kept open to one API server, so that an eviction costs a round trip and not a handshake. */
export interface Connections {
  for(use: Use, tls: TlsMaterial): Dispatcher
  /** Breaks everything off. */
  close(): Promise<void>
}

/** @param proxy address of a proxy to go through, or undefined */
export function createConnections(proxy: string | undefined): Connections {
  let current: { readonly tls: TlsMaterial; readonly pools: Readonly<Record<Use, Dispatcher>> } | undefined
  const retired = new Set<Dispatcher>()

  const retire = (dispatcher: Dispatcher): void => {
    retired.add(dispatcher)
    // Lets what is under way end by itself.
    dispatcher.close().then(
      () => retired.delete(dispatcher),
      () => retired.delete(dispatcher),
    )
  }

  const forTls = (tls: TlsMaterial): NonNullable<typeof current> => {
    if (current !== undefined && isDeepStrictEqual(current.tls, tls)) return current
    if (current !== undefined) Object.values(current.pools).forEach(retire)
    const pool = (use: Use): Dispatcher => connect(tls, proxy, MOST[use])
    current = { tls, pools: { urgent: pool('urgent'), calls: pool('calls'), lists: pool('lists'), watches: pool('watches') } }
    return current
  }

  return {
    for: (use, tls) => forTls(tls).pools[use],
    async close() {
      const open = [...retired, ...(current === undefined ? [] : Object.values(current.pools))]
      await Promise.all(open.map(dispatcher => dispatcher.destroy()))
    },
  }
}

function connect(tls: TlsMaterial, proxy: string | undefined, connections: number | null): Dispatcher {
  // Every 30 s a probe, as client-go has it: load balancers drop silent connections after as little as 4 minutes.
  const socket = { ...tls, keepAlive: true, keepAliveInitialDelay: 30_000, timeout: 10_000 }
  const options = {
    connections,
    // HTTP/1.1: one request a connection, so that a connection which breaks makes one answer uncertain and not all of them.
    allowH2: false,
    // Longer than the pause between two rounds of the loop, shorter than the 90 s after which the API server hangs up.
    keepAliveTimeout: 60_000,
    // Deadlines come from the caller, by the injected clock.
    headersTimeout: 0,
    bodyTimeout: 0,
  }
  if (proxy === undefined) return new Agent({ ...options, connect: socket })
  return new ProxyAgent({ ...options, uri: proxy.replace(/^socks5h:/, 'socks5:'), requestTls: socket })
}
