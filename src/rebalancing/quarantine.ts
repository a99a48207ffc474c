import type { WorkloadHold } from '../planning/situation.ts'
import type { OfWorkload } from './workload-key.ts'

/** An eviction that was in vain. Milliseconds since the epoch, here and below. */
export interface Miss {
  readonly group: string
  /** Its replacement did not land where it helps, or did and somebody else moved it back. */
  readonly cause: 'landing' | 'movedBack'
  readonly at: number
}

/** A group whose landings did not help, left alone for a while: longer each time until it is balanced. */
export interface Quarantine {
  readonly group: string
  readonly workloads: readonly OfWorkload[]
  readonly times: number
  readonly since: number
  readonly until: number
}

export interface Misses {
  readonly misses: readonly Miss[]
  readonly quarantines: readonly Quarantine[]
}

const MISSES_OF_A_GROUP = 2
const MISSES_ANYWHERE = 3
const WINDOW = 10 * 60_000
const FIRST_QUARANTINE = 10 * 60_000
const LONGEST_QUARANTINE = 24 * 60 * 60_000

/** Takes note of a miss. The second of a group since its last quarantine puts it into the next one, twice as long. */
export function afterMiss(known: Misses, miss: Miss, workloads: readonly OfWorkload[]): Misses & { readonly quarantined?: Quarantine } {
  const misses = [...known.misses, miss]
  const last = known.quarantines.find(quarantine => quarantine.group === miss.group)
  const since = misses.filter(({ group, at }) => group === miss.group && at > (last?.since ?? Number.NEGATIVE_INFINITY))
  if (since.length < MISSES_OF_A_GROUP) return { misses, quarantines: known.quarantines }
  const times = (last?.times ?? 0) + 1
  const duration = Math.min(FIRST_QUARANTINE * 2 ** (times - 1), LONGEST_QUARANTINE)
  const quarantined: Quarantine = { group: miss.group, workloads, times, since: miss.at, until: miss.at + duration }
  return { misses, quarantines: [...known.quarantines.filter(({ group }) => group !== miss.group), quarantined], quarantined }
}

/**
 * Three landings missed in ten minutes anywhere: what the loop believes about this cluster is wrong, and it had better stop. Moves that
 * somebody undid were predicted well.
 */
export function missesTooOften(misses: readonly Miss[], now: number): boolean {
  return misses.filter(({ cause, at }) => cause === 'landing' && now - at < WINDOW).length >= MISSES_ANYWHERE
}

/**
 * Groups that are balanced start with a clean slate once they have had as much time to get out of balance again as their quarantine lasted;
 * what is older than the longest quarantine is forgotten anyway.
 */
export function forgive(known: Misses, balanced: ReadonlySet<string>, now: number): Misses {
  const forgotten = (group: string, end: number): boolean => (balanced.has(group) && now >= end) || now >= end + LONGEST_QUARANTINE
  return {
    misses: known.misses.filter(({ group, at }) => !forgotten(group, at + WINDOW)),
    quarantines: known.quarantines.filter(({ group, since, until }) => !forgotten(group, until + (until - since))),
  }
}

export function quarantineHolds(quarantines: readonly Quarantine[], now: number): readonly WorkloadHold[] {
  return quarantines
    .filter(({ until }) => until > now)
    .flatMap(({ workloads, until }) =>
      workloads.map(({ namespace, workload }) => ({
        namespace,
        ...workload,
        reason: 'Quarantined' as const,
        until,
        message: `evictions did not help; left alone until ${new Date(until).toISOString()}`,
      })),
    )
}
