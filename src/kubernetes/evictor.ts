import { MOST_UNANSWERED } from '../rebalancing/ports.ts'
import type { Clock, EvictionOutcome, EvictionRequest, Evictor } from '../rebalancing/ports.ts'
import { DEFAULT_LOOP_SETTINGS } from '../rebalancing/settings.ts'
import { evictionOutcome } from './eviction-outcome.ts'
import { notSent } from './refusal.ts'
import type { Transport } from './transport.ts'
import { createWriteQueue } from './write-queue.ts'

export interface EvictorOptions {
  readonly clock: Clock
  /** Asked at the last moment before a request goes out. */
  readonly mayAct: () => boolean
  /** Requests started in any second. */
  readonly perSecond?: number
  /** Requests waiting for their answer; the server may take 10 s over one (eviction.go, 1.36). */
  readonly concurrency?: number
  /** Milliseconds until a request without answer counts as lost. The lease must outlast it: see lease.ts. */
  readonly deadlineMs?: number
}

/**
 * Evicts through the policy/v1 Eviction API, a few requests a second, those of higher priority first. A signal takes back a request that still
 * waits; one that is out becomes Lost.
 */
export function createEvictor(transport: Transport, options: EvictorOptions): Evictor & { drain(): Promise<void> } {
  const { evictionsPerSecond, evictionRequestDeadline } = DEFAULT_LOOP_SETTINGS
  const { clock, mayAct, perSecond = evictionsPerSecond, concurrency = MOST_UNANSWERED, deadlineMs = evictionRequestDeadline } = options
  const queue = createWriteQueue({ perSecond, concurrency })

  const send = async ({ namespace, pod, uid }: EvictionRequest, signal: AbortSignal): Promise<EvictionOutcome> => {
    if (!mayAct()) return notSent('this process may no longer act')
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/eviction`
    const body = {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: pod, namespace },
      // Another pod that has taken the name since must not go in its place.
      deleteOptions: { preconditions: { uid } },
    }
    return evictionOutcome(path, await transport.request('POST', path, { body, deadlineMs, signal }), clock.now())
  }

  return {
    evict: (request, signal) => queue.turn(() => send(request, signal), { priority: request.priority, signal }),
    drain: () => queue.drain(),
  }
}
