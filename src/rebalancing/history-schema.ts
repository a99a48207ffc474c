import { z } from 'zod'
import type { History } from './history.ts'

/** Of the stored form. A history of another version is not read. */
export const VERSION = 1

/**
 * The stored form of the history, which is a text that anybody may have edited.
 *
 * @param latest the last time that anything in it may name, in milliseconds since the epoch
 */
export function historySchema(latest: number): z.ZodType<History> {
  const time = z.number().min(0, { error: 'no time' }).max(latest, { error: 'a time that lies too far ahead' })
  const count = z.int().min(0)
  return z.object({
    version: z.literal(VERSION),
    expectations: z.array(
      z.object({
        ...ofWorkload.shape,
        pod: z.string(),
        uid: z.string(),
        node: z.string(),
        controllerUid: z.string(),
        evictedAt: time,
        replacementUid: maybe(z.string()),
        stage: z.enum(['Requested', 'Unanswered', 'Evicted']),
        since: time,
        group: z.string(),
        topologyKey: z.string(),
        fromDomain: maybe(z.string()),
        toDomain: z.string(),
        // Versions that judged a landing by its first group alone did not write it down.
        toDomains: z.array(z.string()).default([]),
        // Versions that moved pods of Kubernetes' own kinds alone did not write it down.
        controller: workloadName.extend({ apiVersion: z.string().default('apps/v1') }),
        budgets: z.array(z.string()),
        budgetShows: z.boolean(),
        // The end of a grace period, which a pod may choose as it likes.
        leavesAt: maybe(z.number()),
        bornAfter: time,
        bornFloor: z.number(),
        notReplacements: z.array(z.string()),
        landedIn: maybe(z.string()),
        overdue: z.boolean(),
      }),
    ),
    rounds: z.array(z.object({ ...ofWorkload.shape, allowed: count, spent: count, lastAt: time })),
    moves: z.array(
      z.object({
        ...ofWorkload.shape,
        group: z.string(),
        controllerUid: z.string(),
        topologyKey: z.string(),
        domain: z.string(),
        pod: z.string(),
        uid: z.string(),
        node: z.string(),
        at: time,
      }),
    ),
    misses: z.array(z.object({ group: z.string(), cause: missCause, at: time })),
    quarantines: z.array(
      z.object({
        group: z.string(),
        cause: missCause,
        workloads: z.array(ofWorkload),
        times: count,
        since: time,
        until: time,
        circumstances: maybe(z.object({ spec: z.string(), nodes: z.string() })),
      }),
    ),
    episode: maybe(
      z.object({
        cause: z.enum(['Outage', 'Drain', 'Skew']),
        what: z.string(),
        startedAt: time,
        phase: z.enum(['Outage', 'Drain', 'Respread']),
        since: time,
        evictions: count,
        misses: count,
      }),
    ),
    stoppedAt: maybe(time),
  })
}

const workloadName = z.object({ kind: z.string(), name: z.string() })
const ofWorkload = z.object({ namespace: z.string(), workload: workloadName })
const missCause = z.enum(['landing', 'overtaken', 'movedBack'])

/** JSON knows no undefined: an absent field is one. */
function maybe<T>(schema: z.ZodType<T>) {
  return schema.optional().transform(value => value)
}
