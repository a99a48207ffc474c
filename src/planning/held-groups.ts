import type { PodRecord } from '../cluster/pod.ts'
import type { EffectiveConstraint } from '../scheduling/scheduler-model.ts'
import type { SpreadState } from './spread-state.ts'

/** A group as it is held, nothing worked out for it. */
export interface HeldGroup {
  readonly constraint: EffectiveConstraint
  /** By name. */
  readonly members: ReadonlyMap<string, PodRecord>
  /** Undefined: it is about to be counted anew. */
  readonly state: SpreadState | undefined
}

/** What a planner holds of groups, for a comparison with the objects. */
export interface HeldGroups {
  ids(): Iterable<string>
  of(id: string): HeldGroup | undefined
}
