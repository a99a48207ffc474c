import type { ClusterReader } from '../cluster/cluster-state.ts'
import { timestamp } from '../cluster/timestamp.ts'
import type { WorkloadHold } from '../planning/situation.ts'
import { workloadKey, type OfWorkload } from '../planning/workload-key.ts'

/**
 * The evictions of a workload that follow each other without a rest: at most as many as the plan that began them asked for. Once they are
 * spent, the workload cools down; a need that arises from the landings themselves thus cannot keep it moving for ever.
 */
export interface Round extends OfWorkload {
  readonly allowed: number
  readonly spent: number
  /** When its latest eviction was sent or over; milliseconds since the epoch. */
  readonly lastAt: number
}

/** How many evictions the workload may still have before it rests; undefined when no round is under way. */
export function leftInRound(rounds: readonly Round[], of: OfWorkload, now: number, coolDown: number): number | undefined {
  const round = roundOf(rounds, of)
  return round === undefined || isOver(round, now, coolDown) ? undefined : round.allowed - round.spent
}

/** Counts an eviction about to be sent. @param planned evictions of the workload in the plan, which a new round may have */
export function spend(rounds: readonly Round[], of: OfWorkload, planned: number, now: number, coolDown: number): readonly Round[] {
  const running = roundOf(rounds, of)
  const round =
    running === undefined || isOver(running, now, coolDown)
      ? { namespace: of.namespace, workload: of.workload, allowed: planned, spent: 1, lastAt: now }
      : { ...running, spent: running.spent + 1, lastAt: now }
  return [...others(rounds, of), round]
}

/** An eviction that did not come about does not count. */
export function refund(rounds: readonly Round[], of: OfWorkload): readonly Round[] {
  const round = roundOf(rounds, of)
  if (round === undefined) return rounds
  return round.spent <= 1 ? others(rounds, of) : [...others(rounds, of), { ...round, spent: round.spent - 1 }]
}

/** The rest is counted from the end of the latest eviction, not from its request. */
export function touch(rounds: readonly Round[], of: OfWorkload, now: number): readonly Round[] {
  return rounds.map(round => (workloadKey(round) === workloadKey(of) ? { ...round, lastAt: now } : round))
}

export function dropOver(rounds: readonly Round[], now: number, coolDown: number): readonly Round[] {
  return rounds.filter(round => !isOver(round, now, coolDown))
}

/** @param busy keys of workloads with evictions in flight: those are not resting yet */
export function coolDownHolds(rounds: readonly Round[], busy: ReadonlySet<string>, now: number, coolDown: number): readonly WorkloadHold[] {
  return rounds
    .filter(round => round.spent >= round.allowed && !isOver(round, now, coolDown) && !busy.has(workloadKey(round)))
    .map(({ namespace, workload, lastAt }) => ({
      namespace,
      ...workload,
      reason: 'CoolingDown' as const,
      until: lastAt + coolDown,
      message: `it was moved and rests until ${timestamp(lastAt + coolDown)}`,
    }))
}

/** Workloads whose autoscaler changed them a moment ago: what looks like skew may be half of its work. */
export function scaledRecently(cluster: ClusterReader, now: number, coolDown: number): readonly WorkloadHold[] {
  const holds: WorkloadHold[] = []
  for (const { namespace, name, target, lastScaleAt } of cluster.all('HorizontalPodAutoscaler')) {
    if (lastScaleAt === undefined || lastScaleAt + coolDown <= now) continue
    const until = lastScaleAt + coolDown
    const message = `autoscaler ${name} changed its scale; it rests until ${timestamp(until)}`
    holds.push({ namespace, kind: target.kind, name: target.name, reason: 'ScaledRecently', until, message })
  }
  return holds
}

const roundOf = (rounds: readonly Round[], of: OfWorkload): Round | undefined =>
  rounds.find(round => workloadKey(round) === workloadKey(of))

const others = (rounds: readonly Round[], of: OfWorkload): readonly Round[] =>
  rounds.filter(round => workloadKey(round) !== workloadKey(of))

const isOver = ({ lastAt }: Round, now: number, coolDown: number): boolean => lastAt + coolDown <= now
