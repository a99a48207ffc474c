import type { Clock, Occurrence, Recorder } from '../../src/rebalancing/ports.ts'
import { createTransport } from '../../src/kubernetes/transport.ts'
import type { Transport } from '../../src/kubernetes/transport.ts'

/** A transport to a test server, without credentials. */
export function transportTo(server: string, clock: Clock): Transport {
  const credentials = (): Promise<{ headers: Record<string, string>; tls: object }> => Promise.resolve({ headers: {}, tls: {} })
  return createTransport(
    { server, context: 'test', namespace: 'default', proxy: undefined, credentials },
    { clock, userAgent: 'respread/test', perSecond: 10_000, burst: 10_000 },
  )
}

/** A recorder that keeps what it is told. */
export function createMemoryRecorder(): Recorder & { readonly told: Occurrence[]; reasons(): readonly string[] } {
  const told: Occurrence[] = []
  return {
    told,
    record: occurrence => void told.push(occurrence),
    reasons: () => told.map(({ reason }) => reason),
  }
}
