import type { ObjectStore } from '../object-store.ts'
import type { MediaRequest } from './accept.ts'
import type { AccessRules } from './access-rules.ts'
import type { Progress } from './progress.ts'
import type { Target, Verb } from './request-info.ts'
import type { WatchHub } from './watch-hub.ts'

/** What every handler works with. */
export interface ApiContext {
  readonly store: ObjectStore
  /** Milliseconds since the epoch on the cluster's clock. */
  readonly now: () => number
  readonly access: AccessRules
  readonly watches: WatchHub
  readonly progress: Progress
  /** Whether watches may ask for their initial events (WatchList, on by default since 1.34). */
  readonly watchList: boolean
  /** How many milliseconds a second of timeoutSeconds lasts. */
  readonly secondMs: number
}

/** A request whose path leads to a served resource. */
export interface ApiRequest extends Target {
  readonly verb: Verb
  readonly query: URLSearchParams
  readonly media: MediaRequest
  readonly contentType: string
  readonly body: string
}

/** What goes back: whole, or in pieces that are made as they are sent. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Iterable<string>
}

export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, body: JSON.stringify(value) }
}
