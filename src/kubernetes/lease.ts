import { messageOf } from '../cluster/error-message.ts'
import type { Clock, Leadership, Recorder } from '../rebalancing/ports.ts'
import type { AnyReason } from '../rebalancing/reasons.ts'
import { DEFAULT_LOOP_SETTINGS } from '../rebalancing/settings.ts'
import { apiError } from './api-error.ts'
import type { ApiResponse } from './api-error.ts'
import type { RandomSource } from './back-off.ts'
import { claimedBy, readLease, released } from './lease-record.ts'
import type { LeaseRecord } from './lease-record.ts'
import { createHolding } from './lease-holding.ts'
import { pause } from './pause.ts'
import type { CallOptions, Transport } from './transport.ts'

export interface LeaseOptions {
  readonly transport: Transport
  readonly namespace: string
  readonly name: string
  /** Of this process and no other, ever. */
  readonly identity: string
  readonly clock: Clock
  readonly random: RandomSource
  readonly recorder: Recorder
  /** Milliseconds that an eviction may take from being sent to its outcome. */
  readonly evictionDeadlineMs?: number
}

type LeaseAttempt = { readonly held: true } | { readonly held: false; readonly holder: string }

export interface LeaderElection extends Leadership {
  /**
   * Waits for the lease and keeps it; waits again when another has taken it. Ends when the signal aborts, after giving the lease up: so abort
   * it only when nothing of ours is on its way any more. Never rejects.
   */
  run(signal: AbortSignal): Promise<void>
  /**
   * Takes the lease, or says who holds it, without queueing. Only a lease that looks abandoned is watched for its duration before it is taken.
   * Follow it with `run` to keep what it took.
   * @throws ApiError or ConnectionError when the lease cannot be read or written
   */
  acquireOnce(signal: AbortSignal): Promise<LeaseAttempt>
}

/** Without a renewal for so long this process no longer acts. */
const RENEW_DEADLINE_MS = 15_000
/** For clocks that run at different speeds. */
const MARGIN_MS = 15_000
const RETRY_MS = 5_000
const CALL_DEADLINE_MS = 5_000
/** How often a write that somebody else's has overtaken is tried again at once. */
const OVERTAKEN_RETRIES = 2

/**
 * Leader election as client-go does it (leaderelection.go, 1.36): the lease is written with the version that was read; whether another's has
 * expired is judged by how long its record has stood unchanged before our own eyes, in monotonic time, never by comparing clocks.
 */
export function createLeaderElection(options: LeaseOptions): LeaderElection {
  const { transport, namespace, name, identity, clock, random, recorder } = options
  const { evictionDeadlineMs = DEFAULT_LOOP_SETTINGS.evictionRequestDeadline } = options
  // What was sent just before we had to stop is over when others may begin.
  const durationSeconds = Math.ceil((RENEW_DEADLINE_MS + evictionDeadlineMs + MARGIN_MS) / 1000)
  const collection = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`
  const path = `${collection}/${encodeURIComponent(name)}`
  const holding = createHolding(clock, RENEW_DEADLINE_MS, () =>
    tell('warning', 'LeaseNotRenewed', `may not act: the lease ${namespace}/${name} was not renewed in time`),
  )
  /** The record as it was last seen to change, and when that was in monotonic time. */
  let observed: { readonly record: LeaseRecord; readonly at: number } | undefined
  let failing = false

  const tell = (level: 'info' | 'warning', reason: AnyReason, message: string): void => recorder.record({ level, reason, message })

  const call = async (
    method: 'GET' | 'POST' | 'PUT',
    target: string,
    accept: readonly number[],
    more: CallOptions,
  ): Promise<ApiResponse> => {
    const response = await transport.request(method, target, { deadlineMs: CALL_DEADLINE_MS, urgent: true, ...more })
    if (!accept.includes(response.status)) throw apiError(method, target, response, clock.now())
    return response
  }

  const read = async (more: CallOptions): Promise<LeaseRecord | undefined> => {
    const response = await call('GET', path, [200, 404], more)
    return response.status === 404 ? undefined : readLease(response.body)
  }

  /** Notes a record and gives for how long it has stood unchanged. */
  const observe = (record: LeaseRecord): number => {
    const now = clock.monotonic()
    observed = { record, at: observed?.record.fingerprint === record.fingerprint ? observed.at : now }
    return now - observed.at
  }

  const attempt = async (signal: AbortSignal, retries = OVERTAKEN_RETRIES): Promise<LeaseAttempt> => {
    const startedAt = clock.monotonic()
    const current = await read({ signal })
    const unchangedMs = current === undefined ? 0 : observe(current)
    if (current !== undefined && current.holder !== '' && current.holder !== identity && unchangedMs < current.durationMs) {
      if (holding.end()) tell('warning', 'LeaseLost', `may not act: ${current.holder} has taken the lease ${namespace}/${name}`)
      return { held: false, holder: current.holder }
    }
    // Without the signal: the answer, which comes within its deadline, tells whether there is something to give up.
    const body = claimedBy(identity, current, durationSeconds, clock.now(), { name, namespace })
    const written =
      current === undefined ? await call('POST', collection, [201, 409], { body }) : await call('PUT', path, [200, 409], { body })
    if (written.status === 409) return retries > 0 ? await attempt(signal, retries - 1) : { held: false, holder: 'another process' }
    observe(readLease(written.body))
    if (holding.renew(startedAt)) tell('info', 'LeaseHeld', `${identity} holds the lease ${namespace}/${name}`)
    return { held: true }
  }

  const keepTrying = async (signal: AbortSignal): Promise<void> => {
    try {
      await attempt(signal)
      failing = false
    } catch (error) {
      if (signal.aborted) return
      if (!failing) tell('warning', 'LeaseUnreachable', messageOf(error))
      failing = true
    }
  }

  const release = async (): Promise<void> => {
    holding.end()
    try {
      const current = await read({})
      if (current?.holder === identity) await call('PUT', path, [200, 409], { body: released(current, clock.now()) })
    } catch (error) {
      tell('warning', 'LeaseUnreachable', `the lease is not given up and lasts until it expires: ${messageOf(error)}`)
    }
  }

  return {
    mayAct: () => holding.mayAct(),
    subscribe: listener => holding.subscribe(listener),
    async run(signal) {
      while (!signal.aborted) {
        await keepTrying(signal)
        await pause(clock, RETRY_MS * (1 + 0.2 * random()), signal)
      }
      if (observed?.record.holder === identity) await release()
    },
    async acquireOnce(signal) {
      let result = await attempt(signal)
      const first = observed
      if (first === undefined) return result
      while (!result.held && observed?.at === first.at && looksAbandoned(first.record, clock.now())) {
        await pause(clock, RETRY_MS, signal)
        signal.throwIfAborted()
        result = await attempt(signal)
      }
      return result
    },
  }
}

/** Only a hint, since it compares clocks: what looks abandoned is then watched for as long as the lease lasts. */
function looksAbandoned(record: LeaseRecord, now: number): boolean {
  return record.renewedAt === undefined || record.renewedAt + record.durationMs < now
}
