import type { Episode } from '../rebalancing/episodes.ts'
import type { LoopStatus } from '../rebalancing/loop.ts'
import type { AnnotationOutcome, EvictionOutcome, KindFreshness, Occurrence } from '../rebalancing/ports.ts'
import type { AnyReason } from '../rebalancing/reasons.ts'
import type { MetricRegistry } from './metric-registry.ts'

/** Every answer there is. A record, so that the compiler misses none. */
const EVICTION_OUTCOMES: Readonly<Record<EvictionOutcome['kind'], null>> = {
  Accepted: null,
  BudgetExhausted: null,
  BudgetLagging: null,
  Throttled: null,
  SeveralBudgets: null,
  Gone: null,
  Replaced: null,
  Conflict: null,
  RefusedByWebhook: null,
  Forbidden: null,
  Invalid: null,
  Lost: null,
}

const ANNOTATION_OUTCOMES: Readonly<Record<AnnotationOutcome['kind'], null>> = {
  Written: null,
  Unchanged: null,
  Foreign: null,
  Gone: null,
  Conflict: null,
  Throttled: null,
  RefusedByWebhook: null,
  Forbidden: null,
  Invalid: null,
  Lost: null,
}

/** Reasons by which the loop tells what became of a replacement. */
const LANDINGS: ReadonlyMap<AnyReason, string> = new Map<AnyReason, string>([
  ['Landed', 'helped'],
  ['LandingMissed', 'missed'],
  ['ReplacementOverdue', 'overdue'],
])

/** Answers of the Eviction API. Returns what to tell each of them to. */
export function defineEvictionMetrics(registry: MetricRegistry): (outcome: EvictionOutcome) => void {
  return defineOutcomes(registry, 'evictions_total', 'Eviction requests by what the API server answered.', EVICTION_OUTCOMES)
}

/** Deletion costs written on pods and taken back. Returns what to tell each answer to. */
export function defineAnnotationMetrics(registry: MetricRegistry): (outcome: AnnotationOutcome) => void {
  return defineOutcomes(
    registry,
    'deletion_costs_total',
    'Deletion costs to write or to take back, by what became of it.',
    ANNOTATION_OUTCOMES,
  )
}

function defineOutcomes<Kind extends string>(
  registry: MetricRegistry,
  name: string,
  help: string,
  outcomes: Readonly<Record<Kind, null>>,
): (outcome: { readonly kind: Kind }) => void {
  const counter = registry.counter(name, help, ['outcome'])
  // A rate needs to have seen the zero before the first one.
  for (const outcome of Object.keys(outcomes)) counter.add({ outcome }, 0)
  return ({ kind }) => counter.add({ outcome: kind })
}

/** What the loop tells of itself. Returns what to tell each occurrence to. */
export function defineOccurrenceMetrics(registry: MetricRegistry): (occurrence: Occurrence) => void {
  const occurrences = registry.counter('occurrences_total', 'Everything that was told, by reason.', ['reason', 'level'])
  const landings = registry.counter('landings_total', 'Replacements by what became of them.', ['result'])
  const episodes = registry.counter('episodes_total', 'Episodes that ended, by what began them.', ['cause'])
  const secondsToBalance = registry.histogram(
    'time_to_balance_seconds',
    'From the recovery of an outage, or from the start of another episode, until every group was balanced.',
    [30, 60, 120, 300, 600, 1200, 1800, 3600, 7200],
  )
  for (const result of LANDINGS.values()) landings.add({ result }, 0)

  return ({ reason, level, fields }) => {
    occurrences.add({ reason, level })
    const result = LANDINGS.get(reason)
    if (result !== undefined) landings.add({ result })
    if (reason !== 'EpisodeDone') return
    const { cause, secondsToBalance: seconds } = fields ?? {}
    if (typeof cause === 'string') episodes.add({ cause })
    if (typeof seconds === 'number') secondsToBalance.observe(seconds)
  }
}

/** What is asked for at each scrape rather than told as it happens. */
export interface LoopSources {
  loop(): Pick<LoopStatus, 'hold' | 'inFlight' | 'overdue' | 'episode' | 'deletionCosts'>
  mayAct(): boolean
  freshness(): readonly KindFreshness[]
  /** Events about objects since the start, by what became of them. */
  events(): Readonly<Record<'sent' | 'repeated' | 'dropped' | 'failed', number>>
}

/** How the loop stands at the moment of a scrape. */
export function defineLoopMetrics(registry: MetricRegistry, sources: LoopSources): void {
  registry.scrapedGauge('in_flight', 'Evictions whose replacement is not Ready yet.', [], gauge => gauge.set({}, sources.loop().inFlight))
  registry.scrapedGauge('overdue', 'Evictions whose replacement was not Ready in time.', [], gauge => gauge.set({}, sources.loop().overdue))
  registry.scrapedGauge('pods_with_deletion_cost', 'Pods that carry a deletion cost of respread.', [], gauge =>
    gauge.set({}, sources.loop().deletionCosts),
  )
  registry.scrapedGauge('episode_active', '1 while an episode goes on.', [], gauge =>
    gauge.set({}, sources.loop().episode === undefined ? 0 : 1),
  )
  const ofEpisode = (name: string, help: string, value: (episode: Episode) => number): void =>
    registry.scrapedGauge(`episode_${name}`, help, ['cause', 'phase'], gauge => {
      const { episode } = sources.loop()
      if (episode !== undefined) gauge.set({ cause: episode.cause, phase: episode.phase }, value(episode))
    })
  ofEpisode('started_timestamp_seconds', 'When the episode that goes on began.', ({ startedAt }) => startedAt / 1000)
  ofEpisode('evictions', 'Evictions of the episode that goes on.', ({ evictions }) => evictions)
  ofEpisode('misses', 'Landings of the episode that goes on which did not help.', ({ misses }) => misses)
  registry.scrapedGauge('held', '1 while the loop evicts nothing, with the reason.', ['reason'], gauge => {
    const { hold } = sources.loop()
    if (hold !== undefined) gauge.set({ reason: hold.reason }, 1)
  })
  registry.scrapedGauge('held_until_timestamp_seconds', 'When time lifts what holds the loop, where that is known.', ['reason'], gauge => {
    const { hold } = sources.loop()
    if (hold?.until !== undefined) gauge.set({ reason: hold.reason }, hold.until / 1000)
  })
  registry.scrapedGauge('leader', '1 while this process may act.', [], gauge => gauge.set({}, sources.mayAct() ? 1 : 0))
  registry.scrapedCounter(
    'events_total',
    'Events about objects, by what became of them; dropped are those above the rate limit.',
    ['outcome'],
    counter => {
      for (const [outcome, count] of Object.entries(sources.events())) counter.add({ outcome }, count)
    },
  )
  registry.scrapedGauge('staleness_seconds', 'Time since the API server last confirmed the cache of a kind.', ['kind'], gauge => {
    for (const { kind, ageMs } of sources.freshness()) gauge.set({ kind }, ageMs / 1000)
  })
  registry.scrapedGauge('synced', '1 while a complete list of a kind is in.', ['kind'], gauge => {
    for (const { kind, synced } of sources.freshness()) gauge.set({ kind }, synced ? 1 : 0)
  })
}
