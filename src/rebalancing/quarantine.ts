import type { ClusterReader } from '../cluster/cluster-state.ts'
import { timestamp } from '../cluster/timestamp.ts'
import type { GroupPlan } from '../planning/plan-types.ts'
import type { WorkloadHold } from '../planning/situation.ts'
import { workloadKey, type OfWorkload } from '../planning/workload-key.ts'
import { circumstancesOf, type Circumstances } from './circumstances.ts'

/** An eviction that was in vain. Milliseconds since the epoch, here and below. */
export interface Miss {
  readonly group: string
  /** Its replacement did not land where it helps, be it because nothing could by then, or did and somebody else moved it back. */
  readonly cause: 'landing' | 'overtaken' | 'movedBack'
  readonly at: number
}

/** A group whose landings did not help, left alone for a while: longer each time until it is balanced. */
export interface Quarantine {
  readonly group: string
  /** Of the miss that brought it about. */
  readonly cause: Miss['cause']
  readonly workloads: readonly OfWorkload[]
  readonly times: number
  readonly since: number
  readonly until: number
  /** As they were when it began; undefined until the next look at the group. */
  readonly circumstances: Circumstances | undefined
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

/**
 * Takes note of a miss. The second of a group since its last quarantine puts it into the next one, twice as long. What is learnt while it is in one
 * is of evictions from before, which have been judged already: a drain undoes many moves at once.
 */
export function afterMiss(known: Misses, miss: Miss, workloads: readonly OfWorkload[]): Misses & { readonly quarantined?: Quarantine } {
  const misses = [...known.misses, miss]
  const last = known.quarantines.find(quarantine => quarantine.group === miss.group)
  const since = misses.filter(({ group, at }) => group === miss.group && at > (last?.until ?? Number.NEGATIVE_INFINITY))
  if (since.length < MISSES_OF_A_GROUP) return { misses, quarantines: known.quarantines }
  const times = (last?.times ?? 0) + 1
  const duration = Math.min(FIRST_QUARANTINE * 2 ** (times - 1), LONGEST_QUARANTINE)
  const { group, cause, at } = miss
  const quarantined: Quarantine = { group, cause, workloads, times, since: at, until: at + duration, circumstances: undefined }
  return { misses, quarantines: [...known.quarantines.filter(({ group }) => group !== miss.group), quarantined], quarantined }
}

/**
 * Three landings missed in ten minutes anywhere: what the loop believes about this cluster is wrong, and it had better stop. Moves that
 * somebody undid were predicted well, and so were those whose domain went away before anything could land there.
 */
export function missesTooOften(misses: readonly Miss[], now: number): boolean {
  return misses.filter(({ cause, at }) => cause === 'landing' && now - at < WINDOW).length >= MISSES_ANYWHERE
}

/** A move that helped and that nobody has undone, as far as it matters here. */
interface StandingMove {
  readonly group: string
  readonly at: number
}

/**
 * Groups that are balanced start with a clean slate once they have had as much time to get out of balance again as their quarantine lasted, since
 * its end and since their latest move; what is older than the longest quarantine is forgotten anyway.
 */
export function forgive(known: Misses, moves: readonly StandingMove[], balanced: ReadonlySet<string>, now: number): Misses {
  const forgotten = (group: string, end: number): boolean => (balanced.has(group) && now >= end) || now >= end + LONGEST_QUARANTINE
  const latestMove = (group: string): number => Math.max(...moves.filter(move => move.group === group).map(({ at }) => at))
  return {
    misses: known.misses.filter(({ group, at }) => !forgotten(group, at + WINDOW)),
    quarantines: known.quarantines.filter(
      ({ group, since, until }) => !forgotten(group, Math.max(until, latestMove(group)) + (until - since)),
    ),
  }
}

/** A quarantine that is over because what it was learnt from is no more. */
export interface Lifted {
  readonly quarantine: Quarantine
  /** What has changed, as the beginning of a sentence. */
  readonly because: string
}

/**
 * Ends quarantines of groups whose spec or nodes are others than when they began: the next miss is the first again. The misses themselves stay
 * known, since three of them anywhere stop the loop. Where somebody moved pods back, the nodes do not matter: a consolidation changes them itself.
 */
export function reconsider(
  quarantines: readonly Quarantine[],
  groups: readonly GroupPlan[],
  cluster: ClusterReader,
  now: number,
): { readonly quarantines: readonly Quarantine[]; readonly lifted: readonly Lifted[] } {
  if (quarantines.length === 0) return { quarantines, lifted: [] }
  const byId = new Map(groups.map(group => [group.id, group]))
  const grouped = new Set(groups.flatMap(({ namespace, workloads }) => workloads.map(workload => workloadKey({ namespace, workload }))))
  const lifted: Lifted[] = []
  const lift = (quarantine: Quarantine, because: string): void => {
    if (quarantine.times > 0) lifted.push({ quarantine, because })
  }
  const kept = quarantines.flatMap((quarantine): readonly Quarantine[] => {
    const group = byId.get(quarantine.group)
    if (group === undefined) {
      // Without pods there is nothing to judge; where they are in other groups alone, the constraint is another one.
      if (!quarantine.workloads.some(of => grouped.has(workloadKey(of)))) return [quarantine]
      lift(quarantine, 'its constraint has changed')
      return []
    }
    const circumstances = circumstancesOf(group, cluster)
    const change = changeSince(quarantine, circumstances)
    if (change === undefined) return [{ ...quarantine, circumstances }]
    lift(quarantine, change)
    return [{ ...quarantine, times: 0, since: now, until: now, circumstances }]
  })
  return { quarantines: kept, lifted }
}

function changeSince({ cause, circumstances: before }: Quarantine, { spec, nodes }: Circumstances): string | undefined {
  if (before === undefined) return undefined
  if (before.spec !== spec) return 'its spec has changed'
  return before.nodes === nodes || cause === 'movedBack' ? undefined : 'its nodes have changed'
}

/**
 * Whether one of the groups has left its quarantine and has yet to show that evictions help again, by one move that still stands: until then a
 * round of it is one eviction.
 */
export function isOnProbation(
  quarantines: readonly Quarantine[],
  moves: readonly StandingMove[],
  groups: readonly string[],
  now: number,
): boolean {
  return quarantines.some(
    ({ group, times, until }) =>
      times > 0 && until <= now && groups.includes(group) && !moves.some(move => move.group === group && move.at >= until),
  )
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
        message: `evictions did not help; left alone until ${timestamp(until)}`,
      })),
    )
}
