import type { Delta } from '../cluster/cluster-state.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import { timestamp } from '../cluster/timestamp.ts'
import type { WorkloadRecord } from '../cluster/workload.ts'
import type { WorkloadHold } from '../planning/situation.ts'
import { workloadKey } from '../planning/workload-key.ts'
import { momentNow, wallTimeOf, type Moment } from './moment.ts'
import type { Clock } from './ports.ts'

/**
 * Tells which workloads were scaled a moment ago, by whomever: what looks like skew may be half of somebody's work. Autoscalers say so
 * themselves, also to who has just started; a person's `kubectl scale` shows nowhere but in the change of the object.
 */
export interface ScaleWatch {
  /** Takes note of a workload's change. */
  note(delta: Delta): void
  holds(): readonly WorkloadHold[]
}

interface Scaled {
  readonly namespace: string
  readonly workload: { readonly kind: string; readonly name: string }
  readonly from: number
  readonly to: number
  readonly at: Moment
}

/** @param coolDown milliseconds */
export function createScaleWatch(coolDown: number, clock: Pick<Clock, 'now' | 'monotonic'>): ScaleWatch {
  const scaled = new Map<string, Scaled>()
  return {
    note: ({ before, after }) => {
      if (!isScalable(before) || !isScalable(after) || before.uid !== after.uid || before.replicas === after.replicas) return
      const { namespace, controller } = after
      // A Deployment's rollout scales its ReplicaSets, and holds by itself.
      if (controller?.kind === 'Deployment') return
      const workload = controller === undefined ? { kind: after.kind, name: after.name } : { kind: controller.kind, name: controller.name }
      scaled.set(workloadKey({ namespace, workload }), {
        namespace,
        workload,
        from: before.replicas,
        to: after.replicas,
        at: momentNow(clock),
      })
    },
    holds: () => {
      const time = clock.monotonic()
      for (const [key, { at }] of scaled) if (at.monotonic + coolDown <= time) scaled.delete(key)
      return [...scaled.values()].map(({ namespace, workload, from, to, at }): WorkloadHold => {
        const until = wallTimeOf(at, clock) + coolDown
        const message = `it was scaled from ${from} to ${to} and rests until ${timestamp(until)}`
        return { namespace, ...workload, reason: 'ScaledRecently', until, message }
      })
    },
  }
}

function isScalable(record: ClusterRecord | undefined): record is WorkloadRecord {
  switch (record?.kind) {
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'ReplicationController':
      return true
    default:
      return false
  }
}
