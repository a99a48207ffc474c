import type { ClusterEvent, ClusterState } from '../../src/cluster/cluster-state.ts'
import { createPlanner } from '../../src/planning/planner.ts'
import { plan } from '../../src/planning/plan.ts'
import type { GroupPlan, Plan } from '../../src/planning/plan-types.ts'
import { DEFAULT_POLICY } from '../../src/planning/policy.ts'
import type { Situation } from '../../src/planning/situation.ts'
import { createSchedulerModel } from '../../src/scheduling/create-scheduler-model.ts'
import { DEFAULT_PROFILES } from '../../src/scheduling/profile.ts'
import { AT_REST } from '../support/spread-world.ts'

/** A cluster with a planner that follows it. */
export interface Followed {
  /** Begins with what the next plan needs, and leaves it after so many steps. */
  prepare(steps: number, situation?: Situation): void
  /** Something happens, or nothing. */
  happen(event: ClusterEvent | undefined): void
  plan(situation?: Situation): unknown
  /** What a planner says that begins anew. */
  planAnew(situation?: Situation): unknown
}

export function follow(cluster: ClusterState, policy = DEFAULT_POLICY): Followed {
  const model = createSchedulerModel(cluster, DEFAULT_PROFILES)
  const planner = createPlanner({ cluster, model }, policy)
  planner.plan(AT_REST)
  return {
    prepare(steps, situation = AT_REST) {
      const preparing = planner.prepare(situation)[Symbol.iterator]()
      for (let left = steps; left > 0; left -= 1) preparing.next()
    },
    happen(event) {
      const delta = event && cluster.apply(event)
      if (delta === undefined) return
      model.advance(delta)
      planner.note(delta)
    },
    plan: (situation = AT_REST) => written(planner.plan(situation)),
    planAnew: (situation = AT_REST) =>
      written(plan({ cluster, model: createSchedulerModel(cluster, DEFAULT_PROFILES) }, policy, situation)),
  }
}

/** As plain data. What a group without moves says of room may be as old as its last change. */
function written({ leftAlone, groups, ...rest }: Plan): unknown {
  const group = ({ reachableBound, ...others }: GroupPlan, { domains, memberUids, memberNames, risk }: GroupPlan) => ({
    ...others,
    memberUids,
    memberNames,
    risk,
    domains: domains.map(({ name, count, countAfter }) => [name, count, countAfter]),
    bound: others.planned > 0 ? reachableBound : undefined,
  })
  return {
    ...rest,
    summary: { ...rest.summary, reachableBound: 0 },
    groups: groups.map(each => group(each, each)),
    leftAlone: [...leftAlone],
  }
}
