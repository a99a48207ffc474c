import type { FilterPlugin, FilterStatus, ScorePlugin } from './plugins.ts'

/** A node that passes every filter, with its weighted total score (0 when it is the only one: the scheduler then scores nothing). */
export interface CandidateNode {
  readonly name: string
  /** Where arrays by slot have it, until nodes come or go. */
  readonly slot: number
  readonly total: number
  /** False for a node that is about to be removed, or that evicts the pod after a while: the scheduler may well choose it, but that is of no use. */
  readonly stays: boolean
}

/**
 * Where the scheduler would place a pod on the state as the model has it.
 * `nodes` are all feasible nodes, any of which may be chosen once something we cannot see (informer lag, image lists) differs; `leading`, the first of
 * them, are those within {@link margin} of the total that its choice is sure to have, the highest one unless it looks at a sample of the nodes only.
 * Highest total first, ties by name; but of one node of each kind those that do not lead come in no order.
 */
export type Prediction =
  | {
      readonly kind: 'placed'
      readonly nodes: readonly CandidateNode[]
      readonly leading: readonly CandidateNode[]
      /** Points of weighted total score that a lead must exceed to be relied on. */
      readonly margin: number
      /** More feasible nodes exist than the scheduler looks at (percentageOfNodesToScore). */
      readonly sampled: boolean
    }
  | { readonly kind: 'unschedulable'; readonly refusals: readonly Refusal[] }
  | { readonly kind: 'unpredictable'; readonly problem: string }

/** How many nodes a filter was the first to refuse, in the order of the plugins, with one sentence. Gates hold a pod off every node. */
export interface Refusal {
  readonly plugin: FilterPlugin | 'SchedulingGates'
  readonly nodes: number
  readonly message: string
}

/** certain: whatever the scores, each landing helps. likely: each landing within the margin does. open: neither. */
export type Certainty = 'certain' | 'likely' | 'open'

/** One node of an explanation: every filter's answer, not only the first refusal's. */
export interface NodeExplanation {
  readonly name: string
  /** By topology key of the pod's constraints: the domain that the node is in; none where it lacks the key. */
  readonly domains: Readonly<Record<string, string>>
  readonly feasible: boolean
  readonly filters: Readonly<Record<FilterPlugin, FilterStatus>>
  /** What holds the pod back from every node; one sentence for each filter that refuses, in plugin order. */
  readonly reasons: readonly string[]
  /** Normalised scores 0..100 by plugin, and their weighted sum; only for feasible nodes. */
  readonly scores: Readonly<Record<ScorePlugin, number>> | undefined
  readonly total: number | undefined
}

export interface ConstraintExplanation {
  readonly topologyKey: string
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'
  readonly origin: ConstraintOrigin
  readonly maxSkew: number
  readonly minDomains: number
  readonly counts: Readonly<Record<string, number>>
  readonly globalMinimum: number
}

export type ConstraintOrigin = 'pod' | 'default' | 'antiAffinity'

/** `respread explain NS/POD -o json`, without apiVersion and kind. */
export interface PlacementExplanation {
  readonly pod: { readonly namespace: string; readonly name: string; readonly nodeName: string | undefined; readonly replacement: boolean }
  readonly constraints: readonly ConstraintExplanation[]
  readonly nodes: readonly NodeExplanation[]
  /** What could not be modelled or read; a pod with such a problem is never evicted. */
  readonly warnings: readonly string[]
}
