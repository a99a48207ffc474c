import type { Clock, Leadership } from '../../rebalancing/ports.ts'
import type { Objects } from '../objects.ts'
import { microTimestamp } from '../timestamps.ts'
import type { LeaseObject } from '../wire-objects.ts'

export interface LeaseSettings {
  readonly namespace: string
  readonly name: string
  readonly identity: string
  /** Milliseconds of silence after which others may take the lease. */
  readonly leaseDuration: number
  /** Milliseconds since the last renewal after which the holder no longer acts. */
  readonly renewDeadline: number
  /** Milliseconds between two attempts to get or renew it. */
  readonly retryPeriod: number
}

export interface LeaseLeadership extends Leadership {
  start(): void
  stop(): void
  /** While false, the lease can be neither read nor written, as when the network fails. */
  setReachable(reachable: boolean): void
}

/** For tests with a single loop. */
export const ALWAYS_LEADING: Leadership = { mayAct: () => true, subscribe: () => () => undefined }

/**
 * Leadership by a Lease in the embedded cluster (client-go leaderelection). How long another's lease lasts is judged by the own monotonic
 * clock from the moment a renewal was seen, never by the times written in it: clocks differ.
 */
export function createLeaseLeadership(objects: Objects, clock: Clock, settings: LeaseSettings): LeaseLeadership {
  const listeners = new Set<() => void>()
  let renewedAt: number | undefined
  let seen: { readonly renewTime: string | undefined; readonly at: number } | undefined
  let reachable = true
  let leading = false
  let cancelTurn = (): void => undefined
  let cancelDeadline = (): void => undefined

  const mayAct = (): boolean => renewedAt !== undefined && clock.monotonic() - renewedAt < settings.renewDeadline

  const tellChanges = (): void => {
    if (mayAct() === leading) return
    leading = !leading
    for (const listener of listeners) listener()
  }

  const isFree = (lease: LeaseObject): boolean => {
    const { holderIdentity = '', renewTime } = lease.spec ?? {}
    if (holderIdentity === '' || holderIdentity === settings.identity) return true
    if (seen?.renewTime !== renewTime) seen = { renewTime, at: clock.monotonic() }
    return seen !== undefined && clock.monotonic() - seen.at >= settings.leaseDuration
  }

  const specOf = (lease: LeaseObject | undefined): NonNullable<LeaseObject['spec']> => {
    const now = microTimestamp(clock.now())
    const held = lease?.spec?.holderIdentity === settings.identity
    return {
      holderIdentity: settings.identity,
      leaseDurationSeconds: settings.leaseDuration / 1_000,
      acquireTime: held ? (lease.spec?.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: (lease?.spec?.leaseTransitions ?? 0) + (held || lease === undefined ? 0 : 1),
    }
  }

  const tryToHold = (): void => {
    const { namespace, name } = settings
    const lease = objects.get('leases', namespace, name)
    if (lease === undefined) {
      objects.create('leases', {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { namespace, name },
        spec: specOf(undefined),
      })
    } else {
      if (!isFree(lease)) return
      objects.update('leases', { namespace, name }, current => ({ ...current, spec: specOf(current) }))
    }
    renewedAt = clock.monotonic()
    // The deadline may pass between two turns: listeners hear of it then, not at the next turn.
    cancelDeadline()
    cancelDeadline = clock.after(settings.renewDeadline, tellChanges)
  }

  const turn = (): void => {
    if (reachable) tryToHold()
    tellChanges()
    cancelTurn = clock.after(settings.retryPeriod, turn)
  }

  return {
    mayAct,
    subscribe: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    start: turn,
    stop: () => {
      cancelTurn()
      cancelDeadline()
      renewedAt = undefined
      tellChanges()
    },
    setReachable: next => {
      reachable = next
    },
  }
}
