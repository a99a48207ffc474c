import type { Round } from './cool-downs.ts'
import type { Episode } from './episodes.ts'
import type { Expectation } from './expectations.ts'
import { historySchema, VERSION } from './history-schema.ts'
import type { Move } from './moves.ts'
import type { Miss, Quarantine } from './quarantine.ts'

/** What the loop must not forget over a restart or a change of leader. */
export interface History {
  readonly expectations: readonly Expectation[]
  readonly rounds: readonly Round[]
  readonly moves: readonly Move[]
  readonly misses: readonly Miss[]
  readonly quarantines: readonly Quarantine[]
  readonly episode: Episode | undefined
  /** Since when the loop is stopped because of too many misses; milliseconds since the epoch. */
  readonly stoppedAt: number | undefined
}

export const EMPTY_HISTORY: History = {
  expectations: [],
  rounds: [],
  moves: [],
  misses: [],
  quarantines: [],
  episode: undefined,
  stoppedAt: undefined,
}

export type ParsedHistory = { readonly ok: true; readonly history: History } | { readonly ok: false; readonly problem: string }

/** More must not be in flight: what is not kept is forgotten over a restart. */
export const MOST_IN_FLIGHT = 100

/** The most of each sort that is kept, newest first, so that the text always fits into a ConfigMap (1 MiB). */
const LIMITS = { expectations: MOST_IN_FLIGHT, rounds: 1000, moves: 200, misses: 200, quarantines: 100 } as const
/** Of each expectation; where single nodes are domains there may be more, and each helps by itself. */
const MOST_DOMAINS = 5
/** Of each expectation; there are more only of a workload that was scaled out by as many within a minute. */
const MOST_NOT_REPLACEMENTS = 20
/** Of each quarantine, those with most pods: one that is held holds the group, and a selector may be shared by thousands. */
const MOST_QUARANTINED_WORKLOADS = 3

/** The history as JSON of bounded size. */
export function formatHistory(history: History): string {
  return JSON.stringify({
    version: VERSION,
    expectations: history.expectations.slice(-LIMITS.expectations).map(expectation => ({
      ...expectation,
      toDomains: expectation.toDomains.slice(0, MOST_DOMAINS),
      notReplacements: expectation.notReplacements.slice(-MOST_NOT_REPLACEMENTS),
    })),
    rounds: history.rounds.slice(-LIMITS.rounds),
    moves: history.moves.slice(-LIMITS.moves),
    misses: history.misses.slice(-LIMITS.misses),
    quarantines: history.quarantines
      .slice(-LIMITS.quarantines)
      .map(quarantine => ({ ...quarantine, workloads: quarantine.workloads.slice(0, MOST_QUARANTINED_WORKLOADS) })),
    episode: history.episode,
    stoppedAt: history.stoppedAt,
  })
}

/** Nothing that is remembered lies farther ahead than the end of the longest quarantine, a day, and an hour by which clocks may differ. */
const FARTHEST_AHEAD = 25 * 60 * 60_000

/**
 * Reads what {@link formatHistory} wrote, or says what is wrong with it. Unknown fields are ignored.
 *
 * @param now milliseconds since the epoch: what is said to happen long after it would hold the loop for as long
 */
export function parseHistory(text: string, now: number): ParsedHistory {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { ok: false, problem: 'it is not JSON' }
  }
  const parsed = historySchema(now + FARTHEST_AHEAD).safeParse(json)
  if (parsed.success) {
    const { expectations, rounds, moves, misses, quarantines, episode, stoppedAt } = parsed.data
    return { ok: true, history: { expectations, rounds, moves, misses, quarantines, episode, stoppedAt } }
  }
  const issue = parsed.error.issues[0]
  return { ok: false, problem: `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'cannot be read'}` }
}
