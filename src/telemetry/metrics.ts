import type { Plan } from '../planning/plan-types.ts'
import type { AnnotationOutcome, EvictionOutcome, Recorder } from '../rebalancing/ports.ts'
import type { Sample } from '../rebalancing/sampling.ts'
import { defineAnnotationMetrics, defineEvictionMetrics, defineLoopMetrics, defineOccurrenceMetrics } from './loop-metrics.ts'
import type { LoopSources } from './loop-metrics.ts'
import { createMetricRegistry } from './metric-registry.ts'
import { definePlanMetrics } from './plan-metrics.ts'
import { defineSelfCheckMetrics } from './self-check-metrics.ts'
import { defineWatchMetrics } from './watch-metrics.ts'
import type { WatchCounts } from './watch-metrics.ts'

export interface Metrics {
  /** Counts every occurrence by reason, and what of them is a landing or the end of an episode. */
  readonly recorder: Recorder
  /** A plan was made, in so many seconds. */
  planned(plan: Plan, seconds: number): void
  /** The Eviction API answered. */
  answered(outcome: EvictionOutcome): void
  /** A deletion cost was asked to be written or taken back. */
  annotated(outcome: AnnotationOutcome): void
  /** A sample of what plans are made from was compared with a computation from scratch. */
  selfChecked(sample: Sample): void
  /** What is asked for at each scrape; to be called once. */
  scrapeFrom(sources: LoopSources & { watches(): Iterable<readonly [kind: string, counts: WatchCounts]> }): void
  readonly contentType: string
  /** The text that Prometheus scrapes. */
  text(): Promise<string>
}

/**
 * Every metric of respread, in a registry of its own.
 *
 * @param violatedGroupSeries how many groups over their maxSkew get a series of their own; the worst first
 */
export function createMetrics({ violatedGroupSeries }: { readonly violatedGroupSeries: number }): Metrics {
  const registry = createMetricRegistry()
  return {
    recorder: { record: defineOccurrenceMetrics(registry) },
    planned: definePlanMetrics(registry, violatedGroupSeries),
    answered: defineEvictionMetrics(registry),
    annotated: defineAnnotationMetrics(registry),
    selfChecked: defineSelfCheckMetrics(registry),
    scrapeFrom: sources => {
      defineLoopMetrics(registry, sources)
      defineWatchMetrics(registry, () => sources.watches())
    },
    contentType: registry.contentType,
    text: () => registry.text(),
  }
}
