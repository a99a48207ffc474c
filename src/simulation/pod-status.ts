import { timestamp } from '../cluster/timestamp.ts'
import { withCondition } from './conditions.ts'
import type { Condition, PodObject } from './wire-objects.ts'

/** The containers as a kubelet reports them. */
export type ContainerState = 'started' | 'ready' | 'crashLooping'

/** How many restarts a pod shows that is in CrashLoopBackOff. */
const CRASH_RESTARTS = 5

/** The pod with the status that a kubelet writes for its containers. */
export function withContainers(pod: PodObject, state: ContainerState, now: number): PodObject {
  const ready = state === 'ready'
  let conditions: readonly Condition[] = pod.status?.conditions ?? []
  for (const type of ['PodReadyToStartContainers', 'Initialized'] as const)
    conditions = withCondition(conditions, { type, status: 'True' }, now)
  for (const type of ['ContainersReady', 'Ready'] as const) {
    const waiting = { reason: 'ContainersNotReady', message: `containers with unready status: [${containerNames(pod).join(' ')}]` }
    conditions = withCondition(conditions, { type, status: ready ? 'True' : 'False', ...(ready ? {} : waiting) }, now)
  }
  return {
    ...pod,
    status: {
      ...pod.status,
      phase: 'Running',
      conditions,
      startTime: pod.status?.['startTime'] ?? timestamp(now),
      containerStatuses: (pod.spec?.containers ?? []).map(container => ({
        name: container.name,
        image: container.image ?? '',
        ready,
        started: ready,
        restartCount: state === 'crashLooping' ? CRASH_RESTARTS : 0,
        state:
          state === 'crashLooping'
            ? { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 2m40s restarting failed container' } }
            : { running: { startedAt: timestamp(now) } },
      })),
    },
  }
}

/** The pod with its Ready condition False, as the node lifecycle controller writes it when the node has gone silent. */
export function withReadyFalse(pod: PodObject, now: number): PodObject {
  const conditions = withCondition(pod.status?.conditions, { type: 'Ready', status: 'False', reason: 'NodeNotReady' }, now)
  return { ...pod, status: { ...pod.status, conditions } }
}

function containerNames(pod: PodObject): readonly string[] {
  return (pod.spec?.containers ?? []).map(container => container.name)
}
