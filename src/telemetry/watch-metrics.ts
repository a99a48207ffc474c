import type { MetricRegistry } from './metric-registry.ts'

/** What has been counted of one watched kind since the start. */
export interface WatchCounts {
  readonly lists: number
  readonly watches: number
  readonly events: number
  readonly failures: number
  readonly stalls: number
  readonly garbageLines: number
  readonly unreadable: number
  readonly relists: Readonly<Record<string, number>>
  readonly missedByWatch: number
}

/** How the caches are kept: by kind, as counted at the moment of a scrape. */
export function defineWatchMetrics(registry: MetricRegistry, counts: () => Iterable<readonly [kind: string, counts: WatchCounts]>): void {
  const total = (name: string, help: string, figure: (of: WatchCounts) => number): void =>
    registry.scrapedCounter(name, help, ['kind'], counter => {
      for (const [kind, of] of counts()) counter.add({ kind }, figure(of))
    })
  total('lists_total', 'Complete lists read.', of => of.lists)
  total('watches_total', 'Watches opened.', of => of.watches)
  total('watch_events_total', 'Events that watches told.', of => of.events)
  total('watch_failures_total', 'Lists and watches that failed.', of => of.failures)
  total('watch_stalls_total', 'Watches broken off because they were silent for too long.', of => of.stalls)
  total('watch_garbage_lines_total', 'Lines of watches that could not be read.', of => of.garbageLines)
  total('unreadable_objects_total', 'Objects left out because they could not be read, counted whenever they are told.', of => of.unreadable)
  total('watch_missed_total', 'Objects that a list found different from what the watch had told.', of => of.missedByWatch)
  registry.scrapedCounter('relists_total', 'Lists that had to be read again, by reason.', ['kind', 'reason'], counter => {
    for (const [kind, { relists }] of counts()) {
      for (const [reason, count] of Object.entries(relists)) counter.add({ kind, reason }, count)
    }
  })
}
