import type { Clock } from '../../rebalancing/ports.ts'
import type { DelayRange } from '../random.ts'

/** The pods that wait to be scheduled (backend/queue/scheduling_queue.go): ready to be tried, backing off, or waiting for something to change. */
export interface SchedulingQueue {
  /** Takes up a pod that it does not know yet, ready to be tried. */
  add(key: string, priority: number): void
  /** Forgets a pod: bound, gone, or terminating. */
  remove(key: string): void
  /** The next pod to try: highest priority first, then the one that has waited longest. It stays known. */
  next(): string | undefined
  /** The pod did not fit: it waits for an event, and at least for its back-off. */
  setAside(key: string): void
  /** Something happened that may let pods fit: those set aside are ready again as soon as their back-off is over. */
  wake(): void
  stop(): void
}

interface QueuedPod {
  readonly priority: number
  readonly order: number
  state: 'ready' | 'trying' | 'aside'
  attempts: number
  /** When its back-off ends, in monotonic time. */
  backoffEnds: number
  cancel: () => void
}

/**
 * @param backoff first and longest back-off in milliseconds; it doubles with each attempt
 * @param flush after so many milliseconds a pod set aside is tried again though nothing happened
 * @param onReady called when a pod has become ready to be tried
 */
export function createSchedulingQueue(clock: Clock, backoff: DelayRange, flush: number, onReady: () => void): SchedulingQueue {
  const pods = new Map<string, QueuedPod>()
  let order = 0

  const makeReady = (pod: QueuedPod): void => {
    pod.cancel()
    pod.state = 'ready'
    onReady()
  }

  const readyIn = (pod: QueuedPod, ms: number): void => {
    pod.cancel()
    pod.cancel = clock.after(ms, () => makeReady(pod))
  }

  return {
    add: (key, priority) => {
      if (pods.has(key)) return
      const pod: QueuedPod = { priority, order: order++, state: 'ready', attempts: 0, backoffEnds: 0, cancel: () => undefined }
      pods.set(key, pod)
      onReady()
    },
    remove: key => {
      pods.get(key)?.cancel()
      pods.delete(key)
    },
    next: () => {
      let first: [string, QueuedPod] | undefined
      for (const entry of pods) if (entry[1].state === 'ready' && (first === undefined || goesBefore(entry[1], first[1]))) first = entry
      if (first === undefined) return undefined
      first[1].state = 'trying'
      return first[0]
    },
    setAside: key => {
      const pod = pods.get(key)
      if (pod === undefined) return
      pod.state = 'aside'
      pod.attempts++
      pod.backoffEnds = clock.monotonic() + Math.min(backoff.min * 2 ** (pod.attempts - 1), backoff.max)
      readyIn(pod, flush)
    },
    wake: () => {
      for (const pod of pods.values()) {
        if (pod.state !== 'aside') continue
        const left = pod.backoffEnds - clock.monotonic()
        if (left <= 0) makeReady(pod)
        else readyIn(pod, left)
      }
    },
    stop: () => {
      for (const pod of pods.values()) pod.cancel()
      pods.clear()
    },
  }
}

function goesBefore(a: QueuedPod, b: QueuedPod): boolean {
  return a.priority > b.priority || (a.priority === b.priority && a.order < b.order)
}
