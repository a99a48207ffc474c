import { durationText } from '../cluster/duration-text.ts'
import { timestamp } from '../cluster/timestamp.ts'
import { counted } from '../planning/counted.ts'
import type { Occurrence } from './ports.ts'

/** One story: outage or drain, recovery, re-spread, done. Times are milliseconds since the epoch. */
export interface Episode {
  /** The worst that it was about. */
  readonly cause: 'Outage' | 'Drain' | 'Skew'
  /** The same as part of a sentence. */
  readonly what: string
  readonly startedAt: number
  /** What goes on: the trouble itself, or the mending of what it has left. */
  readonly phase: 'Outage' | 'Drain' | 'Respread'
  /** When this phase began. */
  readonly since: number
  readonly evictions: number
  readonly misses: number
}

/** What tells where the story stands. */
export interface Scene {
  readonly now: number
  /** One sentence for each domain under outage. */
  readonly outages: readonly string[]
  /** Names of the nodes that are being drained. */
  readonly drains: readonly string[]
  /** Groups that exceed maxSkew and can be helped now or later: Violated or Held. */
  readonly unbalanced: number
  /** Groups that exceed maxSkew and cannot be helped. */
  readonly blocked: number
  readonly inFlight: number
  /** Domains that came back too recently to receive pods: until they have settled, nobody knows what is still to come. */
  readonly settlingDomains: number
}

const BETWEEN = '; '

/** Carries the story on by one scene, and says what of it is worth telling. */
export function narrate(
  episode: Episode | undefined,
  scene: Scene,
): { readonly episode: Episode | undefined; readonly told: readonly Occurrence[] } {
  const phase = phaseOf(scene)
  const isOver = phase === 'Respread' && scene.unbalanced === 0 && scene.inFlight === 0
  if (episode === undefined) return isOver ? { episode, told: [] } : begin(scene, phase)
  const next = episode.phase === phase ? episode : turn(episode, scene, phase)
  const told = episode.phase === phase ? [] : [...ended(episode, scene, phase), ...began(scene, phase)]
  if (!isOver || scene.settlingDomains > 0) return { episode: next, told }
  return { episode: undefined, told: [...told, done(next, scene)] }
}

/** Whether the beginning of the outage that goes on was told in these words: it is not told in them again. */
export function beganWith(episode: Episode | undefined, outage: string): boolean {
  return episode?.phase === 'Outage' && episode.what.split(BETWEEN).includes(outage)
}

export function countEviction(episode: Episode | undefined): Episode | undefined {
  return episode && { ...episode, evictions: episode.evictions + 1 }
}

export function countMiss(episode: Episode | undefined): Episode | undefined {
  return episode && { ...episode, misses: episode.misses + 1 }
}

function phaseOf({ outages, drains }: Scene): Episode['phase'] {
  return outages.length > 0 ? 'Outage' : drains.length > 0 ? 'Drain' : 'Respread'
}

function begin(scene: Scene, phase: Episode['phase']): ReturnType<typeof narrate> {
  const { now, unbalanced } = scene
  const start = { startedAt: now, phase, since: now, evictions: 0, misses: 0 }
  if (phase === 'Respread') {
    const episode: Episode = { ...start, cause: 'Skew', what: `${counted(unbalanced, 'group')} over maxSkew` }
    return { episode, told: [{ reason: 'EpisodeBegan', level: 'info', message: episode.what }] }
  }
  const episode: Episode = { ...start, cause: phase, what: trouble(scene, phase) }
  return { episode, told: began(scene, phase) }
}

/** A drain within the story of an outage remains a part of that. */
function turn(episode: Episode, scene: Scene, phase: Episode['phase']): Episode {
  const turned = { ...episode, phase, since: scene.now }
  const isWorse = phase === 'Outage' || (phase === 'Drain' && episode.cause === 'Skew')
  return isWorse ? { ...turned, cause: phase, what: trouble(scene, phase) } : turned
}

function trouble({ outages, drains }: Scene, phase: 'Outage' | 'Drain'): string {
  return phase === 'Outage' ? outages.join(BETWEEN) : `${drains.join(', ')} drained`
}

function began(scene: Scene, phase: Episode['phase']): readonly Occurrence[] {
  switch (phase) {
    case 'Outage':
      return [{ reason: 'OutageBegan', level: 'warning', message: trouble(scene, phase) }]
    case 'Drain':
      return [{ reason: 'DrainBegan', level: 'info', message: trouble(scene, phase) }]
    case 'Respread':
      return []
  }
}

function ended({ phase, since, cause, what }: Episode, { now }: Scene, next: Episode['phase']): readonly Occurrence[] {
  const message = `it lasted ${durationText(lasting(since, now))}${phase === cause ? ` and began with: ${what}` : ''}`
  if (phase === 'Outage') return [{ reason: 'OutageEnded', level: 'info', message }]
  // Under an outage nobody can tell whether a drain goes on.
  return phase === 'Drain' && next === 'Respread' ? [{ reason: 'DrainEnded', level: 'info', message }] : []
}

const BALANCED_AFTER = { Outage: 'the recovery', Drain: 'the drain', Skew: 'the start' } as const

function done({ startedAt, since, evictions, misses, cause, what }: Episode, { now, blocked }: Scene): Occurrence {
  const took = lasting(since, now)
  const left = blocked === 0 ? '' : `; still ${counted(blocked, 'group')} over maxSkew, blocked`
  const start = timestamp(startedAt)
  return {
    reason: 'EpisodeDone',
    level: 'info',
    message: `${blocked === 0 ? 'balanced' : 'as balanced as can be'} ${durationText(took)} after ${BALANCED_AFTER[cause]} with ${counted(evictions, 'eviction')} and ${counted(misses, 'miss', 'misses')}${left}; it began at ${start} with: ${what}`,
    fields: { cause, startedAt: start, evictions, misses, blocked, secondsToBalance: Math.round(took / 1000) },
  }
}

/** Times are kept over restarts, so they are of the wall clock, which may have been set back since. */
function lasting(since: number, now: number): number {
  return Math.max(0, now - since)
}
