import type { ClusterReader } from '../cluster/cluster-state.ts'
import type { Configuration } from '../configuration/parse-configuration.ts'
import { plan } from '../planning/plan.ts'
import type { Plan } from '../planning/plan-types.ts'
import type { Situation } from '../planning/situation.ts'
import { configuredBrakes } from '../rebalancing/configured-brakes.ts'
import { scaledRecently } from '../rebalancing/cool-downs.ts'
import { drainsSeen } from '../rebalancing/drain-watch.ts'
import type { LoopSettings } from '../rebalancing/settings.ts'
import { createSchedulerModel } from '../scheduling/create-scheduler-model.ts'
import type { SchedulerProfiles } from '../scheduling/profile.ts'
import type { WorldAtRest } from './world-source.ts'

/** The plan for a single look at a cluster; what the configuration says against carrying it out now is among its notices. */
export function planAtRest({ cluster, now }: WorldAtRest, { policy, loop }: Configuration, profiles: SchedulerProfiles): Plan {
  const model = createSchedulerModel(cluster, profiles)
  const result = plan({ cluster, model }, policy, situationOf(cluster, now, loop))
  return { ...result, notices: [...configuredBrakes(loop, now), ...result.notices] }
}

/** What a single look tells of the situation: neither hold-downs nor evictions in flight, but what is drained and what was scaled a moment ago. */
function situationOf(cluster: ClusterReader, now: number, { coolDown }: LoopSettings): Situation {
  return {
    now,
    domainHolds: [],
    drains: drainsSeen(cluster, now),
    workloadHolds: scaledRecently(cluster, now, coolDown),
    inFlight: [],
    deferred: [],
    refused: [],
  }
}
