import type { Certainty, ConstraintOrigin } from '../scheduling/prediction.ts'
import type { WhenUnsatisfiable } from '../cluster/pod.ts'
import type { Reason, Veto } from './reasons.ts'

export interface WorkloadName {
  readonly kind: string
  readonly name: string
}

/** In the order of reports: what something is done about first. */
export const GROUP_STATUSES = ['Violated', 'Held', 'Blocked', 'Balanced'] as const

export type GroupStatus = (typeof GROUP_STATUSES)[number]

/** Whether any number of evictions restores the spread as things are: not known where the group waits, is not acted on, or was not come to. */
export type Reach = 'within' | 'beyond' | 'unknown'

export interface GroupDomain {
  readonly name: string
  readonly count: number
  readonly countAfter: number
  /** At least one of its nodes would take a replacement of the group's pods as far as everything but spread is concerned. */
  readonly acceptsPods: boolean
}

interface CountedWorkload {
  readonly workload: WorkloadName
  readonly pods: number
}

export interface Blocker {
  readonly reason: Reason
  readonly pods: number
  readonly message: string
}

/** How much of a group's main workload one domain holds: shares of its ready pods, from 0 to 1. */
export interface Risk {
  readonly readyPods: number
  readonly now: number
  /** When the whole plan is carried out. */
  readonly after: number
}

/** One group as the report shows it, which has most of these fields as `groups[]`. */
export interface GroupPlan {
  readonly id: string
  readonly namespace: string
  readonly workload: WorkloadName
  readonly workloads: readonly WorkloadName[]
  readonly topologyKey: string
  readonly whenUnsatisfiable: WhenUnsatisfiable
  readonly origin: ConstraintOrigin
  readonly maxSkew: number
  readonly minDomains: number
  readonly domains: readonly GroupDomain[]
  readonly members: number
  /** The pods that carry the constraint, by uid, and in step by name. */
  readonly memberUids: readonly string[]
  readonly memberNames: readonly string[]
  /** Workloads whose pods the selector counts beside the members though they do not carry the constraint. */
  readonly alsoCounted: readonly CountedWorkload[]
  readonly skew: number
  readonly excess: number
  readonly status: GroupStatus
  readonly reason: Reason
  readonly message: string
  readonly lowerBound: number
  /** Undefined where it is not known, or where moving members alone is not enough. */
  readonly reachableBound: number | undefined
  readonly reach: Reach
  readonly planned: number
  readonly skewAfter: number
  readonly excessAfter: number
  readonly risk: Risk
  readonly blockers: readonly Blocker[]
}

/** One eviction of the plan, in the order in which they are to happen. */
export interface PlannedEviction {
  /** From 1. */
  readonly order: number
  /** From 1: what may be in flight together under the budgets and caps as they are now; later waves wait for earlier ones. */
  readonly wave: number
  /** Why its budget would refuse it at this moment; undefined where only others come first, or nothing does. */
  readonly waitsFor: Veto | undefined
  readonly namespace: string
  readonly pod: string
  readonly uid: string
  readonly node: string
  readonly workload: WorkloadName
  readonly topologyKey: string
  /** Undefined for a pod on a node that lacks the key, which is counted nowhere. */
  readonly fromDomain: string | undefined
  readonly toDomain: string
  /** The node that later moves are planned for: the worst of those that it may land on. */
  readonly toNode: string
  /** Every domain it may land in within the margin. */
  readonly toDomains: readonly string[]
  /** At best likely where the replacement is assumed to be like its pod, since nobody can read what the owner makes. */
  readonly certainty: Exclude<Certainty, 'open'>
  /** Groups whose excess it lowers, by id. */
  readonly groups: readonly string[]
  readonly controllerUid: string
}

export interface PlanSummary {
  readonly nodes: number
  readonly pods: number
  readonly groups: number
  readonly violatedGroups: number
  readonly blockedGroups: number
  readonly heldGroups: number
  readonly lowerBound: number
  readonly reachableBound: number
  readonly plannedEvictions: number
}

export interface Plan {
  readonly summary: PlanSummary
  readonly groups: readonly GroupPlan[]
  readonly evictions: readonly PlannedEviction[]
  /** Why pods of violated groups are not moved, by uid. */
  readonly leftAlone: ReadonlyMap<string, Veto>
  /** False where the planner was told that so many evictions are enough, and more groups need some. */
  readonly isWhole: boolean
  /** Said about the whole cluster: `BudgetsUnknown`, an outage, a domain without nodes. */
  readonly notices: readonly Veto[]
}
