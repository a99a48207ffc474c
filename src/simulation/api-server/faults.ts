import type { ObjectStore } from '../object-store.ts'
import { matches, type Attributes, type RequestMatch } from './access-rules.ts'
import { StatusError } from './status.ts'
import type { WatchHub } from './watch-hub.ts'
import type { WatchDamage } from './watch-stream.ts'

/** What can go wrong with a request. */
export type Fault =
  /** The connection breaks; nothing is done. */
  | { readonly kind: 'reset' }
  /** It is done, and the connection breaks before the client hears of it. */
  | { readonly kind: 'loseAnswer' }
  /** The connection breaks in the middle of the answer. */
  | { readonly kind: 'cutAnswer' }
  /** No answer ever comes; a watch opens and stays silent. */
  | { readonly kind: 'stall' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** A streaming list never says that it is complete; it goes on as a watch. */
  | { readonly kind: 'withholdBookmark' }
  /** 429 of priority and fairness: plain text, no Status. */
  | { readonly kind: 'throttle'; readonly retryAfterSeconds: number }
  /** A Status from somewhere on the way: a webhook, an overloaded etcd. */
  | { readonly kind: 'refuse'; readonly error: StatusError }

/** Makes the server misbehave, for tests of those who talk to it. */
export interface Faults {
  /** Lets the fault happen to the next `times` requests that match (Infinity: until the returned function is called). */
  next(match: RequestMatch, fault: Fault, times?: number): () => void
  /** Damages every open watch that matches, and says how many there were. */
  damageWatches(match: RequestMatch, how: WatchDamage): number
  /** Makes every resourceVersion and continue token handed out so far too old, and ends every watch with 410. */
  expireEverything(): void
}

export interface FaultControl extends Faults {
  /** The fault that is to happen to a request, counted as happened. */
  take(attributes: Attributes): Fault | undefined
}

interface Planned {
  readonly match: RequestMatch
  readonly fault: Fault
  left: number
}

export function createFaults(store: ObjectStore, watches: WatchHub): FaultControl {
  const planned = new Set<Planned>()
  return {
    next(match, fault, times = 1) {
      const entry = { match, fault, left: times }
      planned.add(entry)
      return () => planned.delete(entry)
    },
    damageWatches(match, how) {
      const damaged = watches.matching(match)
      for (const watch of damaged) watch.stream.damage(how)
      return damaged.length
    },
    expireEverything() {
      store.compact()
      for (const watch of watches.matching({})) watch.expire()
    },
    take(attributes) {
      const entry = planned.values().find(({ match }) => matches(match, attributes))
      if (entry === undefined) return undefined
      entry.left -= 1
      if (entry.left <= 0) planned.delete(entry)
      return entry.fault
    },
  }
}

/** What a client sees when an admission webhook says no (webhook/errors/statuserror.go). */
export function webhookDenial(webhook: string, why: string): Fault {
  return { kind: 'refuse', error: new StatusError(403, 'Forbidden', `admission webhook "${webhook}" denied the request: ${why}`) }
}
