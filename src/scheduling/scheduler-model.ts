import type { ClusterReader, Delta } from '../cluster/cluster-state.ts'
import type { PodRecord, TopologySpreadConstraint } from '../cluster/pod.ts'
import type { ConstraintOrigin, PlacementExplanation, Prediction } from './prediction.ts'
import type { Distinction } from './distinction.ts'
import type { NodeInfo } from './node-info.ts'
import type { DomainSet } from './node-layout.ts'
import type { Refused } from './plugin.ts'
import type { FilterPlugin } from './plugins.ts'
import type { SchedulerProfile } from './profile.ts'

/** A constraint as it binds one pod: matchLabelKeys merged into the selector, in canonical form. */
export interface EffectiveConstraint extends TopologySpreadConstraint {
  readonly origin: ConstraintOrigin
  /** The pod's labels match the selector (`self` in the filter's sum). */
  readonly selfMatch: boolean
}

/** What PodTopologySpread's PreFilter computes for one constraint of a pod. */
export interface SpreadCount {
  readonly constraint: EffectiveConstraint
  /** What is counted over: the same object for every constraint that counts the same nodes by the same key. */
  readonly over: DomainSet
  /** Pods by domain number of `over`, live; domains without any are not there. */
  readonly byNumber: ReadonlyMap<number, number>
  /** Pods by domain name; domains without any are there with 0. */
  readonly domains: () => ReadonlyMap<string, number>
  /** 0 when there are fewer domains than minDomains, or none. */
  readonly globalMinimum: number
}

/**
 * kube-scheduler's view of one cluster: a value built from a state, owned by whoever loops, advanced by that state's deltas. A what-if puts
 * imagined pods in the place of those that are there, asks, and puts these back in reverse before the next delta.
 */
export interface SchedulerModel {
  readonly cluster: ClusterReader
  /** Advances every view by one change. Costs what the change touches, not what the cluster holds. */
  advance(delta: Delta): void
  /**
   * Puts a record in the place of the one that the model has, which must be that very one; undefined where none is there, or none is to be. The
   * other way round takes it back.
   */
  imagine(before: PodRecord | undefined, after: PodRecord | undefined): void
  profileOf(pod: PodRecord): SchedulerProfile | undefined
  /** The pod's own constraints, or the profile's defaults when it has none, in spec order; soft and hard. */
  constraintsOf(pod: PodRecord): readonly EffectiveConstraint[]
  /** Counts of one of the pod's constraints, over the nodes eligible for this pod. */
  spreadOf(pod: PodRecord, constraint: EffectiveConstraint): SpreadCount
  /** The slots by which arrays of this model number nodes, as they are now. */
  nodeSlots(): { readonly length: number; readonly slotOf: (nodeName: string) => number | undefined }
  /** Names of the nodes that the model holds. */
  nodeNames(): readonly string[]
  /** Pods that have not finished and are bound to a node of that name, whether or not there is one. */
  podsOn(nodeName: string): readonly PodRecord[]
  /** Those that are bound to nodes that do not exist. */
  strays(): Iterable<PodRecord>
  /** A node with what the model holds on it, imagined pods included. */
  info(nodeName: string): NodeInfo | undefined
  /**
   * What refuses this unbound pod on one node, spread constraints aside: undefined when nothing does. A node that is about to be removed refuses
   * every pod, and one that would evict the pod after a while refuses it. Asked to learn which domains accept a pod at all, and how many copies of it have room.
   */
  refusalOn(pod: PodRecord, nodeName: string): (Refused & { readonly plugin: FilterPlugin }) | undefined
  /**
   * By slot of the node layout: how many copies of this unbound pod the node has room for, spread constraints aside; none where a filter refuses
   * it, or it cannot stay there. A value: it stays what it was, and pods that ask the same of nodes share it.
   */
  roomFor(pod: PodRecord): Int32Array
  /**
   * Where the scheduler would place this unbound pod now: every node it may choose, or, where told what to tell nodes apart by, one of each
   * kind, that with the highest total. Thousands of nodes are feasible for most pods of a large cluster, and few are worth telling apart.
   */
  predict(pod: PodRecord, distinction?: Distinction): Prediction
  /** Why {@link predict} would predict nothing for the pod, in one sentence: another scheduler, resource claims. Undefined when it would. */
  unpredictable(pod: PodRecord): string | undefined
  /** What {@link predict} answers, for a person: every node, every filter, every score. */
  explain(pod: PodRecord): PlacementExplanation
  /** What its controller will create after the pod is evicted: an unbound record with a synthetic name and uid. */
  replacementOf(pod: PodRecord): Replacement
}

export type Replacement =
  | {
      readonly kind: 'replacement'
      readonly pod: PodRecord
      /** A StatefulSet's replacement comes only when the old pod is gone; a ReplicaSet's while it still holds its resources. */
      readonly comesAfter: 'deletionTimestamp' | 'gone'
      /** What is taken for granted where nobody can read what the owner makes, as a sentence. */
      readonly assumption?: string
    }
  | { readonly kind: 'unknown'; readonly problem: string }
