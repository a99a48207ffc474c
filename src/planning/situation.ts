import type { NodeRecord } from '../cluster/node.ts'
import type { Deferred } from './deferred.ts'

/**
 * What the planner must know beyond the state and cannot find out by itself, as plain data: time, holds and evictions under way.
 * A snapshot shows what is being drained and what was scaled of late, but no hold-downs and nothing in flight.
 */
export interface Situation {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly domainHolds: readonly DomainHold[]
  readonly drains: readonly Drain[]
  readonly workloadHolds: readonly WorkloadHold[]
  readonly inFlight: readonly InFlight[]
  /** They are planned, and do not go out now: what does not lean on them has what they would take of caps and budgets. */
  readonly deferred: readonly Deferred[]
  /** They are not planned: others of their groups are, where these serve. */
  readonly refused: readonly Refused[]
}

/** A domain that accepts no landing: it came back (or appeared) a moment ago and must hold still first. */
export interface DomainHold {
  readonly topologyKey: string
  readonly domain: string
  readonly reason: 'DomainSettling'
  readonly until: number | undefined
  readonly message: string
}

/** A node that somebody drains: where its pods come to rest is not known yet, so whatever may run on it waits. The node itself may be gone already. */
export interface Drain {
  readonly node: NodeRecord
  readonly reason: 'DrainInProgress'
  readonly until: number
  readonly message: string
}

/** A workload (or every workload of a group) that waits for time or for a replacement. */
export interface WorkloadHold {
  readonly namespace: string
  readonly kind: string
  readonly name: string
  readonly reason: 'CoolingDown' | 'Quarantined' | 'ScaledRecently' | 'ReplacementPending' | RefusalReason
  readonly until: number | undefined
  readonly message: string
}

/** Why the API server has refused an eviction where only a person, or a change of the objects, will have it say otherwise. */
export type RefusalReason = 'RefusedByWebhook' | 'EvictionInvalid' | 'SeveralBudgets'

/** A pod whose eviction was refused a while ago. At first its whole workload is held; it rests itself at least as long. */
export interface Refused {
  readonly uid: string
  readonly reason: RefusalReason
  readonly message: string
}

/** An eviction whose replacement is not Ready yet. */
export interface InFlight {
  readonly namespace: string
  readonly pod: string
  readonly uid: string
  readonly node: string
  /** Uid of the controller whose next pod is the replacement. */
  readonly controllerUid: string
  readonly workload: { readonly kind: string; readonly name: string }
  readonly evictedAt: number
  /** Names of the budgets that covered the pod. */
  readonly budgets: readonly string[]
  /** A status of its budget has named the pod, so the budget's disruptionsAllowed counts it from then on. */
  readonly budgetShows: boolean
  /** The replacement, once it is known. */
  readonly replacementUid: string | undefined
}
