import { isDeepStrictEqual } from 'node:util'
import type { ClusterReader, Delta } from '../cluster/cluster-state.ts'
import type { Plan } from '../planning/plan-types.ts'
import { createPlanner, type Planner } from '../planning/planner.ts'
import type { Policy } from '../planning/policy.ts'
import type { Situation } from '../planning/situation.ts'
import { createSchedulerModel } from '../scheduling/create-scheduler-model.ts'
import type { SchedulerProfiles } from '../scheduling/profile.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { createSampling, type Sample } from './sampling.ts'

/** What plans are made from: scheduler model and planner, built from a cluster state and advanced by its changes. */
export interface PlanningViews {
  /** Takes in a change of the state. To hear of it before whoever asks for a plan. */
  advance(delta: Delta): void
  /** What the next plan would have to do first, step by step; begins again should what it works on be built anew meanwhile. */
  prepare(situation: Situation): Iterable<void>
  plan(situation: Situation, most?: number): Plan
  model(): SchedulerModel
  /** Compares the next sample with a computation from scratch. */
  compare(): Sample
  /** Has another policy, and profiles of kube-scheduler that may be others, from now on. */
  planBy(policy: Policy, profiles: SchedulerProfiles): void
  /** Throws away what was advanced, and begins anew from the state. */
  renew(): void
}

export function createPlanningViews(cluster: ClusterReader, initialProfiles: SchedulerProfiles, initialPolicy: Policy): PlanningViews {
  let profiles = initialProfiles
  let policy = initialPolicy
  let model = createSchedulerModel(cluster, profiles)
  let planner: Planner | undefined
  // It begins with the whole cluster whenever it is made, so until it is asked for something it need not hear of every record of the first lists.
  const planning = (): Planner => (planner ??= createPlanner({ cluster, model }, policy))
  const renew = (): void => {
    model = createSchedulerModel(cluster, profiles)
    planner = undefined
  }
  function* prepare(situation: Situation): Generator<void> {
    let prepared: Planner
    do {
      prepared = planning()
      for (const step of prepared.prepare(situation)) {
        yield step
        if (prepared !== planner) break
      }
    } while (prepared !== planner)
  }
  return {
    advance(delta) {
      model.advance(delta)
      planner?.note(delta)
    },
    prepare,
    plan: (situation, most) => planning().plan(situation, most),
    model: () => model,
    compare: createSampling(cluster, { model: () => model, held: () => planner?.held() }),
    planBy(nextPolicy, nextProfiles) {
      policy = nextPolicy
      planner = undefined
      if (isDeepStrictEqual(nextProfiles, profiles)) return
      profiles = nextProfiles
      renew()
    },
    renew,
  }
}
