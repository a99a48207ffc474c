import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import type { Plan } from './plan-types.ts'
import { createPlanner } from './planner.ts'
import type { Policy } from './policy.ts'
import type { Situation } from './situation.ts'

/** What is planned on: the objects, and a scheduler model that is up to date with them. The model is lent: it comes back as it was. */
export interface World {
  readonly cluster: ClusterReader
  readonly model: SchedulerModel
}

/**
 * The whole way from the cluster as it is to one within maxSkew everywhere, as far as that can be reached: the fewest evictions, each with a
 * predicted landing that helps, and for everything left alone the reason. Pure: the same world, policy and situation give the same plan.
 */
export function plan(world: World, policy: Policy, situation: Situation): Plan {
  return createPlanner(world, policy).plan(situation)
}
