import { parseTimestamp } from '../cluster/timestamp.ts'
import { fieldsOf, textOf } from './json.ts'
import type { Fields } from './json.ts'
import { microTime } from './micro-time.ts'

/** A coordination.k8s.io/v1 Lease as far as leader election reads it (client-go resourcelock/leaselock.go, 1.36). */
export interface LeaseRecord {
  readonly raw: Fields
  /** '' when nobody holds it. */
  readonly holder: string
  /** Milliseconds after its last renewal during which nobody else may take it. */
  readonly durationMs: number
  /** Wall-clock milliseconds of another machine; undefined when it was never renewed. */
  readonly renewedAt: number | undefined
  readonly acquireTime: string
  readonly transitions: number
  /** Changes with every renewal, and with nothing else that matters here. */
  readonly fingerprint: string
}

/** Something else may hold a lease of this name and not say for how long. */
const UNSAID_SECONDS = 60

export function readLease(body: string): LeaseRecord {
  const raw = fieldsOf(JSON.parse(body))
  const spec = fieldsOf(raw['spec'])
  return {
    raw,
    holder: textOf(spec['holderIdentity']),
    durationMs: (numberOf(spec['leaseDurationSeconds']) || UNSAID_SECONDS) * 1000,
    renewedAt: parseTimestamp(textOf(spec['renewTime'])),
    acquireTime: textOf(spec['acquireTime']),
    transitions: numberOf(spec['leaseTransitions']),
    fingerprint: JSON.stringify(spec),
  }
}

/** The body that takes or renews the lease; with the version of the record read, so that of two who try one fails. */
export function claimedBy(identity: string, current: LeaseRecord | undefined, durationSeconds: number, now: number, place: Fields): Fields {
  const renewal = current?.holder === identity
  const spec = {
    ...fieldsOf(current?.raw['spec']),
    holderIdentity: identity,
    leaseDurationSeconds: durationSeconds,
    acquireTime: renewal && current.acquireTime !== '' ? current.acquireTime : microTime(now),
    renewTime: microTime(now),
    leaseTransitions: current === undefined ? 0 : current.transitions + (renewal ? 0 : 1),
  }
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: fieldsOf(current?.raw['metadata'] ?? place), spec }
}

/** The body that gives the lease up: whoever waits may take it after a second. */
export function released(current: LeaseRecord, now: number): Fields {
  const spec = {
    ...fieldsOf(current.raw['spec']),
    holderIdentity: '',
    leaseDurationSeconds: 1,
    renewTime: microTime(now),
    acquireTime: microTime(now),
  }
  return { ...current.raw, apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', spec }
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
