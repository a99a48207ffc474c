import { createClusterState } from '../cluster/cluster-state.ts'
import type { Delta } from '../cluster/cluster-state.ts'
import { messageOf } from '../cluster/error-message.ts'
import { createProjector } from '../cluster/projection.ts'
import type { RecordKind, Warning } from '../cluster/records.ts'
import type { Clock, ClusterView, Recorder, Rest } from '../rebalancing/ports.ts'
import type { RandomSource } from './back-off.ts'
import { createRecentSet } from './recent-set.ts'
import { createRecordReader, createRecordStore } from './record-store.ts'
import type { ReflectionCounters } from './reflection.ts'
import { startReflector } from './reflector.ts'
import { CLUSTER_RESOURCES } from './resources.ts'
import { createRest } from './rests.ts'
import type { Transport } from './transport.ts'

/** So long the same failure is not told again, of whatever kind. */
const ECHO_MS = 60_000
const REMEMBERED = 100

export interface ClusterViewOptions {
  readonly clock: Clock
  readonly random: RandomSource
  /** Ends everything. */
  readonly signal: AbortSignal
  /** Shared with whatever else works in slices at the same time, for they would add up otherwise; absent: nothing else does. */
  readonly rest?: Rest
  /** Hears of failed requests, of kinds carried on without and of objects that cannot be read. */
  readonly recorder: Recorder
  /** Milliseconds between two looks at what a watch tells; 0: each event is read as it comes. Absent: as is best for a cluster. */
  readonly gatherMs?: number
}

/** A view fed by list and watch: empty at first, and told of record by record. */
export interface WatchedView extends ClusterView {
  /**
   * Fulfilled once every first list is complete. Rejected, when everything has ended, with ApiError or ConnectionError where a required kind is
   * refused, or with the reason of the signal where that aborts first.
   */
  readonly synced: Promise<void>
  /** What list and watch of each kind have come to, for metrics. */
  counters(): readonly { readonly kind: RecordKind; readonly counters: Readonly<ReflectionCounters> }[]
  /** Drops what the state remembers besides the objects, so that it is worked out anew. */
  forgetDerived(): void
  /** Fulfilled when every watch has ended after the signal; never rejected. */
  readonly stopped: Promise<void>
}

/**
 * Lists and watches all kinds, overlapping. Whoever subscribes at once hears of every record, in no order of kinds. While the server is away it
 * goes on trying; `recorder` hears of it.
 */
export function openClusterView(transport: Transport, options: ClusterViewOptions): WatchedView {
  const { clock, random, signal, recorder, rest = createRest(clock) } = options
  const state = createClusterState()
  const projector = createProjector()
  const listeners = new Set<(delta: Delta) => void>()
  const stop = new AbortController()
  const forward = (): void => stop.abort(signal.reason)
  if (signal.aborted) forward()
  signal.addEventListener('abort', forward)

  const tell = (delta: Delta): void => {
    for (const listener of listeners) {
      try {
        listener(delta)
      } catch (error) {
        // One listener's mistake must cost neither the others nor the watch.
        recorder.record({
          reason: 'ListenerFailed',
          level: 'warning',
          message: `a listener failed on ${delta.kind} ${delta.key}: ${messageOf(error)}`,
        })
      }
    }
  }

  const complain = ({ kind, key, problem }: Warning): void => {
    recorder.record({ reason: 'ObjectUnreadable', level: 'warning', message: `${kind} ${key}: ${problem}`, fields: { kind } })
  }

  const told = createRecentSet(clock, ECHO_MS, REMEMBERED)
  const once: Recorder = {
    record: occurrence => {
      const { reason, message } = occurrence
      // A server that is away fails every kind in the same words, again and again; what each has come to stands in its counters.
      if (reason !== 'RequestFailed' || told.add(message)) recorder.record(occurrence)
    },
  }
  const reflectors = CLUSTER_RESOURCES.map(resource => {
    const read = createRecordReader(resource.kind, projector, complain)
    const store = createRecordStore(resource.kind, state, read, tell, rest)
    const reflector = startReflector({
      transport,
      resource,
      store,
      clock,
      random,
      rest,
      signal: stop.signal,
      recorder: once,
      gatherMs: options.gatherMs,
    })
    return { kind: resource.kind, ...reflector }
  })
  const stopped = Promise.all(reflectors.map(reflector => reflector.stopped)).then(() => signal.removeEventListener('abort', forward))

  const sync = async (): Promise<void> => {
    try {
      await Promise.all(reflectors.map(reflector => reflector.ready))
    } catch (error) {
      stop.abort()
      await stopped
      throw error
    }
  }
  const synced = sync()
  // That nobody waits for it is no reason to end the process.
  synced.catch(() => {})
  return {
    state,
    synced,
    stopped,
    forgetDerived: () => state.forgetCoverage(),
    freshness: () => reflectors.map(reflector => reflector.freshness()),
    counters: () => reflectors.map(({ kind, counters }) => ({ kind, counters })),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
