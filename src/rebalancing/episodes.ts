import type { Occurrence } from './ports.ts'

/** One story: outage, recovery, drain or scale-in, re-spread, done. Times are milliseconds since the epoch. */
export interface Episode {
  readonly cause: 'Outage' | 'Drain' | 'Skew'
  /** What it was about, as part of a sentence. */
  readonly what: string
  readonly startedAt: number
  /** When no domain was under outage any more; the start where there was no outage. */
  readonly recoveredAt: number | undefined
  readonly evictions: number
  readonly misses: number
}

/** What tells where the story stands. */
export interface Scene {
  readonly now: number
  /** One sentence for each domain under outage. */
  readonly outages: readonly string[]
  readonly cordonedNodes: number
  /** Groups that exceed maxSkew and can be helped now or later: Violated or Held. */
  readonly unbalanced: number
  /** Groups that exceed maxSkew and cannot be helped. */
  readonly blocked: number
  readonly inFlight: number
  /** Domains that came back too recently to receive pods: until they have settled, nobody knows what is still to come. */
  readonly settlingDomains: number
}

/** Carries the story on by one scene, and says what of it is worth telling. */
export function narrate(
  episode: Episode | undefined,
  scene: Scene,
): { readonly episode: Episode | undefined; readonly told: readonly Occurrence[] } {
  if (episode === undefined) return begin(scene)
  const { outages, now } = scene
  if (outages.length > 0 && episode.recoveredAt !== undefined) {
    const next = { ...episode, cause: 'Outage' as const, what: outages.join('; '), recoveredAt: undefined }
    return { episode: next, told: [outageBegan(next)] }
  }
  if (outages.length > 0) return { episode, told: [] }
  const told: Occurrence[] = []
  let next = episode
  if (episode.recoveredAt === undefined) {
    next = { ...episode, recoveredAt: now }
    told.push({
      reason: 'OutageEnded',
      level: 'info',
      message: `it lasted ${minutes(now - episode.startedAt)} and began with: ${episode.what}`,
    })
  }
  if (scene.unbalanced > 0 || scene.inFlight > 0 || scene.settlingDomains > 0) return { episode: next, told }
  return { episode: undefined, told: [...told, done(next, scene)] }
}

export function countEviction(episode: Episode | undefined): Episode | undefined {
  return episode && { ...episode, evictions: episode.evictions + 1 }
}

export function countMiss(episode: Episode | undefined): Episode | undefined {
  return episode && { ...episode, misses: episode.misses + 1 }
}

function begin({ now, outages, cordonedNodes, unbalanced, inFlight }: Scene): ReturnType<typeof narrate> {
  const fresh = { startedAt: now, evictions: 0, misses: 0 }
  if (outages.length > 0) {
    const episode: Episode = { cause: 'Outage', what: outages.join('; '), recoveredAt: undefined, ...fresh }
    return { episode, told: [outageBegan(episode)] }
  }
  if (unbalanced === 0 && inFlight === 0) return { episode: undefined, told: [] }
  const over = `${count(unbalanced, 'group')} over maxSkew`
  const episode: Episode =
    cordonedNodes > 0
      ? { cause: 'Drain', what: `${over}, ${count(cordonedNodes, 'node')} cordoned`, recoveredAt: now, ...fresh }
      : { cause: 'Skew', what: over, recoveredAt: now, ...fresh }
  return { episode, told: [{ reason: 'EpisodeBegan', level: 'info', message: episode.what }] }
}

function outageBegan({ what }: Episode): Occurrence {
  return { reason: 'OutageBegan', level: 'warning', message: what }
}

function done({ startedAt, recoveredAt, evictions, misses, cause, what }: Episode, { now, blocked }: Scene): Occurrence {
  const left = blocked === 0 ? '' : `; still ${count(blocked, 'group')} over maxSkew, blocked`
  return {
    reason: 'EpisodeDone',
    level: 'info',
    message: `balanced ${minutes(now - (recoveredAt ?? startedAt))} after ${cause === 'Outage' ? 'the recovery' : 'the start'} with ${count(evictions, 'eviction')} and ${count(misses, 'miss', 'misses')}${left}; it began with: ${what}`,
    fields: { cause, evictions, misses, blocked, secondsToBalance: Math.round((now - (recoveredAt ?? startedAt)) / 1000) },
  }
}

function minutes(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}
