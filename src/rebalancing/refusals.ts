import type { ClusterReader } from '../cluster/cluster-state.ts'
import { timestamp } from '../cluster/timestamp.ts'
import type { PlannedEviction } from '../planning/plan-types.ts'
import type { RefusalReason, Refused, WorkloadHold } from '../planning/situation.ts'
import type { OfWorkload } from '../planning/workload-key.ts'

/** A pod that the API server refuses to evict, not for a moment only. Neither a restart nor a new configuration keeps it: the server will say it again. */
export interface Refusal extends OfWorkload {
  readonly pod: string
  readonly uid: string
  readonly reason: RefusalReason
  /** As the server put it. */
  readonly message: string
  /** So often by now. */
  readonly times: number
  /** Until when its workload rests; milliseconds since the epoch, here and below. */
  readonly workloadUntil: number
  /** Until when it rests itself. */
  readonly until: number
}

const LONGEST_REST = 24 * 60 * 60_000

/**
 * Once more: its workload rests for one cool-down, since the next of its pods may well be refused, too; the pod itself twice as long each time, so
 * that then others of its group serve.
 *
 * @param now milliseconds since the epoch @param coolDown milliseconds
 */
export function refusedAgain(
  refusals: readonly Refusal[],
  { namespace, workload, pod, uid }: PlannedEviction,
  reason: RefusalReason,
  message: string,
  now: number,
  coolDown: number,
): Refusal {
  const times = 1 + (refusals.find(refusal => refusal.uid === uid)?.times ?? 0)
  const workloadUntil = now + coolDown
  const until = Math.max(workloadUntil, now + Math.min(coolDown * 2 ** (times - 1), LONGEST_REST))
  return { namespace, workload, pod, uid, reason, message, times, workloadUntil, until }
}

/** Why, and what rests how long. */
export function refusalText({ message, workloadUntil, until }: Refusal): string {
  const itself = until > workloadUntil ? `, the pod until ${timestamp(until)}` : ''
  return `${message}; its workload rests until ${timestamp(workloadUntil)}${itself}`
}

/** Those of pods that are still there. */
export function stillThere(refusals: readonly Refusal[], cluster: ClusterReader): readonly Refusal[] {
  return refusals.filter(({ namespace, pod, uid }) => cluster.pod(namespace, pod)?.uid === uid)
}

/** Workloads that rest because one of their pods was refused a moment ago. */
export function refusalHolds(refusals: readonly Refusal[], now: number): readonly WorkloadHold[] {
  return refusals
    .filter(({ workloadUntil }) => workloadUntil > now)
    .map(refusal => {
      const { namespace, workload, reason, workloadUntil } = refusal
      return { namespace, ...workload, reason, until: workloadUntil, message: refusalText(refusal) }
    })
}

/** Pods that rest themselves. */
export function refusedPods(refusals: readonly Refusal[], now: number): readonly Refused[] {
  return refusals
    .filter(({ until }) => until > now)
    .map(({ uid, reason, message, until }) => ({ uid, reason, message: `${message}; it rests until ${timestamp(until)}` }))
}
