import { z } from 'zod'
import type { Round } from './cool-downs.ts'
import type { Episode } from './episodes.ts'
import type { Expectation } from './expectations.ts'
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

const VERSION = 1

/** The most of each sort that is kept, newest first, so that the text always fits into a ConfigMap (1 MiB). */
const LIMITS = { expectations: 100, rounds: 1000, moves: 200, misses: 200, quarantines: 100 } as const

/** The history as JSON of bounded size. */
export function formatHistory(history: History): string {
  return JSON.stringify({
    version: VERSION,
    expectations: history.expectations.slice(-LIMITS.expectations),
    rounds: history.rounds.slice(-LIMITS.rounds),
    moves: history.moves.slice(-LIMITS.moves),
    misses: history.misses.slice(-LIMITS.misses),
    quarantines: history.quarantines.slice(-LIMITS.quarantines),
    episode: history.episode,
    stoppedAt: history.stoppedAt,
  })
}

/** Reads what {@link formatHistory} wrote, or says what is wrong with it. Unknown fields are ignored. */
export function parseHistory(text: string): ParsedHistory {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { ok: false, problem: 'it is not JSON' }
  }
  const parsed = historySchema.safeParse(json)
  if (parsed.success) {
    const { expectations, rounds, moves, misses, quarantines, episode, stoppedAt } = parsed.data
    return { ok: true, history: { expectations, rounds, moves, misses, quarantines, episode, stoppedAt } }
  }
  const issue = parsed.error.issues[0]
  return { ok: false, problem: `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'cannot be read'}` }
}

/** JSON knows no undefined: an absent field is one. */
const maybe = <T>(schema: z.ZodType<T>) => schema.optional().transform(value => value)

const workloadName = z.object({ kind: z.string(), name: z.string() })
const ofWorkload = z.object({ namespace: z.string(), workload: workloadName })

const expectation = z.object({
  ...ofWorkload.shape,
  pod: z.string(),
  uid: z.string(),
  node: z.string(),
  controllerUid: z.string(),
  evictedAt: z.number(),
  replacementUid: maybe(z.string()),
  stage: z.enum(['Requested', 'Unanswered', 'Evicted']),
  since: z.number(),
  group: z.string(),
  topologyKey: z.string(),
  fromDomain: z.string(),
  toDomain: z.string(),
  controller: workloadName,
  budgets: z.array(z.string()),
  budgetShows: z.boolean(),
  leavesAt: maybe(z.number()),
  bornAfter: z.number(),
  bornFloor: z.number(),
  notReplacements: z.array(z.string()),
  landedIn: maybe(z.string()),
  overdue: z.boolean(),
})

const move = z.object({
  ...ofWorkload.shape,
  group: z.string(),
  controllerUid: z.string(),
  topologyKey: z.string(),
  domain: z.string(),
  pod: z.string(),
  uid: z.string(),
  node: z.string(),
  at: z.number(),
})

const episode = z.object({
  cause: z.enum(['Outage', 'Drain', 'Skew']),
  what: z.string(),
  startedAt: z.number(),
  phase: z.enum(['Outage', 'Drain', 'Respread']),
  since: z.number(),
  evictions: z.number(),
  misses: z.number(),
})

const missCause = z.enum(['landing', 'movedBack'])

const historySchema: z.ZodType<History> = z.object({
  version: z.literal(VERSION),
  expectations: z.array(expectation),
  rounds: z.array(z.object({ ...ofWorkload.shape, allowed: z.number(), spent: z.number(), lastAt: z.number() })),
  moves: z.array(move),
  misses: z.array(z.object({ group: z.string(), cause: missCause, at: z.number() })),
  quarantines: z.array(
    z.object({
      group: z.string(),
      cause: missCause,
      workloads: z.array(ofWorkload),
      times: z.number(),
      since: z.number(),
      until: z.number(),
      circumstances: maybe(z.object({ spec: z.string(), nodes: z.string() })),
    }),
  ),
  episode: maybe(episode),
  stoppedAt: maybe(z.number()),
})
