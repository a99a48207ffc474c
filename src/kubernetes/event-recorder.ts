import type { ClusterReader } from '../cluster/cluster-state.ts'
import { recordKey } from '../cluster/records.ts'
import { WORKLOAD_KINDS } from '../cluster/workload.ts'
import type { Clock, Occurrence, Recorder } from '../rebalancing/ports.ts'
import { apiError } from './api-error.ts'
import { microTime } from './micro-time.ts'
import { createRecentSet } from './recent-set.ts'
import { createTokenBucket } from './token-bucket.ts'
import type { Transport } from './transport.ts'

export interface EventCounters {
  readonly sent: number
  /** The same was said of the same object not long ago. */
  readonly repeated: number
  /** Over the rate limit. */
  readonly dropped: number
  readonly failed: number
}

export interface EventRecorderOptions {
  readonly clock: Clock
  /** Name of this process: its pod's. */
  readonly instance: string
  /** Where objects are looked up whose uid is not said; not asked before the first occurrence that is about one. */
  readonly cluster: () => ClusterReader
  /** Hears of Events that the server refuses, once a status and a while: else nobody would know why objects tell nothing. */
  readonly recorder: Recorder
  /** After it nothing is sent any more, and what is under way is broken off. */
  readonly signal: AbortSignal
}

const CONTROLLER = 'respread.io/respread'
const PER_SECOND = 5
const BURST = 50
const REPEAT_MS = 10 * 60_000
const REMEMBERED = 2_000
const DEADLINE_MS = 10_000
/** Limits of the API (validation/events.go, 1.36): of the note in bytes, of the rest in characters. */
const LONGEST_NOTE = 1_024
const LONGEST_NAME = 128

const API_VERSIONS: Readonly<Record<string, string>> = {
  ReplicaSet: 'apps/v1',
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  Job: 'batch/v1',
  PodDisruptionBudget: 'policy/v1',
}

/**
 * Tells what concerns an object as an events.k8s.io/v1 Event on it. Events are for people who look at the object: they are limited, a repetition
 * is not told again, and one that fails is counted and not sent anew. Recording never waits; `drain` resolves when what is under way has been
 * answered.
 */
export function createEventRecorder(
  transport: Transport,
  options: EventRecorderOptions,
): Recorder & { counters(): EventCounters; drain(): Promise<void> } {
  const { clock, instance, cluster, recorder, signal } = options
  const bucket = createTokenBucket(clock, PER_SECOND, BURST)
  const recent = createRecentSet(clock, REPEAT_MS, REMEMBERED)
  const refusals = createRecentSet(clock, REPEAT_MS, REMEMBERED)
  let sent = 0
  let repeated = 0
  let dropped = 0
  let failed = 0
  const underWay = new Set<Promise<void>>()

  const send = async (about: NonNullable<Occurrence['about']>, occurrence: Occurrence): Promise<void> => {
    // An object without a namespace has its events in the default one (client-go record/event.go, 1.36).
    const namespace = about.namespace ?? 'default'
    const body = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      // A dash is the only end that is legal here beside letters and digits (apimachinery validation/generic.go, maskTrailingDash, 1.36).
      metadata: { generateName: `${about.name.slice(0, 200)}-`, namespace },
      eventTime: microTime(clock.now()),
      reportingController: CONTROLLER,
      reportingInstance: instance.slice(0, LONGEST_NAME),
      action: occurrence.reason.slice(0, LONGEST_NAME),
      reason: occurrence.reason.slice(0, LONGEST_NAME),
      type: occurrence.level === 'warning' ? 'Warning' : 'Normal',
      note: withinBytes(occurrence.message, LONGEST_NOTE),
      regarding: { apiVersion: API_VERSIONS[about.kind] ?? 'v1', ...uidOf(about, cluster()), ...about },
    }
    try {
      const path = `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/events`
      const response = await transport.request('POST', path, { body, deadlineMs: DEADLINE_MS, signal })
      if (response.status === 201) sent += 1
      else {
        failed += 1
        const { message, causes } = apiError('POST', path, response, clock.now())
        // Nobody reads the Events of a namespace that is going (plugin/namespace/lifecycle, 1.36).
        const isGoing = response.status === 404 || causes.some(({ reason }) => reason === 'NamespaceTerminating')
        if (isGoing || !refusals.add(String(response.status))) return
        recorder.record({
          reason: 'EventRefused',
          level: 'warning',
          message: `an Event was refused, and the log alone tells it: ${message}`,
        })
      }
    } catch {
      failed += 1
    }
  }

  return {
    record(occurrence) {
      const { about, reason, message } = occurrence
      if (about === undefined || signal.aborted) return
      if (!recent.add(JSON.stringify([about.kind, about.namespace, about.name, about.uid, reason, message]))) repeated += 1
      else if (bucket.tryTake()) {
        const sending = send(about, occurrence).finally(() => underWay.delete(sending))
        underWay.add(sending)
      } else dropped += 1
    },
    counters: () => ({ sent, repeated, dropped, failed }),
    drain: async () => void (await Promise.all(underWay)),
  }
}

/** The start of a text that fits, cut between characters. */
function withinBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text
  const ellipsis = '...'
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(limit - ellipsis.length))
  return text.slice(0, read) + ellipsis
}

/** `kubectl describe` shows the Events with the uid of the object, and no others. */
function uidOf(about: NonNullable<Occurrence['about']>, cluster: ClusterReader): { readonly uid?: string } {
  const kind = WORKLOAD_KINDS.find(known => known === about.kind)
  const record = kind && cluster.get(kind, recordKey(about))
  return record === undefined ? {} : { uid: record.uid }
}
