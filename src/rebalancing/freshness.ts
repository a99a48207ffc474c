import { durationText } from '../cluster/duration-text.ts'
import type { RecordKind } from '../cluster/records.ts'
import type { LoopHold } from './loop-hold.ts'
import type { KindFreshness } from './ports.ts'

/** Why the view must not be acted on, or undefined when every required cache is synced and was proved current within `limit` milliseconds. */
export function staleness(freshness: readonly KindFreshness[], limit: number): LoopHold | undefined {
  const required = freshness.filter(kind => kind.required)
  const unsynced = required.filter(kind => !kind.synced)
  if (unsynced.length > 0) return { reason: 'CachesNotSynced', message: `not listed completely yet: ${names(unsynced)}` }
  const stale = required.filter(kind => kind.ageMs > limit)
  if (stale.length > 0) {
    // Twenty kinds say no more than all of them.
    const which = stale.length === required.length ? '' : ` about ${names(stale)}`
    return { reason: 'ViewStale', message: `for ${durationText(limit)} the server has sent nothing${which}` }
  }
  return undefined
}

/** How long ago the server last proved the cache of this kind current, in milliseconds; infinite when it is not synced. */
export function ageOf(freshness: readonly KindFreshness[], kind: RecordKind): number {
  const found = freshness.find(candidate => candidate.kind === kind)
  return found?.synced === true ? found.ageMs : Number.POSITIVE_INFINITY
}

function names(kinds: readonly KindFreshness[]): string {
  return kinds
    .map(kind => kind.kind)
    .sort()
    .join(', ')
}
