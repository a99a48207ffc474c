/**
 * Ways in which a real scheduler may surprise a planner that models it: none of them breaks a rule of Kubernetes, and a planner must live
 * with all of them at once.
 */
export interface SchedulerQuirks {
  /** `best`: one of the highest totals, as kube-scheduler does. `anyFeasible`: any node that passes the filters. */
  readonly choice: 'best' | 'anyFeasible'
  /** How old its view of the cluster is, in milliseconds. */
  readonly lag: number
  /** It knows images on nodes that nobody else sees, so that its totals differ. */
  readonly hiddenImages: boolean
}

export const NO_QUIRKS: SchedulerQuirks = { choice: 'best', lag: 0, hiddenImages: false }
